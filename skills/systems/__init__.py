"""系统: what is connected, how each subscription stands, what was delivered (C3, C5)."""
