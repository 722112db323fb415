"""Business events: the catalogue of types, their versions, what is put right by itself, conditions, keys (C1, C6)."""
