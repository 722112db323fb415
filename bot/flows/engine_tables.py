"""The durable engine's own tables, made before it runs: for restoring a backup into an empty PostgreSQL."""

from __future__ import annotations


def make_engine_tables(url: str) -> None:
    """Make them, or bring them up to date. Blocking; safe to repeat."""
    from dbos import DBOS

    DBOS.migrate(url)
