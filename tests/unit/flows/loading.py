"""A folder of files as the sources of a small company, for tests of loading."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from adapters.sources.adapter import Limits, SourceReaders
from bot.flows.sources import SourcesFlow
from bot.flows.sources_after import Loaded
from bot.flows.sources_definitions import Definitions
from bot.flows.sources_mending import Mending
from config.groups.sources import Sources
from storage.database import Database
from storage.imports.files import ImportedTables
from storage.repositories.loads import Load
from storage.store import Store

ZONE = "Asia/Shanghai"
START = datetime(2026, 3, 2, 1, tzinfo=UTC)
PAYMENTS = """source: payments
title: 财务 · 回款
owner: E1
from: {kind: file, path: payments.csv}
every: 1h
key: 编号
to: payment
fields:
  id: 编号
  contract_id: 合同
  amount: {from: 金额, unit: 元}
  paid: 日期
"""
HEADER = "编号,合同,金额,日期\n"


@dataclass(slots=True)
class Clock:
    """Stands until it is moved."""

    at: datetime = START

    def now(self) -> datetime:
        """The moment it stands at."""
        return self.at


class Killed(BaseException):
    """Stands for the end of the process."""


@dataclass(slots=True)
class Loading:
    """Flow, definitions and mending on one database and one folder."""

    database: Database
    folder: Path
    batch_rows: int = 2
    load_rows: int = 200_000
    clock: Clock = field(default_factory=Clock)
    heard: list[Loaded] = field(default_factory=list)

    @property
    def flow(self) -> SourcesFlow:
        """A new one, as after a restart."""
        limits = Sources(load_rows=self.load_rows, seconds=20)
        return SourcesFlow(self.database, None, self.clock, self.readers, limits, ZONE, [self._hear])

    @property
    def readers(self) -> SourceReaders:
        """Of the folder."""
        limits = Limits(self.batch_rows, settle_seconds=0, attempts=1, allow_private=True)
        return SourceReaders([self.folder], ImportedTables(1_000_000), {}, limits)

    @property
    def definitions(self) -> Definitions:
        """Of sources."""
        return Definitions(self.database, self.clock, self.readers)

    @property
    def mending(self) -> Mending:
        """Of refused rows."""
        return Mending(self.database, self.clock, ZoneInfo(ZONE))

    def write(self, name: str, text: str, encoding: str = "utf-8") -> None:
        """A file, surely with another time than before."""
        path = self.folder / name
        path.write_bytes(text.encode(encoding))
        self.clock.at += timedelta(seconds=1)
        os.utime(path, (self.clock.at.timestamp(), self.clock.at.timestamp()))

    async def apply(self, text: str = PAYMENTS) -> None:
        """Let a definition hold."""
        await self.definitions.apply(text, "test.yaml", "E9")

    async def load(self, source: str = "payments", tell: Callable[[int], None] = lambda _rows: None) -> Load:
        """Load it; how it ended."""
        return await self.flow.run(source, tell=tell)

    async def records(self, entity: str = "payment") -> dict[str, dict[str, object]]:
        """All of an entity, by id."""

        def read(store: Store) -> dict[str, dict[str, object]]:
            ids = {row.record_id for source in store.sources.states() for row in store.landing.each(source)}
            return store.loop.records(entity, ids)

        return await self.database.read(read)

    async def reasons(self, source: str = "payments") -> list[tuple[str, ...]]:
        """Why rows wait, oldest first."""
        rows = await self.database.read(lambda store: store.refusals.open(source))
        return [tuple(reason.problem for reason in row.reasons) for row in rows]

    async def _hear(self, loaded: Loaded) -> None:
        self.heard.append(loaded)


def counts(load: Load) -> tuple[int, int, int, int]:
    """(added, changed, unchanged, rejected)."""
    return load.added, load.changed, load.unchanged, load.rejected


def rows(numbers: Sequence[int]) -> str:
    """Payments with these numbers."""
    return HEADER + "".join(f"P{n},HT{n},{n * 100},2026-01-{n % 28 + 1:02d}\n" for n in numbers)
