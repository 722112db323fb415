"""Answers for a viewer: journeys of what they may see, kept for a while, with what belongs beside a number."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, cast
from zoneinfo import ZoneInfo

from bot.contracts import Person, Role
from config.attribution import Channels
from config.groups.attribution import Attribution
from knowledge.journeys.building import Scope, build
from knowledge.journeys.built import Journeys
from knowledge.journeys.spending import Spending, spending
from skills.attribution.answer import Answer, answer
from skills.attribution.confidence import Trust, trusted
from skills.attribution.question import Question, model_settings

if TYPE_CHECKING:
    from storage.database import Database
    from storage.repositories.attribution import Run
    from storage.repositories.lights import Flag
    from storage.store import Store
    from storage.warehouse import Built, Warehouse

T = TypeVar("T")
KEPT = 12  # sets of journeys, and answers, that stay in memory
MOST_TOUCHES = 10_000_000  # of all of them together: about a gigabyte; the newest two stay in any case
EVERYTHING = frozenset({Role.SALES_OPS, Role.ADMIN})
BEHIND = ("touch", "lead", "deal", "contract", "payment", "campaign", "spend")  # what numbers stand on


@dataclass(frozen=True, slots=True)
class Seen:
    """What a viewer may see, and what belongs beside every number. `campaigns` None: all; spending only of these."""

    scope: Scope
    flags: tuple[Flag, ...] = ()
    trust: dict[str, Trust] = field(default_factory=dict)
    own: frozenset[str] = frozenset()  # channels for which the viewer answers
    campaigns: frozenset[str] | None = None
    spends: bool = True  # whether spending can be held against what they see
    runs: tuple[Run, ...] = ()


@dataclass(frozen=True)
class Found:
    """One answer with what belongs beside it."""

    question: Question
    answer: Answer
    seen: Seen
    spending: Spending
    built_at: datetime
    otherwise: int = 60  # confidence of channels that nobody named, in percent


class Desk:
    """One for the process."""

    def __init__(
        self, database: Database, warehouse: Warehouse, channels: Channels, settings: Attribution, zone: ZoneInfo
    ) -> None:
        self.database, self.warehouse, self.channels = database, warehouse, channels
        self.settings, self.zone = settings, zone
        self._kept: OrderedDict[Hashable, asyncio.Future[Any]] = OrderedDict()

    async def find(self, viewer: Person, question: Question, now: datetime) -> Found:
        """The answer, of what the viewer may see."""
        seen = await self.database.read(lambda store: self.seen(store, viewer, now))
        built = await self.warehouse.ready()
        found = await self._answer(question, seen.scope, built, now)
        spent = Spending()
        if seen.spends:
            since = question.rules(self.settings, now).since
            spent = await spending(self.warehouse, since, now, self.zone, seen.campaigns)
        return Found(question, found, seen, spent, built.at, self.channels.otherwise)

    def seen(self, store: Store, viewer: Person, now: datetime) -> Seen:
        """In one transaction: permissions, confidence, late sources, earlier estimates."""
        own = store.attribution.own_channels(viewer.id)
        whole = viewer.role in EVERYTHING
        owner = viewer.role is Role.CHANNEL_OWNER
        return Seen(
            scope=Scope() if whole else Scope(False, *store.attribution.seen(viewer)),
            flags=tuple(store.lights.stale(BEHIND, now=now)),
            trust=trusted(self.channels, store.attribution.confidences()),
            own=own,
            campaigns=store.attribution.own_campaigns(viewer.id) if owner else None,
            spends=whole or owner,
            runs=tuple(store.attribution.runs()) if whole else (),
        )

    async def _answer(self, question: Question, scope: Scope, built: Built, now: datetime) -> Answer:
        """The same question on the same copy and the same day has the same answer."""
        rules = question.rules(self.settings, now)
        day = now.astimezone(self.zone).date()
        key = (built.file, rules.level, rules.conversion, rules.lookback_days, question.span_days, scope, day)
        journeys = await self._once(key, lambda: self.warehouse.run(build(rules, scope, now, self.zone)))
        settings, draws = model_settings(self.settings, self.channels.direct), self.settings.draws
        work = partial(answer, journeys, question.value, settings, draws)
        return await self._once((*key, question.value), lambda: asyncio.to_thread(work))

    async def _once(self, key: Hashable, make: Callable[[], Awaitable[T]]) -> T:
        """What is asked for twice at the same time is made once. A key always stands for the same type."""
        if key not in self._kept:
            self._kept[key] = asyncio.ensure_future(make())
            self._make_room()
        self._kept.move_to_end(key)
        try:
            return cast("T", await asyncio.shield(self._kept[key]))
        except Exception:
            self._kept.pop(key, None)
            raise

    def _make_room(self) -> None:
        while len(self._kept) > KEPT or (len(self._kept) > 2 and sum(map(_size, self._kept.values())) > MOST_TOUCHES):
            self._kept.popitem(last=False)


def _size(kept: asyncio.Future[Any]) -> int:
    """Touches that something in memory holds."""
    found = kept.result() if kept.done() and not kept.cancelled() and not kept.exception() else None
    journeys = found.journeys if isinstance(found, Answer) else found
    return len(journeys.touches) if isinstance(journeys, Journeys) else 0
