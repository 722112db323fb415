"""Rehearsals as durable jobs, and the lock that they open: nothing real goes out before one has passed (C8)."""

from __future__ import annotations

import secrets as random_secrets
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import structlog

from bot.contracts import Address, Clock, Person, Reply
from bot.contracts.errors import BadInput
from bot.flows.by_clock import ByClock, Kept, Reader
from bot.flows.engine import Engine, Job
from bot.flows.event_fanout import Entries, proof, proofs, settle
from bot.flows.persist import persistently
from bot.flows.rehearsal_faults import FAULTS
from bot.flows.rehearsal_run import Plan, RehearsalRun, Target
from config.languages import operator_language
from config.locales import t
from knowledge.events.systems import Listening, System
from skills.sandbox.cards import report_card
from skills.sandbox.generating import NothingFits
from skills.sandbox.report import Findings, report_of
from storage.database import Database
from storage.repositories.event_subscriptions import LIVE, LOCKED
from storage.repositories.rehearsals import BROKEN, FAILED, PASSED, RUNNING, Rehearsal
from storage.store import Store

JOB = "rehearsal"
TOLD_SECONDS = 1.0  # between notes of how far it has come
FORSAKEN = timedelta(minutes=10)  # without such a note: whoever ran it, a command perhaps, is gone
FEWEST, MOST = 10, 100_000  # events

Ended = Callable[[Store, Rehearsal], None]  # whoever asked is told, in the transaction that ends it
Progress = Callable[[int, int], None]
log = structlog.get_logger(__name__)


class RehearsalFlow:
    """Begins, runs and ends them."""

    def __init__(
        self, database: Database, clock: Clock, entries: Entries, run: RehearsalRun, engine: Engine | None = None
    ) -> None:
        """Without `engine` only `run` works: for a command that rehearses in its own process."""
        self._database, self._clock, self._entries = database, clock, entries
        self._run, self._engine = run, engine
        self.ended: Ended = lambda store, rehearsal: None
        self.wake: Callable[[], None] = lambda: None  # called when a lock was opened

    async def begin(self, system: str, subscription: str, by: str, plan: Plan, told: Mapping[str, Any]) -> str:
        """Its id; a job runs it. `told`: where the report goes. Raises BadInput, with what to do."""
        return await self._database.write(lambda store: self._begun(store, system, subscription, by, plan, told))

    async def run(self, id_: str) -> None:
        """The job. Run again after a crash, it begins anew with the same events."""
        await self.perform(id_)

    async def perform(self, id_: str, tell: Progress | None = None) -> Rehearsal | None:
        """Run it here and now, to its end. None: it had ended already, or is unknown."""
        rehearsal, target = await persistently(lambda: self._database.read(lambda store: self._found(store, id_)))
        if rehearsal is None or rehearsal.state != RUNNING:
            return None
        if target is None:
            return await self._end(rehearsal, BROKEN, {"fault": "entry"}, None)
        try:
            found = await self._run.run(target, id_, _plan(rehearsal.plan), self._progress(id_, tell))
        except NothingFits:
            return await self._end(rehearsal, BROKEN, {"fault": "nothing_fits"}, None)
        except Exception as error:
            log.exception("a rehearsal broke off", rehearsal=id_)
            return await self._end(rehearsal, BROKEN, {"fault": "ours", "detail": type(error).__name__}, None)
        report = report_of(found)
        return await self._end(rehearsal, PASSED if report["passed"] else FAILED, report, (target, found))

    async def close(self) -> None:
        """End the connections to subscribers: for a command that has its own."""
        await self._run.close()

    async def open_lock(self, system: str, subscription: str, by: Person, reason: str) -> str:
        """An admin's own decision, with a reason; audited and shown. The subscription's name. Raises BadInput."""
        if not reason.strip():
            raise BadInput(t("sandbox.errors.reason", operator_language()))

        def open_(store: Store) -> str:
            now, (owner, listening) = self._clock.now(), self._subscription(store, system, subscription)
            target = self._target(owner, listening)
            settle(store, self._entries(store), self._run.reveal, now)
            proved = " ".join(sorted(proofs(target.listening, self._run.reveal)))
            self._let_out(store, system, listening.name, proved, by.id, reason.strip(), now)
            return listening.name

        name = await self._database.write(open_)
        self.wake()
        return name

    def _begun(self, store: Store, system: str, subscription: str, by: str, plan: Plan, told: Mapping[str, Any]) -> str:
        _checked(plan)
        owner, listening = self._subscription(store, system, subscription)
        self._target(owner, listening)
        now, id_ = self._clock.now(), f"r{uuid4().hex[:12]}"
        if running := store.rehearsals.running(system, listening.name):
            if now - _heard_of(running) < FORSAKEN:
                raise BadInput(t("sandbox.errors.running", operator_language(), system=system, name=listening.name))
            store.rehearsals.end(running.id, BROKEN, {"fault": "forsaken"}, now)
        proved = " ".join(sorted(proofs(listening, self._run.reveal)))
        said = {"events": plan.events, "faults": list(plan.faults), "seed": plan.seed, **told}
        rehearsal = Rehearsal(
            id_, system, listening.name, proved, RUNNING, by, now, None, said, {"done": 0, "total": plan.events}
        )
        store.rehearsals.add(rehearsal)
        store.audit.add(by, "rehearsal.begun", f"{system}/{listening.name}", {"id": id_, "events": plan.events}, now)
        if self._engine:
            self._engine.enqueue(store, Job(JOB, f"{JOB}:{id_}", id_, partition=f"{JOB}:{system}/{listening.name}"))
        return id_

    def _subscription(self, store: Store, system: str, subscription: str) -> tuple[System, Listening]:
        """`subscription` may be left out where there is one only. Raises BadInput."""
        entries = self._entries(store)
        owner = entries.get(system)
        if owner is None:
            known = "、".join(sorted(entries)) or "–"
            raise BadInput(t("sandbox.errors.unknown_system", operator_language(), name=system, known=known))
        if not owner.listens:
            raise BadInput(t("sandbox.errors.no_subscription", operator_language(), name=system))
        if not subscription and len(owner.listens) == 1:
            return owner, owner.listens[0]
        listening = owner.listening(subscription)
        if listening is None:
            names = "、".join(one.name for one in owner.listens)
            raise BadInput(t("sandbox.errors.which", operator_language(), system=system, names=names))
        return owner, listening

    def _target(self, system: System, listening: Listening) -> Target:
        target = self._run.target(system, listening)
        if target is None:
            raise BadInput(t("sandbox.errors.no_secret", operator_language(), system=system.name, name=listening.name))
        return target

    def _found(self, store: Store, id_: str) -> tuple[Rehearsal | None, Target | None]:
        rehearsal = store.rehearsals.get(id_)
        system = self._entries(store).get(rehearsal.system) if rehearsal else None
        listening = system.listening(rehearsal.subscription) if system and rehearsal else None
        return rehearsal, self._run.target(system, listening) if system and listening else None

    def _progress(self, id_: str, tell: Progress | None) -> Callable[[int, int], Awaitable[None]]:
        last = 0.0

        async def note(done: int, total: int) -> None:
            nonlocal last
            if tell:
                tell(done, total)
            if time.monotonic() - last >= TOLD_SECONDS:
                last = time.monotonic()
                report = {"done": done, "total": total, "at": self._clock.now().isoformat()}
                await persistently(lambda: self._database.write(lambda store: store.rehearsals.progress(id_, report)))

        return note

    async def _end(
        self, rehearsal: Rehearsal, state: str, report: Mapping[str, Any], found: tuple[Target, Findings] | None
    ) -> Rehearsal:
        now = self._clock.now()
        ended = replace(rehearsal, state=state, report=report, ended_at=now)

        def end(store: Store) -> bool:
            if not store.rehearsals.end(rehearsal.id, state, report, now):
                return False
            store.audit.add(
                rehearsal.by,
                f"rehearsal.{state}",
                f"{rehearsal.system}/{rehearsal.subscription}",
                {"id": rehearsal.id},
                now,
            )
            if state == PASSED and found:
                self._pass(store, rehearsal, *found, now)
            self.ended(store, ended)
            return True

        if await persistently(lambda: self._database.write(end)):
            self.wake()
        return ended

    def _pass(self, store: Store, rehearsal: Rehearsal, target: Target, found: Findings, now: datetime) -> None:
        """The lock opens for what was rehearsed, if the entry still says so."""
        system, name = rehearsal.system, rehearsal.subscription
        entries = self._entries(store)
        settle(store, entries, self._run.reveal, now)
        listening = entries[system].listening(name) if system in entries else None
        current = proofs(listening, self._run.reveal) if listening else frozenset()
        pairs = zip(target.secrets, found.secrets, strict=False)
        proved = {proof(target.listening, target.url, secret) for secret, taken in pairs if taken} & current
        state = store.event_subscriptions.get(system, name)
        if not proved or state is None:
            return
        if state.state == LOCKED or (state.state == LIVE and state.by):  # opened by hand: now it has passed
            self._let_out(store, system, name, " ".join(sorted(proved)), "", "rehearsal", now)
        else:
            store.event_subscriptions.prove(system, name, " ".join(sorted(proved | set(state.proof.split()) & current)))

    def _let_out(self, store: Store, system: str, name: str, proved: str, by: str, reason: str, now: datetime) -> None:
        store.event_subscriptions.open(system, name, proved, by, reason, now)
        released = store.event_deliveries.release(system, name, now)
        detail = {"reason": reason, "released": released}
        store.audit.add(by or "xiaoce", "event_lock.opened", f"{system}/{name}", detail, now)


class RehearsalDesk:
    """As `skills.sandbox.ports.Rehearsals` asks."""

    def __init__(self, flow: RehearsalFlow, database: Database, entries: Entries) -> None:
        self._flow, self._database, self._entries = flow, database, entries

    async def systems(self) -> Mapping[str, System]:
        """Every connected system, by name."""
        return await self._database.read(self._entries)

    async def begin(
        self,
        system: str,
        subscription: str,
        by: Person,
        language: str,
        to: Address | None,
        faults: Sequence[str],
        events: int,
    ) -> str:
        """Its id; a seed of its own, so that each tries something else and can be repeated."""
        told = {"language": language, **({"channel": to.channel, "conversation": to.conversation} if to else {})}
        plan = Plan(events, tuple(faults), random_secrets.randbelow(1_000_000))
        return await self._flow.begin(system, subscription, by.id, plan, told)

    async def running(self, system: str, subscription: str) -> Rehearsal | None:
        """The one that is under way."""
        return await self._database.read(lambda store: store.rehearsals.running(system, subscription))

    async def open_lock(self, system: str, subscription: str, by: Person, reason: str) -> None:
        """An admin's own decision. Raises BadInput."""
        await self._flow.open_lock(system, subscription, by, reason)


class ReportNews:
    """Posts the report to whoever asked for the rehearsal, where they asked."""

    def __init__(self, house: ByClock, public_url: str) -> None:
        self._house, self._url = house, public_url

    def __call__(self, store: Store, rehearsal: Rehearsal) -> None:
        """In the transaction that ends it."""
        plan, person = rehearsal.plan, store.people.get(rehearsal.by)
        channel = str(plan.get("channel", ""))
        if person is None or channel not in self._house.adapters:
            return
        to, lang = Address(channel, str(plan["conversation"])), str(plan.get("language") or "zh")
        state = store.event_subscriptions.get(rehearsal.system, rehearsal.subscription)
        card = report_card(rehearsal, lang, self._url, live=bool(state and state.state == LIVE))
        reply, kept = Reply(to, card=card), Kept("sandbox", self._house.clock.now())
        self._house.post(store, f"rehearsal:{rehearsal.id}", Reader(person, to, lang), reply, kept)


def faults_in(text: str) -> tuple[str, ...]:
    """timeouts,5xx,duplicates,reorder, or all or none. Raises BadInput."""
    words = [word.strip() for word in text.replace("，", ",").split(",") if word.strip()]
    if words == ["all"]:
        return FAULTS
    if words == ["none"]:
        return ()
    unknown = [word for word in words if word not in FAULTS]
    if unknown:
        known = "、".join((*FAULTS, "all", "none"))
        raise BadInput(t("sandbox.errors.fault", operator_language(), value=unknown[0], known=known))
    return tuple(dict.fromkeys(words))


def _heard_of(rehearsal: Rehearsal) -> datetime:
    """When it last said how far it was."""
    said = rehearsal.report.get("at")
    return datetime.fromisoformat(said) if isinstance(said, str) else rehearsal.started_at


def _checked(plan: Plan) -> None:
    if not FEWEST <= plan.events <= MOST:
        raise BadInput(t("sandbox.errors.events", operator_language(), fewest=FEWEST, most=MOST))


def _plan(said: Mapping[str, Any]) -> Plan:
    faults: Sequence[str] = said.get("faults", ())
    return Plan(int(said["events"]), tuple(faults), int(said.get("seed", 1)))
