"""Rows, repositories with permissions, and migrations."""
