"""What the database says, in words that help its operator."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.contracts.errors import BadInput, ConfigurationError, IntakeUnavailable


class StorageUnavailable(IntakeUnavailable):
    """The database can't be used now. What it has not confirmed is tried again by itself once the cause is gone."""


class SchemaOutdated(ConfigurationError):
    """The database's tables don't fit this version: stop every process and start Xiaoce again; it migrates itself."""


class AccountTaken(BadInput):
    """This account belongs to somebody else already: take it away from them first, or correct the account."""


# Part of a driver's message -> what the operator reads. The first match counts.
_SENTENCES = (
    (
        "database is locked",
        "The database is locked by another program for over 30 s: end that program or its long transaction.",
    ),
    (
        "disk is full",
        "The disk that holds the database is full: free space on it; waiting messages are then sent again.",
    ),
    (
        "readonly database",
        "The database file is read-only: let Xiaoce's user write the file and its folder.",
    ),
    (
        "unable to open database file",
        "The database file can't be opened: create its folder and let Xiaoce's user write there.",
    ),
    ("disk i/o error", "The disk that holds the database reports errors: check it and restore a backup."),
    ("malformed", "The database file is damaged: stop Xiaoce and restore a backup."),
    ("not a database", "The file at the database URL is no SQLite database: correct database.url."),
)
_MISSING_TABLE = ("no such table", "no such column", "has no column")
_UNAVAILABLE = (
    OperationalError,
    PoolTimeout,
    sqlite3.OperationalError,
)


@contextmanager
def border() -> Iterator[None]:
    """Turn the drivers' errors into ours: StorageUnavailable or SchemaOutdated. Others pass as they are."""
    try:
        yield
    except (DBAPIError, PoolTimeout, sqlite3.OperationalError) as error:
        ours = _translate(error)
        if ours is None:
            raise
        raise ours from error


def is_conflict(error: DBAPIError) -> bool:
    """Whether PostgreSQL undid the transaction in favour of another one, so that it should be run again."""
    return getattr(error.orig, "sqlstate", None) in {"40001", "40P01"}


def _translate(error: Exception) -> Exception | None:
    text = str(getattr(error, "orig", error)).lower()
    if any(part in text for part in _MISSING_TABLE) or _sqlstate(error) in {"42P01", "42703"}:
        return SchemaOutdated(f"{SchemaOutdated.__doc__} ({text})")
    for part, sentence in _SENTENCES:
        if part in text and isinstance(error, (DatabaseError, sqlite3.OperationalError)):
            return StorageUnavailable(sentence)
    if isinstance(error, PoolTimeout):
        return StorageUnavailable("The database has been busy for a minute: the machine or its disk is too slow.")
    if isinstance(error, _UNAVAILABLE):
        return StorageUnavailable(f"{StorageUnavailable.__doc__} ({text})")
    return None


def _sqlstate(error: Exception) -> str | None:
    return getattr(getattr(error, "orig", None), "sqlstate", None)
