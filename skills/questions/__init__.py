"""Figures in answer to a question, with what they stand on; sent again and again if wished (B9, B10, B5, B12)."""
