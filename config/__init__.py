"""Settings, and everything that is data rather than code."""
