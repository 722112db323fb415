"""An event log on history: which cases were on time, which late, which are open, and which can't be told (C9)."""
