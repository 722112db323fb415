"""Mining talk-tracks from won deals (A14): gather, read, mine, keep. Reading is work for a thread of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.contracts import Clock
from bot.contracts.person import OPERATOR
from bot.flows.persist import persistently
from config.groups.patterns import Patterns as PatternSettings
from knowledge.patterns.gathering import gather
from knowledge.patterns.mine import Mined, Rules, mine
from knowledge.patterns.move import Move
from knowledge.patterns.record import gone, pattern_of, renewed
from knowledge.signals.calibration import Calibration, in_force
from storage.database import Database
from storage.repositories.patterns import Pattern
from storage.store import Store

if TYPE_CHECKING:
    from knowledge.patterns.case import Case, Talk
    from knowledge.patterns.reading import Progress, Reader

MINED = "patterns.mined"  # in the audit log
DAYS_A_MONTH = 365.25 / 12

Names = Mapping[str, Sequence[str]]
MakeReader = Callable[[Names, Calibration], "Awaitable[Reader]"]


@dataclass(frozen=True, slots=True)
class Run:
    """What one run found, and of how much. `patterns`: as they are kept, those of this run only."""

    patterns: tuple[Pattern, ...]
    won: int
    lost: int
    dialogues: int
    tried: int


class Mining:
    """Done twice, the second time finds the same: patterns are kept by their stages."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        zone: ZoneInfo,
        moves: Mapping[str, Move],
        names: Callable[[], Names],
        make: MakeReader,
        rules: PatternSettings,
    ) -> None:
        self._database = database
        self._clock = clock
        self._zone = zone
        self._moves = moves
        self._names = names
        self._make = make
        self._rules = rules

    async def run(self, by: str, on_progress: Progress | None = None) -> Run:
        """Read all closed deals of the last months and keep what they show. `by` owns what is new, until agreed."""
        now = self._clock.now()
        today = now.astimezone(self._zone).date()
        since = today - timedelta(days=round(self._rules.months * DAYS_A_MONTH))
        look = partial(self._look, since=since, until=today + timedelta(days=1))
        talks, calibration = await persistently(lambda: self._database.read(look))
        work = self._cases(talks, calibration, on_progress)
        cases, mined = await asyncio.to_thread(lambda: asyncio.run(work))
        new = [pattern_of(one, cases, self._moves, mined, since, now, _owner(by)) for one in mined.found]
        kept = await persistently(lambda: self._database.write(lambda store: self._keep(store, new, mined, by)))
        return Run(tuple(kept), mined.won, mined.lost, sum(len(talk.dialogues) for talk in talks), mined.tried)

    def _look(self, store: Store, since: date, until: date) -> tuple[list[Talk], Calibration]:
        return gather(store, since, until, self._zone), in_force(store)

    async def _cases(
        self, talks: Sequence[Talk], calibration: Calibration, on_progress: Progress | None
    ) -> tuple[list[Case], Mined]:
        if not talks:
            return [], Mined((), 0, 0, 0)
        reader = await self._make(self._names(), calibration)
        cases = await reader.read(talks, on_progress)
        return cases, mine(cases, Rules(self._rules.least_deals, self._rules.chance))

    def _keep(self, store: Store, new: Sequence[Pattern], mined: Mined, by: str) -> list[Pattern]:
        now = self._clock.now()
        known = {one.id: one for one in store.patterns.visible_to(OPERATOR)}
        kept = [renewed(known.pop(one.id, None), one) for one in new]
        lost = [gone(one, now.astimezone(self._zone).date()) for one in known.values()]
        for one in (*kept, *lost):
            store.patterns.put(one)
        detail = {"won": mined.won, "lost": mined.lost, "tried": mined.tried, "found": len(kept)}
        store.audit.add(by, MINED, "", detail, now)
        return kept


def _owner(by: str) -> str:
    """Who answers for what is found; nobody yet where no person asked."""
    return "" if by == OPERATOR.id else by
