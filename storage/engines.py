"""SQLAlchemy engines: how each database is opened so that nothing accepted is lost."""

from __future__ import annotations

import json
import time
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError
from sqlalchemy.pool import QueuePool

from bot.contracts.errors import ConfigurationError
from config.languages import operator_language
from config.locales import t

BUSY_MILLISECONDS = 30_000  # SQLite: how long a writer waits for another process
POOL_SECONDS = 60  # how long a writer waits for the other writers of this process
READERS = 4  # SQLite: connections (and threads) that read at the same time
CONNECTIONS = 10  # PostgreSQL: connections of one process
RESTED_SECONDS = 1.0  # PostgreSQL: a connection that was not used for so long is asked whether it lives

_PRAGMAS = (
    f"busy_timeout={BUSY_MILLISECONDS}",  # first: switching to WAL may itself have to wait
    "journal_mode=WAL",
    "synchronous=FULL",  # a committed message survives a power cut
    "foreign_keys=ON",
)


def parse(url: str) -> URL:
    """The URL of a SQLite file or of PostgreSQL (psycopg 3). Raises ConfigurationError that names the remedy."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigurationError(t("storage.errors.url", operator_language())) from error
    if parsed.get_backend_name() == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:"):
        return parsed.set(drivername="sqlite+pysqlite")
    raise ConfigurationError(t("storage.errors.kind", operator_language()))


def writing_engine(url: URL) -> Engine:
    """The engine for changes.

    On SQLite it has one connection: the writers of a process queue up for it in order of arrival, instead of
    meeting SQLITE_BUSY and its growing naps (measured at 50 messages/s: 99 % acknowledged in 44 ms, not 108).
    """
    if url.get_backend_name() == "postgresql":
        return _postgres_engine(url)
    return _sqlite_engine(url, size=1, isolation="IMMEDIATE", pragmas=_PRAGMAS)


def reading_engine(url: URL, writing: Engine) -> Engine:
    """An engine that can't write, and whose transactions see one snapshot.

    SQLite: a second one on the file, which never waits for a writer. PostgreSQL: connections of the `writing` one.
    """
    if url.get_backend_name() == "postgresql":
        return writing.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return _sqlite_engine(url, size=READERS, isolation=None, pragmas=(*_PRAGMAS, "query_only=ON"))


def _postgres_engine(url: URL) -> Engine:
    """Connections are asked whether they live, but not the one that worked a moment ago: that round trip before each
    transaction cost as much as the transaction's own queries."""
    from psycopg import Error

    engine = create_engine(url, pool_size=CONNECTIONS, max_overflow=0, json_serializer=as_json)

    @event.listens_for(engine, "checkin")
    def rest(_connection: object, record: Any) -> None:
        record.info["used"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def wake(connection: Any, record: Any, _proxy: object) -> None:
        now = time.monotonic()
        if now - record.info.get("used", now) < RESTED_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except Error as error:
            raise DisconnectionError from error  # the pool takes a new one

    return engine


def _sqlite_engine(url: URL, *, size: int, isolation: str | None, pragmas: tuple[str, ...]) -> Engine:
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        pool_timeout=POOL_SECONDS,
        json_serializer=as_json,
        connect_args={"check_same_thread": False, "timeout": BUSY_MILLISECONDS / 1000},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = isolation
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    return engine


def as_json(value: Any) -> str:
    """Chinese as it is written: SQLite before 3.45 doesn't find a name in JSON that was stored as \\u….

    Half a character, which UTF-8 can't say, is escaped, and everything beside it.
    """
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value)
    return text
