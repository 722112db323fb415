"""Backups: rows, the engine's rows, files and keys in one archive, made while everything runs.

`making.make_backup` and `restoring.restore_backup` are the doors; docs/operate.md is the manual.
"""
