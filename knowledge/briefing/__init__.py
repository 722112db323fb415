"""The morning meeting: what is worth most today, with its arithmetic (B14, B15)."""
