"""The finance system's database: the dump, loaded into SQLite, so that a source can ask it in SQL."""

import sqlite3
from contextlib import closing
from pathlib import Path

DUMP, DATABASE = "finance/payments.sql", "finance/finance.db"


def make_finance_database(folder: Path) -> Path:
    """Make it anew beside the dump in the sample's folder; where it is. OSError: the folder can't be written."""
    target = folder / DATABASE
    fresh = target.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with closing(sqlite3.connect(fresh)) as connection:
        connection.executescript((folder / DUMP).read_text(encoding="utf-8"))
    fresh.replace(target)  # at once: a reader sees the former or the new one
    return target
