"""录音: what was said in recordings, and what was promised in them."""
