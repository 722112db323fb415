"""业务事件: what systems reported, and what waits for a decision because it couldn't be read (C1, C6)."""
