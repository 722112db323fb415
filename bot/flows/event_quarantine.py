"""Events that could not be taken: somebody is asked once for each kind of fault, and what they decide is done (C6).

Released events go in by the same way as all others, so that deliveries and deadlines follow. Who is asked is told in a
transaction that keeps the card under a name made of the incident: of two processes that look at once one asks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

import structlog

from bot.contracts import Adapter, Clock, Event, Person, Reply, Role
from bot.contracts.person import OPERATOR
from bot.flows.business_event import EventFlow
from bot.flows.by_clock import Reader
from bot.flows.delivery import DeliveryFlow
from bot.flows.event_reading import UNKNOWN_TYPE
from bot.flows.event_systems import SystemRegistry, systems_in
from bot.flows.persist import persistently
from bot.flows.reach import address_of, language_of
from config.groups.freshness import Freshness
from knowledge.events.systems import System
from knowledge.events.types import Catalog
from knowledge.events.waiting import Group, groups_of
from knowledge.working_days import is_rest
from skills.events.cards import Maker
from storage.database import Database
from storage.repositories.quarantine import Mending, Quarantined
from storage.store import Store

SKILL = "events"
CRON = "* * * * *"
AT_ONCE = 500  # events that are released in one go
ASKED = 5  # kinds of one system that people are asked about at a time: one gone wild makes up a new one each second

Parse = Callable[[Mapping[str, object], datetime], Event | None]
MakeMaker = Callable[[str], Maker]  # by language

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of a decision: how many events were released or given up, how many still wait."""

    done: int
    left: int


class QuarantineFlow:
    """Asks, and does what was decided."""

    def __init__(
        self,
        database: Database,
        delivery: DeliveryFlow | None,
        adapters: Mapping[str, Adapter],
        clock: Clock,
        flow: EventFlow,
        registry: SystemRegistry,
        parse: Parse,
        make: MakeMaker,
        quiet: Freshness,
        zone: ZoneInfo,
    ) -> None:
        """`parse`: an envelope as the door reads it. `quiet`: when nobody is told anything. `delivery`: None for a
        command, which tells nobody."""
        self._database, self._delivery, self._adapters, self._clock = database, delivery, adapters, clock
        self._flow, self._registry, self._parse, self._make = flow, registry, parse, make
        self._quiet, self._zone = quiet, zone

    @property
    def _catalog(self) -> Catalog:
        return self._flow.catalog

    async def look(self, _slot: datetime) -> None:
        """Try again what may be readable now, and ask about the rest. Done twice, the second time does nothing."""
        groups = await persistently(lambda: self._database.read(lambda store: groups_of(store.quarantine.open())))
        for one in groups:
            if one.reason == UNKNOWN_TYPE and self._catalog.get(one.type):  # it has been described since
                await self._release(one.producer, [one], "")
        if groups and self._delivery is not None and not self._is_quiet(self._clock.now()):
            await persistently(lambda: self._database.write(self._ask))

    async def approve(self, key: str, by: Person, chosen: Mapping[str, str] | None = None) -> Decided | None:
        """These mappings hold from now on, and what waits for them is released. None: nothing waits under that key.

        `chosen`: field as it is sent -> field of ours; None: as proposed.
        """
        group = await self._database.read(lambda store: self._group(store, key))
        if group is None:
            return None
        now = self._clock.now()
        mendings = _mendings(group, chosen, by, now)

        def keep(store: Store) -> None:
            store.quarantine.approve(mendings)
            detail = {"type": group.type, "fields": {one.given: one.field for one in mendings}}
            store.audit.add(by.id, "event.mapping_approved", group.producer, detail, now)

        if mendings:
            await persistently(lambda: self._database.write(keep))
            self._flow.refresh()
        return await self._release(group.producer, await self._of(group.producer, group.type), by.id)

    async def retry(self, key: str, by: Person) -> Decided | None:
        """Try what waits once more: its entry, its type or a mapping may have changed."""
        group = await self._database.read(lambda store: self._group(store, key))
        return await self._release(group.producer, [group], by.id) if group else None

    async def discard(self, key: str, reason: str, by: Person) -> Decided | None:
        """Never mind these events; they stay to be seen, and their sender is told `duplicate` from now on."""
        now = self._clock.now()

        def discard(store: Store) -> Decided | None:
            group = self._group(store, key)
            if group is None:
                return None
            done = store.quarantine.discard(_ids(store, [group]), by.id, now)
            detail = {"type": group.type, "count": done, "reason": reason}
            store.audit.add(by.id, "event.discarded", group.producer, detail, now)
            return Decided(done, 0)

        return await persistently(lambda: self._database.write(discard))

    async def forget(self, producer: str, type_: str, given: str, by: Person) -> bool:
        """A mapping that was approved holds no longer; what came by it stays. False when there is none."""
        now = self._clock.now()

        def forget(store: Store) -> bool:
            if not store.quarantine.unapprove(producer, type_, given):
                return False
            store.audit.add(by.id, "event.mapping_withdrawn", producer, {"type": type_, "field": given}, now)
            return True

        done = await persistently(lambda: self._database.write(forget))
        self._flow.refresh()
        return done

    async def _of(self, producer: str, type_: str) -> list[Group]:
        groups = await self._database.read(lambda store: groups_of(store.quarantine.open([producer])))
        return [one for one in groups if one.type == type_]

    def _group(self, store: Store, key: str) -> Group | None:
        return next((one for one in groups_of(store.quarantine.open()) if one.key == key), None)

    async def _release(self, producer: str, groups: Sequence[Group], by: str) -> Decided:
        """Through the one way in. What still can't be read stays as it is."""
        system = (await self._registry.current()).get(producer)
        ids = await self._database.read(lambda store: _ids(store, groups))
        if system is None:
            return Decided(0, len(ids))
        done = 0
        for at in range(0, len(ids), AT_ONCE):
            some = ids[at : at + AT_ONCE]
            rows = await self._database.read(lambda store, some=some: store.quarantine.these(some))  # type: ignore[misc]  # bound now
            done += await self._released(rows, system, by)
        return Decided(done, len(ids) - done)

    async def _released(self, rows: Sequence[Quarantined], system: System, by: str) -> int:
        read = [(event, row.envelope) for row in rows if (event := self._parse(row.envelope, row.received_at))]
        verdicts = await self._flow.accept(
            [event for event, _ in read], system, raw=[envelope for _, envelope in read], by=by
        )
        return sum(one.seq is not None for one in verdicts)

    def _ask(self, store: Store) -> None:
        """One card for each reader and incident."""
        now, systems = self._clock.now(), systems_in(store, self._catalog)
        groups = groups_of(store.quarantine.open())
        readers = self._readers(store)
        if groups and not readers:
            log.warning("nobody can be asked about events in quarantine", events=sum(one.count for one in groups))
        for group in _asked_about(groups):
            for reader in readers:
                self._post(store, reader, group, systems.get(group.producer), now)

    def _post(self, store: Store, reader: Reader, group: Group, system: System | None, now: datetime) -> None:
        card_id = card_of(group, reader.person.id)
        if self._delivery is None or store.cards.get(card_id):
            return
        card = self._make(reader.language).group(group, system, card_id)
        store.cards.add(card, SKILL, reader.to, reader.person.id, "", now, context={"group": group.key})
        payloads = self._adapters[reader.to.channel].render(Reply(reader.to, card=card))
        self._delivery.post(store, card_id, "", reader.to, payloads)

    def _readers(self, store: Store) -> list[Reader]:
        """Sales ops; where there are none, or nobody of them can be reached, the administrators."""
        people = store.people.visible_to(OPERATOR)
        for role in (Role.SALES_OPS, Role.ADMIN):
            found = [
                Reader(one, to, language_of(store, one))
                for one in people
                if one.role is role and (to := address_of(store, one, self._adapters))
            ]
            if found:
                return found
        return []

    def _is_quiet(self, now: datetime) -> bool:
        rules = self._quiet
        return is_rest(now.astimezone(self._zone), rules.quiet_from, rules.quiet_to, working_days=rules.working_days)


def _asked_about(groups: Sequence[Group]) -> Iterator[Group]:
    """Of each system the oldest ones; the next ones when these are decided."""
    asked = Counter[str]()
    for one in groups:
        asked[one.producer] += 1
        if asked[one.producer] <= ASKED:
            yield one


def card_of(group: Group, person_id: str) -> str:
    """The same for the same incident: the first event that waits makes it another one."""
    said = f"{group.key}\0{group.ids[0]}\0{person_id}"
    return f"event-{sha256(said.encode()).hexdigest()[:24]}"


def _ids(store: Store, groups: Sequence[Group]) -> list[int]:
    """Of everything that waits with the same faults by now."""
    wanted = {one.key for one in groups}
    open_ = groups_of(store.quarantine.open({one.producer for one in groups}))
    return sorted(id_ for one in open_ if one.key in wanted for id_ in one.ids)


def _mendings(group: Group, chosen: Mapping[str, str] | None, by: Person, now: datetime) -> list[Mending]:
    """As proposed, or as somebody chose; a field that they chose otherwise is taken as it comes."""
    proposed = {str(one["given"]): one for one in group.proposal}
    pairs = chosen if chosen is not None else {given: str(one["field"]) for given, one in proposed.items()}
    found = []
    for given, field in pairs.items():
        same = given in proposed and proposed[given]["field"] == field
        convert = str(proposed[given].get("convert", "")) if same else ""
        if given != field or convert:
            found.append(Mending(group.producer, group.type, given, field, convert, by.id, now))
    return found
