"""帮助: what one can ask, and hello."""
