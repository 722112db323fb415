"""Journeys (触点旅程) and what their channels are worth: attribution models on counts, pure and fast (B4, B5)."""
