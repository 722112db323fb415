"""What the database says, in words that help its operator."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.contracts.errors import BadInput, ConfigurationError, IntakeUnavailable
from config.languages import operator_language
from config.locales import t


class StorageUnavailable(IntakeUnavailable):
    """The database can't be used now: see that it runs, and check database.url."""


class SchemaOutdated(ConfigurationError):
    """The database's tables don't fit this version: stop every process and start Xiaoce again; it migrates itself."""


class AccountTaken(BadInput):
    """This account belongs to somebody else already: take it away from them first, or correct the account."""


# What a driver says -> which text of `storage.errors` its operator reads. The first match counts. PostgreSQL has no
# code for a connection that it refuses, only words.
_SENTENCES = tuple(
    (re.compile(pattern, re.DOTALL), key)
    for pattern, key in (
        ("database is locked", "locked"),
        ("disk is full", "full"),
        ("readonly database", "read_only"),
        ("unable to open database file", "no_file"),
        ("disk i/o error", "broken_disk"),
        ("malformed", "damaged"),
        ("not a database", "no_database"),
        (r'at "(?P<address>[^"]*)"[^"]*, port (?P<port>\d+) failed: connection refused', "refused"),
        (r'database "(?P<name>[^"]*)" does not exist', "no_such_database"),
        (r'role "(?P<name>[^"]*)" does not exist', "no_such_role"),
        (r'authentication failed for user "(?P<name>[^"]*)"|no password supplied', "password"),
        (r"resolve host|translate host name|name or service not known|in name resolution", "no_such_host"),
        ("no such file or directory|connection refused|timeout expired|no route to host|unreachable", "unreachable"),
        ("no pg_hba.conf entry", "not_let_in"),
    )
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
        return SchemaOutdated(_say("outdated", detail=text))
    if isinstance(error, (DatabaseError, sqlite3.OperationalError)) and (sentence := _known(text)):
        return StorageUnavailable(sentence)
    if isinstance(error, PoolTimeout):
        return StorageUnavailable(_say("busy"))
    if isinstance(error, _UNAVAILABLE):
        return StorageUnavailable(_say("away", detail=" ".join(text.split())))
    return None


def _known(text: str) -> str:
    """The sentence for what a driver said, in lower case; "" when it is none of the known ones."""
    for pattern, key in _SENTENCES:
        if found := pattern.search(text):
            values = {name: value or "?" for name, value in found.groupdict().items()}
            return _say(key, detail=" ".join(text.split()), **values)
    return ""


def _say(key: str, **values: object) -> str:
    return t(f"storage.errors.{key}", operator_language(), **values)


def _sqlstate(error: Exception) -> str | None:
    return getattr(getattr(error, "orig", None), "sqlstate", None)
