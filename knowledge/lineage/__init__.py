"""Where a number comes from: drawn from entities and definitions, never kept by hand (B3)."""
