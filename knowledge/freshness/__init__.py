"""How new data is: lights, incidents, and the flags on answers (B12)."""
