"""Measurements of the hot paths: `python -m tests.benchmarks [NAME…]` rewrites docs/measurements.md."""
