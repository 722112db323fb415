"""A migrated SQLite database for a test that needs no other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.database import Database


@contextmanager
def open_empty(folder: Path) -> Iterator[Database]:
    """Closed at the end."""
    database = Database(f"sqlite:///{folder / 'xiaoce.db'}")
    database.migrate()
    yield database
    database.close()
