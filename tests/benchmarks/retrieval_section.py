"""The latency of retrieval, measured by tests/benchmarks/retrieval."""
