"""Behaviour patterns (行为模式): ways of talking that won deals, mined from dialogues (A14)."""
