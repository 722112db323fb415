"""Funnels: from leads to won deals, of two files or of what is stored; benchmarks, rejected leads, advice."""
