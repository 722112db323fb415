"""Deliveries of events: claimed, sent, noted; at least once, in order where asked, each subscriber by itself (C3).

    look:  results of finished attempts ─┐
                                         ├─ one transaction ─→ claimed rows ─→ attempts, side by side
           what is due now ──────────────┘                                      (each wakes the next look)

Nothing is kept in memory that matters: a process that dies between sending and noting leaves a claim that ends by
itself, and the attempt is repeated under the same webhook-id.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from adapters.webhooks.client import Answer
from adapters.webhooks.letter import Letter
from bot.contracts import Clock
from bot.contracts.event import Event
from bot.flows.due import Ticker, speed_of
from bot.flows.event_fanout import Entries, Reveal, proofs, settle
from config.groups.events import Events as Rules
from knowledge.events import casting
from knowledge.events.casting import CannotCast
from knowledge.events.systems import Listening, System
from knowledge.events.types import Catalog
from storage.database import Database
from storage.repositories.event_claims import Claimed, Tried, Want
from storage.repositories.event_deliveries import EventDelivery
from storage.repositories.events import EventRecord
from storage.store import Store

LONGEST_SECONDS = 1.0  # between looks: another process may have accepted an event
CLAIM_SECONDS = 120.0  # real ones, at least; longer than a row waits here for its turn and is sent
AHEAD = 4  # claimed for each that can be under way, so that a subscriber never waits for the database
FAILING = 5  # failures in a row after which a subscriber gets less at a time
FAILING_AT_ONCE = 2
GRACE_SECONDS = 2.0  # that attempts under way get to end when the process stops
KEPT_ANSWER, KEPT_REASON = 2000, 300  # characters

Name = tuple[str, str]  # system, subscription
log = structlog.get_logger(__name__)


class Post(Protocol):
    """Hands a letter to a subscriber; `adapters.webhooks.client` does, and the sandbox with faults."""

    async def post(self, letter: Letter) -> Answer:
        """One attempt. Never raises for what the subscriber or the network does."""
        ...


# A CloudEvent that a system answered with, and the extensions of the event that it answers -> its number
Answered = Callable[[System, str, Mapping[str, str]], Awaitable[int | None]]
Tell = Callable[[Store, System, Listening, str, datetime], None]  # its owner, that it was disabled


@dataclass(frozen=True, slots=True)
class _Route:
    """One subscription that events may go out to."""

    system: System
    listening: Listening
    url: str
    secrets: tuple[str, ...]
    proofs: frozenset[str]

    @property
    def name(self) -> Name:
        return self.system.name, self.listening.name


@dataclass(frozen=True, slots=True)
class _Turn:
    """What one transaction found."""

    claimed: Claimed
    events: Mapping[int, EventRecord]
    routes: Mapping[Name, _Route]
    revision: object


class EventPump:
    """Of one process; any number of them share a database."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        client: Post,
        entries: Entries,
        reveal: Reveal,
        catalog: Catalog,
        rules: Rules,
        *,
        answered: Answered | None = None,
        tell: Tell | None = None,
        alive: Callable[[], bool] = lambda: True,
        name: Callable[[], str] = lambda: "pump",
    ) -> None:
        """`alive`: whether this process still has the right to send; `name`: its own among those that do."""
        self._database, self._clock, self._client = database, clock, client
        self._entries, self._reveal, self._catalog, self._rules = entries, reveal, catalog, rules
        self._answered, self._tell, self._alive, self._name = answered, tell, alive, name
        self._speed = speed_of(clock)
        self._claim = timedelta(seconds=max(CLAIM_SECONDS, 2 * AHEAD * rules.timeout_seconds) * self._speed)
        self._ticker = Ticker("events", self._look, clock, LONGEST_SECONDS)
        self._tasks: dict[asyncio.Task[None], EventDelivery] = {}
        self._results: list[Tried] = []
        self._gone: set[Name] = set()  # said that they want nothing more
        self._failures: Counter[Name] = Counter()  # in a row
        self._gates: dict[Name, asyncio.Semaphore] = {}
        self._all = asyncio.Semaphore(rules.at_once)
        self._revision: object = None
        self._routes: Mapping[Name, _Route] = {}

    def start(self) -> None:
        """Begin. What an earlier process of this name had claimed is due at once."""
        self._ticker.start()

    async def stop(self) -> None:
        """End: attempts under way may finish for a moment; what was claimed and not sent is due at once."""
        await self._ticker.stop()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=GRACE_SECONDS)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        batch, gone = list(self._results), frozenset(self._gone)
        with suppress(Exception):
            await self._database.write(lambda store: self._finish(store, batch, gone))
            self._results.clear()

    def wake(self) -> None:
        """Something is due: called when events were accepted."""
        self._ticker.wake()

    async def _look(self) -> datetime | None:
        batch, gone, busy = list(self._results), frozenset(self._gone), self._busy()
        turn = await self._database.write(lambda store: self._turn(store, batch, gone, busy))
        self._routes, self._revision = turn.routes, turn.revision
        del self._results[: len(batch)]
        self._gone -= gone
        for row in turn.claimed.rows:
            self._begin(row, turn.events.get(row.event_seq))
        return turn.claimed.next_at

    def _turn(self, store: Store, batch: Sequence[Tried], gone: Collection[Name], busy: Counter[Name]) -> _Turn:
        """Inside one transaction, on another thread: note, then claim. Changes nothing but the database."""
        now, revision, routes = self._clock.now(), store.systems.revision(), self._routes
        if self._revision is None:  # the first look
            store.event_claims.give_back_all(self._name(), now)
        if revision != self._revision:  # an entry has changed
            entries = self._entries(store)
            settle(store, entries, self._reveal, now)
            routes = {route.name: route for system in entries.values() for route in self._open(system)}
        self._note(store, batch, gone, now)
        if not self._alive():
            return _Turn(Claimed((), None), {}, routes, revision)
        wants, until = self._wants(routes, busy), now + self._claim
        claimed = store.event_claims.claim(wants, self._name(), now, until)
        events = store.events.these({row.event_seq for row in claimed.rows})
        return _Turn(claimed, events, routes, revision)

    def _open(self, system: System) -> list[_Route]:
        """Its subscriptions; those whose secrets aren't known are left out, so that what is for them waits."""
        found = []
        for one in system.listens:
            url, secrets = self._reveal(one.to), [self._reveal(secret) for secret in one.secrets]
            if not url or not all(secrets):
                log.warning("nothing is sent to a subscription: a secret isn't set", system=system.name, name=one.name)
                continue
            known = tuple(secret for secret in secrets if secret)
            found.append(_Route(system, one, url, known, proofs(one, self._reveal)))
        return found

    def _busy(self) -> Counter[Name]:
        """How much of each subscription is under way or waits to be noted."""
        rows = [*self._tasks.values(), *(one.delivery for one in self._results)]
        return Counter((row.system, row.subscription) for row in rows)

    def _wants(self, routes: Mapping[Name, _Route], busy: Counter[Name]) -> list[Want]:
        room = self._rules.at_once * AHEAD - busy.total()
        return [self._want(route, min(self._most(name) - busy[name], room)) for name, route in routes.items()]

    def _most(self, name: Name) -> int:
        """Claimed at most at a time. To a subscriber that fails only a little, so that others have the room."""
        return FAILING_AT_ONCE if self._failures[name] >= FAILING else self._rules.at_once_each * AHEAD

    def _want(self, route: _Route, most: int) -> Want:
        one = route.listening
        every = timedelta(seconds=self._speed / one.rate) if one.rate else timedelta(0)
        burst = timedelta(seconds=self._speed)
        return Want(*route.name, route.proofs, max(most, 0), bool(one.ordered_by), every, burst)

    def _begin(self, row: EventDelivery, event: EventRecord | None) -> None:
        if event is None:  # so old that it isn't kept any more
            now = self._clock.now()
            self._results.append(Tried(row, "dead", now, now, reason="forgotten"))
            return self._ticker.wake()
        route = self._routes[row.system, row.subscription]
        task = asyncio.create_task(self._deliver(row, event, route))
        self._tasks[task] = row
        return task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        row = self._tasks.pop(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("an attempt failed in our own code", delivery=row.id, exc_info=error)
            self._results.append(self._failed(row, f"ours|{type(error).__name__}: {error}"))
        self._ticker.wake()

    async def _deliver(self, row: EventDelivery, event: EventRecord, route: _Route) -> None:
        """One attempt, in its turn."""
        gate = self._gates.setdefault(route.name, asyncio.Semaphore(self._rules.at_once_each))
        async with gate, self._all:
            if not self._alive():
                return  # the claim ends by itself, and another process sends it
            try:
                data, version = self._cast(event, route.listening)
            except CannotCast as error:
                now = self._clock.now()
                self._results.append(Tried(row, "dead", now, now, reason=_kept("cannot_cast", str(error))))
                return
            happened = Event(
                event.id, event.source, event.type, event.time, event.subject, data, version, event.extensions
            )
            binary = route.listening.format == "binary"
            answer = await self._client.post(Letter(route.url, happened, route.secrets, binary))
        self._results.append(await self._judged(row, event, answer, route))

    def _cast(self, event: EventRecord, listening: Listening) -> tuple[Mapping[str, object], int]:
        """Data as the subscriber wants them, and their version."""
        type_ = self._catalog.get(event.type)
        wanted = type_.version(listening.version) if type_ and listening.version else None
        if type_ is None or wanted is None or wanted.number == event.version == type_.newest.number:
            return event.data, event.version
        data = event.data if event.version == type_.newest.number else casting.up(type_, event.data, event.version)
        return casting.down(type_, data, wanted.number), wanted.number

    async def _judged(self, row: EventDelivery, event: EventRecord, answer: Answer, route: _Route) -> Tried:
        self._failures[route.name] = 0 if answer.arrived else self._failures[route.name] + 1
        if not answer.arrived:
            if answer.gone:
                self._gone.add(route.name)
            return self._failed(row, _kept(answer.reason, answer.detail), answer)
        now, result = self._clock.now(), None
        if answer.is_event and self._answered:
            result = await self._answered(route.system, answer.text, event.extensions)
        said = answer.text[:KEPT_ANSWER]
        return Tried(row, "done", now, now, answer.status, "", said, result, answer.milliseconds)

    def _failed(self, row: EventDelivery, reason: str, answer: Answer | None = None) -> Tried:
        """Again after the next wait of the ladder, or longer if the subscriber asks so; after the last one, dead."""
        answer, now, waits = answer or Answer(), self._clock.now(), self._rules.retry_seconds
        tries = row.attempts + 1
        asked = (answer.retry_after or 0.0) * self._speed
        wait = max(waits[tries], asked) if tries < len(waits) else 0.0
        state, next_at = ("waiting" if tries < len(waits) else "dead"), now + timedelta(seconds=wait)
        said = answer.text[:KEPT_ANSWER]
        return Tried(row, state, now, next_at, answer.status, reason, said, None, answer.milliseconds)

    def _note(self, store: Store, batch: Sequence[Tried], gone: Collection[Name], now: datetime) -> None:
        store.event_claims.note(batch, self._name())
        results: dict[Name, list[bool]] = defaultdict(list)
        for one in batch:
            if not one.reason.startswith("cannot_cast"):
                results[one.delivery.system, one.delivery.subscription].append(one.state == "done")
        store.event_subscriptions.worked(name for name, arrived in results.items() if any(arrived))
        for name, arrived in sorted(results.items()):
            if not any(arrived):
                self._disable_if_dead(store, name, len(arrived), name in gone, now)

    def _disable_if_dead(self, store: Store, name: Name, failures: int, gone: bool, now: datetime) -> None:
        since = store.event_subscriptions.failed(*name, failures, now)
        long = since is not None and now - since >= timedelta(days=self._rules.disable_days)
        if not (gone or long):
            return
        reason = "gone" if gone else "failing"
        if store.event_subscriptions.disable(*name, reason, now):
            store.event_deliveries.hold(*name)
            log.error("subscription disabled", system=name[0], name=name[1], reason=reason)
            if self._tell and (route := self._routes.get(name)):
                self._tell(store, route.system, route.listening, reason, now)

    def _finish(self, store: Store, batch: Sequence[Tried], gone: Collection[Name]) -> None:
        """Also what a look that was cancelled has claimed, of which nobody here knows."""
        now = self._clock.now()
        self._note(store, batch, gone, now)
        store.event_claims.give_back_all(self._name(), now)


def _kept(reason: str, detail: str) -> str:
    return f"{reason}|{detail}"[:KEPT_REASON] if detail else reason
