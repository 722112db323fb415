"""Opens a database by its address, for reading only, with a limit of time for every statement.

Nothing is ever written: SQLite is opened with `mode=ro` and `query_only`, DuckDB with `read_only` and without access to
files or networks, PostgreSQL in a read-only transaction.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote

from knowledge.tables.faults import TablesRefused
from knowledge.tables.schema import Dialect

SECONDS = 10.0
MOST_ROWS = 10_000
_POSTGRES = ("postgresql://", "postgres://", "postgresql+psycopg://")
_STEPS = 10_000  # of SQLite's machine between two looks at the clock

Row = tuple[Any, ...]


class Connection(Protocol):
    """What is asked of any of the three."""

    dialect: Dialect

    def rows(self, sql: str, values: tuple[object, ...] = (), most: int = MOST_ROWS) -> tuple[list[str], list[Row]]:
        """Names of the columns and at most `most` rows. Raises `TablesRefused` (slow, failed)."""

    def close(self) -> None:
        """Give it back."""


@contextmanager
def connect(url: str, seconds: float = SECONDS) -> Iterator[Connection]:
    """A connection by address: `sqlite:///F.db`, `duckdb:///F.duckdb`, `postgresql://…`, or a file's path.

    Raises `TablesRefused`: no such file, not a database, locked, unreachable, unknown kind.
    """
    connection = _open(url, seconds)
    try:
        yield connection
    finally:
        connection.close()


def _open(url: str, seconds: float) -> Connection:
    if url.startswith(_POSTGRES):
        return Postgres(url, seconds)
    kind, path = _file(url)
    if not path.is_file():
        raise TablesRefused("no_file", path=path)
    return DuckDB(path, seconds) if kind == "duckdb" else SQLite(path, seconds)


def _file(url: str) -> tuple[str, Path]:
    """Kind and path. `sqlite:///a.db` is relative, `sqlite:////a.db` absolute, as everywhere."""
    kind, found, rest = url.partition("://")
    if not found:
        path = Path(url).expanduser()
        return ("duckdb" if path.suffix in (".duckdb", ".ddb") else "sqlite"), path
    if kind not in ("sqlite", "duckdb") or not rest.startswith("/") or len(rest) < 2:
        raise TablesRefused("url", url=_without_password(url))
    return kind, Path(unquote(rest[1:])).expanduser()


def _without_password(url: str) -> str:
    head, at, tail = url.rpartition("@")
    return f"{head.partition('://')[0]}://…@{tail}" if at else url


class SQLite:
    """A file of SQLite."""

    dialect: Dialect = "sqlite"

    def __init__(self, path: Path, seconds: float) -> None:
        self._seconds, self._path = seconds, path
        address = f"{path.resolve().as_uri()}?mode=ro"
        try:
            self._connection = sqlite3.connect(address, uri=True, timeout=min(seconds, 3.0), check_same_thread=False)
            self._connection.execute("PRAGMA query_only = 1")
            self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.DatabaseError as error:
            raise self._fault(error) from None
        self._connection.text_factory = lambda raw: raw.decode("utf-8", "replace")

    def rows(self, sql: str, values: tuple[object, ...] = (), most: int = MOST_ROWS) -> tuple[list[str], list[Row]]:
        """See `Connection`."""
        end = time.monotonic() + self._seconds
        self._connection.set_progress_handler(lambda: int(time.monotonic() > end), _STEPS)
        try:
            cursor = self._connection.execute(sql, values)
            return [one[0] for one in cursor.description or ()], cursor.fetchmany(most)
        except sqlite3.DatabaseError as error:
            raise self._fault(error) from None
        finally:
            self._connection.set_progress_handler(None, 0)

    def close(self) -> None:
        """See `Connection`."""
        self._connection.close()

    def _fault(self, error: sqlite3.DatabaseError) -> TablesRefused:
        said = str(error)
        if "interrupted" in said:
            return TablesRefused("slow", seconds=f"{self._seconds:g}")
        if "not a database" in said or "malformed" in said:
            return TablesRefused("not_a_database", path=self._path)
        return TablesRefused("locked", path=self._path) if "locked" in said else TablesRefused("failed", reason=said)


class DuckDB:
    """A file of DuckDB."""

    dialect: Dialect = "duckdb"

    def __init__(self, path: Path, seconds: float) -> None:
        import duckdb

        self._seconds, self._error = seconds, duckdb.Error
        try:
            self._connection = duckdb.connect(
                str(path), read_only=True, config={"enable_external_access": "false", "threads": "2"}
            )
        except duckdb.Error as error:
            problem = "locked" if "lock" in str(error).casefold() else "not_a_database"
            raise TablesRefused(problem, path=path) from None

    def rows(self, sql: str, values: tuple[object, ...] = (), most: int = MOST_ROWS) -> tuple[list[str], list[Row]]:
        """See `Connection`."""
        with _alarm(self._seconds, self._connection.interrupt) as late:
            try:
                cursor = self._connection.execute(sql, values)
                return [one[0] for one in cursor.description or ()], cursor.fetchmany(most)
            except self._error as error:
                if late():
                    raise TablesRefused("slow", seconds=f"{self._seconds:g}") from None
                raise TablesRefused("failed", reason=str(error).splitlines()[0]) from None

    def close(self) -> None:
        """See `Connection`."""
        self._connection.close()


class Postgres:
    """A server of PostgreSQL."""

    dialect: Dialect = "postgres"

    def __init__(self, url: str, seconds: float) -> None:
        import psycopg

        self._seconds, self._psycopg = seconds, psycopg
        options = f"-c default_transaction_read_only=on -c statement_timeout={int(seconds * 1000)}"
        address = url.replace("postgresql+psycopg://", "postgresql://", 1)
        try:
            self._connection = psycopg.connect(
                address, options=options, connect_timeout=max(2, int(seconds)), autocommit=True
            )
        except psycopg.Error as error:
            said = str(error).replace(address, "…").strip().splitlines()
            raise TablesRefused("unreachable", reason=said[-1] if said else "") from None

    def rows(self, sql: str, values: tuple[object, ...] = (), most: int = MOST_ROWS) -> tuple[list[str], list[Row]]:
        """See `Connection`."""
        try:
            with self._connection.cursor() as cursor:
                # without values nothing is a placeholder: a % in a literal stays one
                cursor.execute(sql.encode(), values or None)
                return [one.name for one in cursor.description or ()], cursor.fetchmany(most)
        except self._psycopg.errors.QueryCanceled:
            raise TablesRefused("slow", seconds=f"{self._seconds:g}") from None
        except self._psycopg.Error as error:
            raise TablesRefused("failed", reason=str(error).splitlines()[0]) from None

    def close(self) -> None:
        """See `Connection`."""
        self._connection.close()


@contextmanager
def _alarm(seconds: float, stop: Callable[[], None]) -> Iterator[Callable[[], bool]]:
    """Call `stop` when the time is over; yields a function that tells whether it was."""
    rung = threading.Event()

    def ring() -> None:
        rung.set()
        with suppress(Exception):  # the connection may be closed by now
            stop()

    timer = threading.Timer(seconds, ring)
    timer.daemon = True
    timer.start()
    try:
        yield rung.is_set
    finally:
        timer.cancel()
