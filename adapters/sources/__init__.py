"""Reads rows from files, folders, databases and REST services."""
