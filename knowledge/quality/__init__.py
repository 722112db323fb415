"""Data quality (B13): gates, golden lists, and what is wrong with which rows."""
