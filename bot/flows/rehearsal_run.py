"""One rehearsal: generated events, an isolated store, hours in seconds, faults on the way, a real subscriber (C8).

Nothing of it touches the production database: the events, their deliveries and the clock are the rehearsal's own.
"""

from __future__ import annotations

import asyncio
import secrets as random_secrets
import shutil
import tempfile
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from adapters.webhooks.client import WebhookClient
from adapters.webhooks.letter import Letter
from bot.contracts.event import Event
from bot.flows.due import FastClock
from bot.flows.event_fanout import FanOut, Reveal, proofs, settle
from bot.flows.event_pump import EventPump
from bot.flows.event_reading import Coming
from bot.flows.event_writing import write
from bot.flows.rehearsal_faults import REORDER, FaultyPost
from config.groups.events import Events as Rules
from knowledge.events import casting
from knowledge.events.casting import CannotCast
from knowledge.events.systems import Listening, System
from knowledge.events.types import Catalog
from skills.sandbox.generating import generate, numbered, with_unknown_field
from skills.sandbox.report import Findings, order_broken
from storage.database import Database
from storage.store import Store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SPEED = 3600  # the longest waits of the ladder, ten hours, take ten seconds
BATCH = 500  # events in one transaction
WINDOW = 20  # events that may come in another order than they happened
LOOK_SECONDS = 0.25
LONGEST_SECONDS = 3600.0
HOPELESS = 20  # requests that all failed: it isn't there
STALE = timedelta(minutes=11)
PRODUCER = "rehearsal"
PREFIX = "xiaoce-rehearsal-"  # of temporary folders
_ENDS = ("done", "dead", "held")

Progress = Callable[[int, int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Plan:
    """What shall happen."""

    events: int = 1000
    faults: tuple[str, ...] = ()
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Target:
    """The subscription, with its secrets revealed."""

    system: System
    listening: Listening
    url: str
    secrets: tuple[str, ...]


class RehearsalRun:
    """Runs it against the endpoint of one subscription."""

    def __init__(
        self,
        client: WebhookClient,
        reveal: Reveal,
        catalog: Catalog,
        rules: Rules,
        folder: Path | None = None,
        speed: float = SPEED,
    ) -> None:
        """`folder`: where temporary files may be; None: the system's own place."""
        self._client, self.reveal, self._catalog = client, reveal, catalog
        self._rules = rules.model_copy(update={"disable_days": 365.0})
        self._folder, self._speed = folder, speed

    def target(self, system: System, listening: Listening) -> Target | None:
        """None when a secret isn't set."""
        url, secrets = self.reveal(listening.to), [self.reveal(secret) for secret in listening.secrets]
        known = tuple(secret for secret in secrets if secret)
        return Target(system, listening, url, known) if url and len(known) == len(secrets) else None

    async def close(self) -> None:
        """End the connections."""
        await self._client.close()

    async def run(self, target: Target, name: str, plan: Plan, progress: Progress) -> Findings:
        """What was found. `name`: of the rehearsal, in its events' ids. Raises NothingFits."""
        began, found = time.monotonic(), Findings(events=plan.events)
        now = datetime.now(UTC)
        events = generate(self._catalog, target.listening, name, plan.events, plan.seed, now)
        post = FaultyPost(self._client, plan.faults, plan.seed, found)
        async with self._staged(target, post) as (database, pump, fan_out, clock):
            await self._accept(database, _mixed(events, target.listening, plan), fan_out, clock)
            pump.wake()
            await self._watched(database, found, plan.events, progress)
        found.order_broken = _order(found, events, target.listening)
        if not found.stopped:
            await self._probe(target, events, found)
        found.seconds = time.monotonic() - began
        return found

    @asynccontextmanager
    async def _staged(
        self, target: Target, post: FaultyPost
    ) -> AsyncIterator[tuple[Database, EventPump, FanOut, FastClock]]:
        """The isolated store with nothing in it but this subscription, and a pump at work."""
        folder = await asyncio.to_thread(new_folder, self._folder)
        database = Database(f"sqlite:///{folder}/rehearsal.db")
        clock = FastClock(self._speed, datetime.now(UTC))
        system = replace(target.system, listens=(target.listening,))

        def entries(_store: Store) -> Mapping[str, System]:
            return {system.name: system}

        def open_(store: Store) -> None:
            settle(store, entries(store), self.reveal, clock.now())
            proved = " ".join(sorted(proofs(target.listening, self.reveal)))
            store.event_subscriptions.open(system.name, target.listening.name, proved, "", "", clock.now())

        pump = EventPump(database, clock, post, entries, self.reveal, self._catalog, self._rules)
        try:
            await asyncio.to_thread(database.migrate)
            await database.write(open_)
            pump.start()
            yield database, pump, FanOut(entries, clock), clock
        finally:
            await pump.stop()
            await asyncio.to_thread(database.close)
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    async def _accept(self, database: Database, events: Sequence[Event], fan_out: FanOut, clock: FastClock) -> None:
        for at in range(0, len(events), BATCH):
            comings = [self._coming(event) for event in events[at : at + BATCH]]

            def store_them(store: Store, comings: Sequence[Coming] = comings) -> None:
                write(store, comings, clock.now(), [fan_out])

            await database.write(store_them)

    def _coming(self, event: Event) -> Coming:
        return Coming(event, {}, PRODUCER, self._catalog.get(event.type), event.version or 0)

    async def _watched(self, database: Database, found: Findings, total: int, progress: Progress) -> None:
        """Until every event is delivered or given up, or going on makes no sense."""
        until = time.monotonic() + LONGEST_SECONDS
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            counts: Counter[str] = Counter()
            for states in (await database.read(lambda store: store.event_deliveries.counts())).values():
                counts.update(states)
            found.delivered, found.dead = counts["done"], counts["dead"]
            await progress(counts["done"] + counts["dead"], total)
            found.stopped = self._why_stop(found, counts, until)
            if found.stopped or sum(counts[state] for state in _ENDS) >= total:
                return

    def _why_stop(self, found: Findings, counts: Counter[str], until: float) -> str:
        if counts["held"]:
            return "gone"
        if len(found.requests) >= HOPELESS and not any(one.arrived for one in found.requests):
            return "down"
        return "too_long" if time.monotonic() > until else ""

    async def _probe(self, target: Target, events: Sequence[Event], found: Findings) -> None:
        """One of each that a careful subscriber takes or refuses; each an event of its own."""
        first = self._letter(target, events[0])
        stranger = f"whsec_{b64encode(random_secrets.token_bytes(24)).decode()}"
        probes: dict[str, tuple[Letter, datetime | None]] = {
            "forged": (_as(first, numbered(first.event, "forged")).signed_with(stranger), None),
            "stale": (_as(first, numbered(first.event, "stale")), datetime.now(UTC) - STALE),
            "unknown": (_as(first, with_unknown_field(first.event)), None),
        }
        if older := self._older(target, events):
            probes["older"] = (older, None)
        for name, (letter, at) in probes.items():
            found.probes[name] = (await self._client.post(letter, at)).status
        for number, secret in enumerate(target.secrets):
            letter = _as(first, numbered(first.event, f"secret{number}")).signed_with(secret)
            found.secrets.append((await self._client.post(letter)).arrived)

    def _letter(self, target: Target, event: Event) -> Letter:
        type_, wanted = self._catalog.get(event.type), target.listening.version
        version = type_.version(wanted) if type_ and wanted else None
        if type_ and version and version.number != event.version:
            event = replace(event, data=casting.down(type_, event.data, version.number), version=version.number)
        return Letter(target.url, event, target.secrets, target.listening.format == "binary")

    def _older(self, target: Target, events: Sequence[Event]) -> Letter | None:
        """One of the version before the one that it reads, where there is one."""
        for event in events[: len(target.listening.types)]:
            type_, read = self._catalog.get(event.type), target.listening.version or event.version or 0
            older = [one.number for one in type_.versions if one.number < read] if type_ else []
            if type_ and older:
                try:
                    data: Mapping[str, Any] = casting.down(type_, event.data, older[-1])
                except CannotCast:
                    continue
                made = replace(numbered(event, "older"), data=data, version=older[-1])
                return Letter(target.url, made, target.secrets, target.listening.format == "binary")
        return None


def new_folder(parent: Path | None) -> Path:
    """For one rehearsal's store. What a process left that was killed in the middle of one goes."""
    for old in (parent or Path(tempfile.gettempdir())).glob(f"{PREFIX}*"):
        with suppress(OSError):
            if time.time() - old.lstat().st_mtime > 2 * LONGEST_SECONDS:
                shutil.rmtree(old, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))


def _as(letter: Letter, event: Event) -> Letter:
    return replace(letter, event=event)


def _mixed(events: Sequence[Event], listening: Listening, plan: Plan) -> list[Event]:
    """In another order than they happened, where order isn't asked for."""
    if REORDER not in plan.faults or listening.ordered_by:
        return list(events)
    dice, found = Random(plan.seed), list[Event]()  # noqa: S311 - not for secrets
    for at in range(0, len(events), WINDOW):
        some = list(events[at : at + WINDOW])
        dice.shuffle(some)
        found += some
    return found


def _order(found: Findings, events: Sequence[Event], listening: Listening) -> int | None:
    """How many were taken after a later one of their key."""
    if not listening.ordered_by:
        return None
    numbers = {event.id: number for number, event in enumerate(events)}
    keys = {event.id: str(event.data.get(listening.ordered_by, "")) for event in events}
    first = dict.fromkeys(one.event for one in found.requests if one.arrived)
    return order_broken([(keys[one], numbers[one]) for one in first])
