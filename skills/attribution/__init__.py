"""Which channel brought what: models side by side, how sure they are, and the rows behind each number (B4–B6)."""
