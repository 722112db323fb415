"""Measures and how they change: periods, and changes taken apart into rate and mix."""
