"""Business events: read, stored once, and everything that follows from them, in one transaction (C1, C2, C6, C7).

Accepting is the only way in: for the door, the watched tables, commands, subscribers' answers and what is released
from the quarantine alike.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import structlog

from adapters.webhooks.ports import Given, Sender
from bot.contracts import Clock, Event
from bot.contracts.verdict import Verdict
from bot.flows.event_joining import Joining
from bot.flows.event_reading import Agreed, Coming, read
from bot.flows.event_systems import SystemRegistry
from bot.flows.event_writing import Consequence, write
from knowledge.events.systems import System
from knowledge.events.types import Catalog
from storage.database import Database
from storage.store import Store

BATCH = 500  # events in one transaction
FRESH_SECONDS = 1.0  # so long approved mappings are taken as known; what they leave in quarantine is looked at again
HUSH_SECONDS = 3600.0  # a system that is refused all the time is noted once in so long, with how often
_IN_PLACE = 20  # events that are read on the loop; more in a thread

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Piece:
    """What one caller wants accepted together."""

    comings: Sequence[Coming]
    revision: object  # of the mappings by which they were read
    by: str


@dataclass(slots=True)
class _Noted:
    """Who was refused how often since the last note of it."""

    last: float
    count: int = 0


@dataclass(slots=True)
class _Approvals:
    agreed: Agreed = field(default_factory=Agreed)
    revision: object = None
    until: float = 0.0


class EventFlow:
    """Accepts events. `after` is called on the loop once something was stored: to wake whoever has work by it."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        catalog: Catalog,
        consequences: Sequence[Consequence] = (),
        after: Sequence[Callable[[], None]] = (),
        *,
        zone: str = "Asia/Shanghai",
        join: bool = True,
    ) -> None:
        """`zone`: of times in data that say none. `join`: whether what comes at the same time shares a transaction."""
        self._database, self._clock, self.catalog = database, clock, catalog
        self._consequences, self._after = consequences, after
        self._joining: Joining[_Piece, list[Verdict] | None] = Joining(self._write, BATCH)
        self._join, self._zone = join, zone
        self._approvals = _Approvals()
        self._noted: dict[tuple[str, str, str], _Noted] = {}

    async def accept(
        self,
        given: Sequence[Event],
        producer: System,
        *,
        raw: Sequence[Mapping[str, Any]] | None = None,
        by: str = "",
    ) -> list[Verdict]:
        """One verdict for each, in order; what is accepted is stored when this returns.

        `raw`: the envelopes as they came, one for each. `by`: who released them from the quarantine. Raises
        IntakeUnavailable; some of more than `BATCH` events may be stored then, and are duplicates the next time.
        """
        envelopes = raw or [envelope_of(event) for event in given]
        verdicts: list[Verdict] = []
        for at in range(0, len(given), BATCH):
            verdicts += await self._some(given[at : at + BATCH], envelopes[at : at + BATCH], producer, by)
        await self._note(given, verdicts, producer)
        if any(one.outcome in {"accepted", "quarantined"} for one in verdicts):
            for wake in self._after:
                wake()
        return verdicts

    async def _some(
        self, events: Sequence[Event], envelopes: Sequence[Mapping[str, Any]], producer: System, by: str
    ) -> list[Verdict]:
        while True:
            approvals = await self._approved()
            pairs = list(zip(events, envelopes, strict=True))

            def work(pairs: Sequence[Any] = pairs, agreed: Agreed = approvals.agreed) -> list[Coming]:
                return [read(event, envelope, producer, self.catalog, agreed, self._zone) for event, envelope in pairs]

            comings = work() if len(pairs) <= _IN_PLACE else await asyncio.to_thread(work)
            if all(one.verdict for one in comings):
                return [one.verdict for one in comings if one.verdict]
            piece = _Piece(comings, approvals.revision, by)
            done = await self._joining.do(piece, len(pairs)) if self._join else (await self._write([piece]))[0]
            if done is not None:
                return done
            self.refresh()  # somebody has approved a mapping meanwhile: read by that

    async def _write(self, pieces: Sequence[_Piece]) -> list[list[Verdict] | None]:
        return await self._database.write(lambda store: self._written(store, pieces))

    def _written(self, store: Store, pieces: Sequence[_Piece]) -> list[list[Verdict] | None]:
        if any(one.reason for piece in pieces for one in piece.comings):
            revision = store.quarantine.revision()
            stale = [piece.revision != revision and any(one.reason for one in piece.comings) for piece in pieces]
        else:
            stale = [False] * len(pieces)
        now, found = self._clock.now(), dict[int, list[Verdict]]()
        for by in {piece.by for piece, old in zip(pieces, stale, strict=True) if not old}:
            own = [at for at, piece in enumerate(pieces) if piece.by == by and not stale[at]]
            comings = [one for at in own for one in pieces[at].comings]
            verdicts = iter(write(store, comings, now, self._consequences, by))
            found |= {at: [next(verdicts) for _ in pieces[at].comings] for at in own}
        return [found.get(at) for at in range(len(pieces))]

    async def _approved(self) -> _Approvals:
        if time.monotonic() >= self._approvals.until:
            mendings, revision = await self._database.read(
                lambda store: (store.quarantine.mendings(), store.quarantine.revision())
            )
            self._approvals = _Approvals(Agreed.of(mendings), revision, time.monotonic() + FRESH_SECONDS)
        return self._approvals

    def refresh(self) -> None:
        """Mappings were changed here: what comes next is read by them."""
        self._approvals = _Approvals()

    async def _note(self, given: Sequence[Event], verdicts: Sequence[Verdict], producer: System) -> None:
        """Who sends what isn't theirs stands in the audit log (C7): once an hour, however often they try.

        Types that don't exist are one: there would be as many notes as somebody makes up.
        """
        refused = Counter(
            (producer.name, event.type if self.catalog.get(event.type) else "?", one.reason)
            for event, one in zip(given, verdicts, strict=True)
            if one.outcome == "refused"
        )
        due = {key: count for key, n in refused.items() if (count := self._due(key, n))}
        if not due:
            return
        now = self._clock.now()

        def note(store: Store) -> None:
            for (system, type_, reason), count in due.items():
                detail = {"type": type_[:200], "reason": reason, "count": count}
                store.audit.add(f"system:{system}", "event.refused", system, detail, now)

        await self._database.write(note)
        log.warning("events refused", system=producer.name, reasons=sorted({reason for _, _, reason in due}))

    def _due(self, key: tuple[str, str, str], count: int) -> int:
        """How many to note now; 0: later."""
        now, noted = time.monotonic(), self._noted.get(key)
        if noted is None or now - noted.last >= HUSH_SECONDS:
            if len(self._noted) > 10_000:
                self._noted.clear()
            self._noted[key] = _Noted(now)
            return count + (noted.count if noted else 0)
        noted.count += count
        return 0


class EventDesk:
    """As `adapters.webhooks.ports.EventPorts` asks."""

    def __init__(self, flow: EventFlow, registry: SystemRegistry) -> None:
        self._flow, self._registry = flow, registry

    async def senders(self) -> Sequence[Sender]:
        """All systems that may send."""
        return await self._registry.senders()

    async def accept(self, given: Sequence[Given], sender: str) -> Sequence[Verdict]:
        """One verdict for each."""
        producer = (await self._registry.current()).get(sender) or System(sender, sender, "", "")
        return await self._flow.accept([one.event for one in given], producer, raw=[one.envelope for one in given])


def envelope_of(event: Event) -> dict[str, Any]:
    """An event as a structured CloudEvent."""
    said: dict[str, Any] = {"specversion": "1.0", "id": event.id, "source": event.source, "type": event.type}
    said["time"] = moment(event.time)
    if event.subject:
        said["subject"] = event.subject
    if event.version is not None:
        said["dataschema"] = f"urn:xiaoce:event:{event.type}:{event.version}"
    return {**said, **event.extensions, "datacontenttype": "application/json", "data": dict(event.data)}


def moment(at: datetime) -> str:
    """RFC 3339."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
