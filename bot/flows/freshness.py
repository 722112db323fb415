"""Freshness lights by the clock and after every load: owners are told once at red, once when it is well again (B12).

What is decided is one transaction: lights, incidents, who is told, and the parcels. A crash before it leaves nothing,
one after it leaves all; of two processes that look at once the second finds every incident claimed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from bot.contracts import Adapter, Address, Card, Clock, Person, Reply, Role
from bot.contracts.person import OPERATOR
from bot.flows.delivery import DeliveryFlow
from bot.flows.freshness_look import Looking, Seen
from bot.flows.persist import persistently
from bot.flows.reach import address_of, language_of
from bot.flows.sources_after import Loaded
from config.groups.freshness import Freshness as Rules
from config.locales import t
from knowledge.freshness.incidents import Changes, Fault, changes
from knowledge.working_days import is_rest
from skills.freshness.cards import Maker
from skills.freshness.deciding import READERS
from storage.database import Database
from storage.repositories.alarms import Alarm
from storage.store import Store

SKILL = "freshness"
CRON = "*/5 * * * *"
LATE, LOAD = "late", "load"

MakeMaker = Callable[[str, bool, datetime], Maker]  # (language, whether they may open the page, now)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Somebody who is told."""

    person: Person
    language: str
    to: Address
    trouble: str = ""  # why it is they who are told: nobody owns the data


class FreshnessFlow:
    """Looks, decides, tells."""

    def __init__(
        self,
        database: Database,
        delivery: DeliveryFlow,
        adapters: Mapping[str, Adapter],
        clock: Clock,
        rules: Rules,
        zone: ZoneInfo,
        make: MakeMaker,
    ) -> None:
        self._database, self._delivery, self._adapters = database, delivery, adapters
        self._clock, self._rules, self._zone, self._make = clock, rules, zone, make
        self._looking = Looking(rules, zone)

    async def look(self, _slot: datetime) -> None:
        """All sources. Done twice, the second time does nothing."""
        now = self._clock.now()
        seen = await persistently(lambda: self._database.read(lambda store: self._looking.look(store, now)))
        if seen.lights or seen.gone:
            await persistently(lambda: self._database.write(lambda store: self._keep(store, seen, now)))

    async def loaded(self, _loaded: Loaded) -> None:
        """Called after each load: its owner needn't wait for the clock to hear that data is back."""
        await self.look(self._clock.now())

    def _keep(self, store: Store, seen: Seen, now: datetime) -> None:
        store.lights.put(seen.lights.values())
        store.lights.remove(seen.gone)
        late, failing = seen.late(), self._looking.failing(seen, now)
        rest = frozenset(alarm.subject for alarm in store.alarms.open(LOAD) if alarm.subject not in seen.health)
        for kind, faults, sure in ((LATE, late, seen.fresh()), (LOAD, failing, rest)):
            self._incidents(store, kind, faults, sure, now)
        if not self._is_quiet(now):
            self._tell(store, seen, late, failing, now)
            self._tell_over(store, seen, now)

    def _incidents(self, store: Store, kind: str, faults: Sequence[Fault], sure: frozenset[str], now: datetime) -> None:
        """They begin and end, whether or not anybody may be told now."""
        found = self._changes(store, kind, faults, sure, now)
        for fault in found.begun:
            store.alarms.begin(kind, fault.subject, fault.size, now)
        for alarm in found.bad_again:
            store.alarms.well(alarm.id, None)
        for alarm in found.well:
            store.alarms.well(alarm.id, now)
        for alarm in found.over:
            store.alarms.end(alarm.id, now)

    def _changes(
        self, store: Store, kind: str, faults: Sequence[Fault], sure: frozenset[str], now: datetime
    ) -> Changes:
        return changes(faults, store.alarms.open(kind), now, timedelta(minutes=self._rules.settle_minutes), sure)

    def _tell(self, store: Store, seen: Seen, late: Sequence[Fault], failing: Sequence[Fault], now: datetime) -> None:
        """One card for everything that turned red for somebody; one for each source that can't be loaded."""
        for_whom: dict[str, tuple[_Reader, list[Alarm]]] = {}
        for alarm in self._changes(store, LATE, late, frozenset(), now).tell:
            for reader in self._claimed(store, alarm, seen.lights[alarm.subject].owner_id, 0, now):
                for_whom.setdefault(reader.person.id, (reader, []))[1].append(alarm)
        for reader, alarms in for_whom.values():
            lights = [seen.lights[alarm.subject] for alarm in alarms]
            self._post(store, reader, self._maker(reader, now).late(lights, alarms, reader.trouble), now)
        for alarm in self._changes(store, LOAD, failing, frozenset(), now).tell:
            light, health = seen.lights.get(f"{alarm.subject}/"), seen.health[alarm.subject]
            owner, title = (light.owner_id, light.title) if light else ("", alarm.subject)
            for reader in self._claimed(store, alarm, owner, health.refused, now):
                card = self._maker(reader, now).load(title, health, alarm, reader.trouble)
                self._post(store, reader, card, now)

    def _claimed(self, store: Store, alarm: Alarm, owner_id: str, size: int, now: datetime) -> Sequence[_Reader]:
        """Whom this process tells; nobody when another process does, or when nobody can be reached."""
        readers = self._readers(store, owner_id)
        if not readers:
            log.warning("nobody can be told that data is wrong", subject=alarm.subject, owner=owner_id)
            return ()
        ids = [one.person.id for one in readers]
        return readers if store.alarms.claim(alarm, ids, size, now) else ()

    def _readers(self, store: Store, owner_id: str) -> list[_Reader]:
        """The owner; when there is none, or they can't be reached, sales ops, who learn that too; else the admins."""
        owner = store.people.get(owner_id) if owner_id else None
        if owner and (reader := self._reader(store, owner)):
            return [reader]
        name = store.people.names([owner_id]).get(owner_id, owner_id)
        key = "nobody" if not owner_id else "gone" if owner is None else "unreachable"
        people = store.people.visible_to(OPERATOR)
        for role in (Role.SALES_OPS, Role.ADMIN):
            found = [self._reader(store, one, key, name) for one in people if one.role is role]
            if reached := [one for one in found if one]:
                return reached
        return []

    def _reader(self, store: Store, person: Person, trouble: str = "", owner: str = "") -> _Reader | None:
        to, language = address_of(store, person, self._adapters), language_of(store, person)
        said = t(f"freshness.trouble.{trouble}", language, owner=owner) if trouble else ""
        return _Reader(person, language, to, said) if to else None

    def _tell_over(self, store: Store, seen: Seen, now: datetime) -> None:
        """Whoever was told learns that it is well again; of what is looked at no longer there is nothing to say."""
        for_whom: dict[str, tuple[list[str], list[str]]] = {}
        wrong = {(alarm.kind, alarm.subject) for kind in (LATE, LOAD) for alarm in store.alarms.open(kind)}
        for alarm in (*store.alarms.unsaid(LATE), *store.alarms.unsaid(LOAD)):
            known = seen.is_looked_at(alarm.subject) if alarm.kind == LATE else alarm.subject in seen.health
            well = known and (alarm.kind, alarm.subject) not in wrong  # else it came back over night
            if store.alarms.claim_end(alarm.id, now) and well:
                for id_ in alarm.people:
                    for_whom.setdefault(id_, ([], []))[alarm.kind == LOAD].append(alarm.subject)
        for id_, (late, loads) in for_whom.items():
            person = store.people.get(id_)
            if person and (reader := self._reader(store, person)):
                lights = [seen.lights[subject] for subject in late]
                text = self._maker(reader, now).over(lights, [_title(seen, one) for one in loads])
                self._send(store, reader, f"over:{id_}:{now.isoformat()}", Reply(reader.to, text))

    def _post(self, store: Store, reader: _Reader, card: Card, now: datetime) -> None:
        store.cards.add(card, SKILL, reader.to, reader.person.id, "", now)
        self._send(store, reader, card.id, Reply(reader.to, card=card))

    def _send(self, store: Store, reader: _Reader, key: str, reply: Reply) -> None:
        payloads = self._adapters[reader.to.channel].render(reply)
        self._delivery.post(store, f"freshness:{key}", "", reader.to, payloads)

    def _maker(self, reader: _Reader, now: datetime) -> Maker:
        return self._make(reader.language, reader.person.role in READERS, now)

    def _is_quiet(self, now: datetime) -> bool:
        rules = self._rules
        return is_rest(now.astimezone(self._zone), rules.quiet_from, rules.quiet_to, working_days=rules.working_days)


def _title(seen: Seen, source: str) -> str:
    light = seen.lights.get(f"{source}/")
    return light.title if light else source
