"""The database: one transaction at a time to write, snapshots to read, both in worker threads."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from bot.contracts.errors import ConfigurationError
from config.languages import operator_language
from config.locales import t
from storage import engines
from storage.errors import border, is_conflict
from storage.inside import Inside
from storage.revision import known_revisions, revision_of
from storage.store import Store

T = TypeVar("T")
ATTEMPTS = 3  # PostgreSQL may undo one of two transactions that wait for each other


class Database:
    """SQLite or PostgreSQL, by URL. Nothing is opened before the first use."""

    def __init__(self, url: str) -> None:
        """Raises ConfigurationError when the URL is neither a SQLite file nor PostgreSQL."""
        self._url = engines.parse(url)
        self.is_sqlite = self._url.get_backend_name() == "sqlite"
        self.engine: Engine = engines.writing_engine(self._url)
        self._reader = engines.reading_engine(self._url, self.engine)
        # Two groups of threads, so that readers get a thread while all writers wait for their turn.
        self._writing = ThreadPoolExecutor(engines.READERS, "storage-write")
        # Urgent work finds at most this many others before it, however much is waiting.
        self._turns = asyncio.Semaphore(2)
        self._reading = ThreadPoolExecutor(engines.READERS, "storage-read")

    async def write(self, work: Callable[[Store], T], *, urgent: bool = False) -> T:
        """Run `work` in one transaction: all of it is kept when this returns, none of it when this raises.

        `work` may be run again when PostgreSQL undoes it in favour of another transaction: it changes
        nothing but the database. Cancelling the caller doesn't stop a transaction that has begun.
        Raises StorageUnavailable (an IntakeUnavailable) when the database is locked, full or away.
        """
        if urgent:
            return await self._in_thread(self._writing, self._write, work)
        async with self._turns:
            return await self._in_thread(self._writing, self._write, work)

    async def read(self, work: Callable[[Store], T]) -> T:
        """Run `work` on one snapshot; it can't change anything. On SQLite it never waits for writers."""
        return await self._in_thread(self._reading, self.read_here, work)

    def read_here(self, work: Callable[[Store], T]) -> T:
        """The same on the caller's own thread. Blocking."""
        with border():
            return self._transaction(self._reader, "BEGIN" if self.is_sqlite else None, work)

    def migrate(self) -> None:
        """Bring the tables to this version. Blocking, safe to call from several processes at once."""
        if self.file:
            _make_folder(self.file.parent)
        with border(), self.engine.begin() as connection:
            if revision_of(connection) == known_revisions()[0]:
                return
            from storage.migrations import upgrade  # Alembic takes 0.2 s to import

            upgrade(connection)

    @property
    def file(self) -> Path | None:
        """SQLite's file; None on PostgreSQL."""
        return Path(str(self._url.database)) if self.is_sqlite else None

    def revision(self) -> str:
        """The version of the tables; "" when there are none. Blocking. Makes nothing, not even SQLite's file."""
        if self.file and not self.file.exists():
            return ""
        with border(), self.engine.connect() as connection:
            return revision_of(connection)

    def close(self) -> None:
        """Wait for what is under way, then give back threads and connections."""
        self._writing.shutdown()
        self._reading.shutdown()
        self._reader.dispose()
        self.engine.dispose()

    async def _in_thread(
        self,
        threads: ThreadPoolExecutor,
        run: Callable[[Callable[[Store], T]], T],
        work: Callable[[Store], T],
    ) -> T:
        context = contextvars.copy_context()  # logging context comes along
        return await asyncio.get_running_loop().run_in_executor(threads, lambda: context.run(run, work))

    def _write(self, work: Callable[[Store], T]) -> T:
        # Python's sqlite3 begins only before the first change; what was read before would be stale by then.
        begin = "BEGIN IMMEDIATE" if self.is_sqlite else None
        with border():
            for _ in range(ATTEMPTS - 1):
                try:
                    return self._transaction(self.engine, begin, work)
                except DBAPIError as error:
                    if not is_conflict(error):
                        raise
            return self._transaction(self.engine, begin, work)

    def _transaction(self, engine: Engine, begin: str | None, work: Callable[[Store], T]) -> T:
        with engine.begin() as connection:
            if begin:
                connection.exec_driver_sql(begin)
            with Inside(connection) as session:
                done = work(Store(session))
                session.flush()
            return done


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        sentence = t("storage.errors.folder", operator_language(), folder=folder, reason=error.strerror)
        raise ConfigurationError(sentence) from error
