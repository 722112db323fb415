"""SQLite: a snapshot by its own backup API, and its way back by one rename."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bot.contracts.errors import ConfigurationError
from storage.backup.data_folder import sync_folder
from storage.backup.errors import BadBackup, StillRunning, say
from storage.errors import border

BUSY_SECONDS = 30.0
SNAPSHOT = "database/xiaoce.db"


def snapshot(database: Path, target: Path) -> None:
    """Copy the database as it is at one moment. Writers go on meanwhile: it is a reader like any other."""
    if not database.exists():
        raise ConfigurationError(f"There is no database {database}: start Xiaoce once, then make a backup.")
    with border(), _open(database) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
        check(copy)


def check(connection: sqlite3.Connection) -> None:
    """Raises BadBackup when the database is damaged."""
    [result] = connection.execute("PRAGMA quick_check(1)").fetchone()
    if result != "ok":
        raise BadBackup(say("damaged", reason=result))


def row_counts(database: Path) -> dict[str, int]:
    """Rows of each table, ours and the engine's."""
    with _open(database) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: _count(connection, name) for name in sorted(names) if not name.startswith("sqlite_")}


def revision(database: Path) -> str:
    """The revision of our tables; "" when there are none."""
    return str(_first(database, "SELECT version_num FROM alembic_version") or "")


def engine_version(database: Path) -> int:
    """The version of the engine's tables; 0 when there are none."""
    return int(str(_first(database, "SELECT version FROM dbos_migrations") or 0))


def replace(staged: Path, database: Path) -> None:
    """The moment of a restore: one rename. Raises StillRunning when another process has the database open."""
    if database.exists():
        with border(), closing(sqlite3.connect(database, timeout=BUSY_SECONDS)) as old:
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    if database.with_name(f"{database.name}-wal").exists():  # the last one to close it removes it
        raise StillRunning(say("still_open", file=database))
    database.parent.mkdir(parents=True, exist_ok=True)
    beside = database.with_name(f"{database.name}.restoring")  # the folder may be on another disk than the data folder
    shutil.move(staged, beside)
    with beside.open("rb") as file:
        os.fsync(file.fileno())
    beside.replace(database)
    sync_folder(database.parent)


@contextmanager
def _open(database: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)) as found:
        yield found


def _first(database: Path, query: str) -> object:
    with _open(database) as connection:
        try:
            row = connection.execute(query).fetchone()
        except sqlite3.OperationalError:  # no such table
            return None
    return row[0] if row else None


def _count(connection: sqlite3.Connection, table: str) -> int:
    quoted = table.replace('"', '""')
    [count] = connection.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()  # noqa: S608  # a name from the schema
    return int(count)
