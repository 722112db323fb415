"""A columnar copy of the rows for figures: SQL is the truth, this is made again from it whenever it changed.

Several processes may share the folder: the copy is a file that appears whole and is never changed. A process on another
machine has a copy of its own. Rows carry no permissions here: ask the truth which ids somebody may see and join them.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

import structlog

from bot.contracts.errors import XiaoceError
from config.languages import operator_language
from config.locales import t
from storage.database import Database
from storage.warehouse_copy import Order, copies, spill_folder
from storage.warehouse_state import state_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

T = TypeVar("T")
Params = Mapping[str, Any] | Sequence[Any]
READERS = 2
_PROCESS = uuid4().hex  # tells its spilled files from those of others that share the folder, maybe by the same pid
ATTEMPTS = 3  # to open the newest copy: it may be replaced between being found and being opened

log = structlog.get_logger(__name__)


class WarehouseUnavailable(XiaoceError):
    """Figures can't be made now: the copy of the rows can't be written. See that the disk has room and ask again."""


@dataclass(frozen=True, slots=True)
class Built:
    """When a copy was made, from which state of the truth."""

    at: datetime
    state: str
    file: Path


class Warehouse:
    """Nothing is opened or made before the first use."""

    def __init__(self, database: Database, folder: Path, memory_mb: int = 512) -> None:
        """`memory_mb`: what a copy, and all questions together, may take; beyond it DuckDB spills to `folder`."""
        self._database, self._folder, self._memory = database, folder, memory_mb
        self._threads = ThreadPoolExecutor(READERS, "warehouse")
        self._turn = asyncio.Lock()
        self._opening = threading.Lock()
        self._open: tuple[Path, DuckDBPyConnection] | None = None
        self._renewal: asyncio.Task[None] | None = None

    async def query(self, sql: str, params: Params = ()) -> list[dict[str, Any]]:
        """Rows of the newest copy, with values bound to `?` or `$name`."""
        return await self.run(lambda connection: _rows(connection, sql, params))

    async def run(self, work: Callable[[DuckDBPyConnection], T]) -> T:
        """The same for work that wants columns: `work` gets a connection that can only read, in a thread of its own.

        Raises WarehouseUnavailable when there is no copy and none can be made.
        """
        await self.ready()
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._work, work)

    async def ready(self) -> Built:
        """What questions are answered from. Waits for the first copy; an outdated one is renewed meanwhile."""
        state = await self._database.read(lambda store: state_of(store.session))
        built = await self._built()
        if built is None:
            await self._renew(state)
            built = await self._built()
            if built is None:
                raise WarehouseUnavailable
        elif built.state != state and (self._renewal is None or self._renewal.done()):
            self._renewal = asyncio.create_task(self._renew_quietly(state), name="renew the warehouse")
        return built

    async def refresh(self) -> None:
        """Make a copy of what is true now; when this returns, questions see it."""
        await self._renew(await self._database.read(lambda store: state_of(store.session)), always=True)

    async def close(self) -> None:
        """Stop a copy under way and give back the file."""
        if self._renewal:
            self._renewal.cancel()
            await asyncio.gather(self._renewal, return_exceptions=True)
        self._threads.shutdown()
        with self._opening:
            self._open = None

    async def _renew_quietly(self, state: str) -> None:
        try:
            await self._renew(state)
        except (WarehouseUnavailable, OSError):
            log.exception("figures stay those of the last copy")

    async def _renew(self, state: str, *, always: bool = False) -> None:
        async with self._turn:
            built = await self._built()
            if always or built is None or built.state != state:
                url = self._database.engine.url.render_as_string(hide_password=False)
                await _in_child(Order(url, str(self._folder), self._memory, state))

    async def _built(self) -> Built | None:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._look)

    def _look(self) -> Built | None:
        opened = self._newest()
        if opened is None:
            return None
        path, connection = opened
        [(at, state)] = connection.cursor().execute("SELECT built_at, state FROM built").fetchall()
        return Built(at.replace(tzinfo=UTC), state, path)

    def _work(self, work: Callable[[DuckDBPyConnection], T]) -> T:
        opened = self._newest()
        if opened is None:
            raise WarehouseUnavailable
        with opened[1].cursor() as cursor:
            return work(cursor)

    def _newest(self) -> tuple[Path, DuckDBPyConnection] | None:
        with self._opening:
            for _ in range(ATTEMPTS):
                found = copies(self._folder)
                if not found:
                    return None
                if self._open and self._open[0] == found[0]:
                    return self._open
                if (connection := self._connect(found[0])) is not None:
                    self._open = found[0], connection
                    return self._open
            return None

    def _connect(self, path: Path) -> DuckDBPyConnection | None:
        import duckdb

        spill = spill_folder(self._folder, f"{path.stem}-{_PROCESS}")
        options: dict[str, str | bool | int | float | list[str]]
        options = {"memory_limit": f"{self._memory}MB", "temp_directory": str(spill)}
        try:
            connection = duckdb.connect(str(path), read_only=True, config=options)
        except duckdb.IOException:
            return None  # a newer copy took its place
        connection.execute("SET TimeZone = 'UTC'")
        return connection


async def _in_child(order: Order) -> None:
    """Raises WarehouseUnavailable with the reason. When this is cancelled, the child goes too."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "storage.warehouse_copy",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, said = await child.communicate(order.dump().encode())
    except asyncio.CancelledError:
        child.kill()
        await child.wait()
        raise
    if child.returncode:
        lines = said.decode(errors="replace").strip().splitlines()
        reason = lines[-1] if lines else f"exit {child.returncode}"
        raise WarehouseUnavailable(t("attribution.warehouse.unavailable", operator_language(), reason=reason))


def _rows(connection: DuckDBPyConnection, sql: str, params: Params) -> list[dict[str, Any]]:
    found = connection.execute(sql, params)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
