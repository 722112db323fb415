"""Gates of data quality by the clock: owners are told once when one turns red, once when it is good again (B13).

Gates, incidents and parcels are one transaction: of two processes that look at once the second finds every incident
claimed, and a crash before its end leaves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from bot.contracts import Adapter, Address, Clock, Person, Reply, Role
from bot.contracts.person import OPERATOR
from bot.flows.delivery import DeliveryFlow
from bot.flows.persist import persistently
from bot.flows.reach import address_of, language_of
from config.groups.quality import Quality as Rules
from config.locales import t
from knowledge.quality.board import Figure, board
from knowledge.quality.gates import Standards
from knowledge.working_days import is_working_day
from skills.data_quality.cards import Maker
from skills.data_quality.words import Words
from storage.database import Database
from storage.repositories.alarms import Alarm
from storage.repositories.impossible import Moment
from storage.store import Store

SKILL, KIND = "data_quality", "quality"
LATE = timedelta(hours=1)
STALE = timedelta(hours=12)  # a slot this old is another day's: it notes the day, and tells nobody

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Reader:
    person: Person
    language: str
    to: Address


class QualityFlow:
    """Counts, notes the day, tells."""

    def __init__(
        self,
        database: Database,
        delivery: DeliveryFlow,
        adapters: Mapping[str, Adapter],
        clock: Clock,
        rules: Rules,
        standards: Standards,
        zone: ZoneInfo,
        public_url: str,
    ) -> None:
        self._database, self._delivery, self._adapters = database, delivery, adapters
        self._clock, self._rules, self._standards = clock, rules, standards
        self._zone, self._public_url = zone, public_url

    async def look(self, slot: datetime) -> None:
        """Every gate over all rows. Done twice, the second time tells nobody."""
        now = self._clock.now()
        moment = Moment(now, self._zone)
        count = await persistently(
            lambda: self._database.read(lambda store: board(store, OPERATOR, self._standards, moment))
        )
        tells = self._rules.enabled and self._is_open(moment) and await self._is_timely(now - slot)
        await persistently(lambda: self._database.write(lambda store: self._keep(store, count, moment, tells=tells)))

    async def _is_timely(self, late: timedelta) -> bool:
        """A first start is no outage: where no day was noted yet, a slot that passed before tells nobody."""
        if late < LATE:
            return True
        return late < STALE and await persistently(lambda: self._database.read(lambda store: store.quality.noted()))

    def _is_open(self, moment: Moment) -> bool:
        return not self._rules.working_days or is_working_day(moment.today)

    def _keep(self, store: Store, figures: Sequence[Figure], moment: Moment, *, tells: bool) -> None:
        store.quality.note(moment.today, {one.gate.name: (one.good, one.total) for one in figures if one.total})
        by_name = {one.gate.name: one for one in figures}
        for one in figures:
            if one.colour == "red":
                store.alarms.begin(KIND, one.gate.name, round((1 - one.share) * 100), moment.now)
        for alarm in store.alarms.open(KIND):
            figure = by_name.get(alarm.subject)
            if figure is None or figure.colour != "red":
                store.alarms.end(alarm.id, moment.now)
        if tells:
            self._tell(store, by_name, moment.now)
            self._tell_over(store, by_name, moment.now)

    def _tell(self, store: Store, figures: Mapping[str, Figure], now: datetime) -> None:
        """One card for each person, with everything that is new to them."""
        for_whom: dict[str, tuple[_Reader, list[Alarm]]] = {}
        for alarm in store.alarms.open(KIND):
            readers = self._readers(store, figures[alarm.subject].gate.owner_id) if _is_due(alarm, now) else []
            size = round((1 - figures[alarm.subject].share) * 100)
            if readers and store.alarms.claim(alarm, [one.person.id for one in readers], size, now):
                for reader in readers:
                    for_whom.setdefault(reader.person.id, (reader, []))[1].append(alarm)
        for reader, alarms in for_whom.values():
            card = Maker(reader.language, self._public_url).alarm([figures[alarm.subject] for alarm in alarms])
            noted = {"alarms": [alarm.id for alarm in alarms]}
            store.cards.add(card, SKILL, reader.to, reader.person.id, "", now, context=noted)
            self._send(store, reader, card.id, Reply(reader.to, card=card))

    def _tell_over(self, store: Store, figures: Mapping[str, Figure], now: datetime) -> None:
        """Whoever was told learns that it is good again."""
        over: dict[str, list[str]] = {}
        wrong = {alarm.subject for alarm in store.alarms.open(KIND)}  # else it came back on days without work
        for alarm in store.alarms.unsaid(KIND):
            if store.alarms.claim_end(alarm.id, now) and alarm.subject in figures and alarm.subject not in wrong:
                for id_ in alarm.people:
                    over.setdefault(id_, []).append(alarm.subject)
        for id_, names in over.items():
            person = store.people.get(id_)
            reader = self._reader(store, person) if person else None
            if reader:
                words = Words(reader.language)
                gates = ("、" if reader.language == "zh" else ", ").join(
                    words.gate(figures[name].gate) for name in names
                )
                text = t("data_quality.alarm.over", reader.language, names=gates)
                self._send(store, reader, f"over:{id_}:{now.isoformat()}", Reply(reader.to, text))

    def _readers(self, store: Store, owner_id: str) -> list[_Reader]:
        """The gate's owner; where there is none, or they can't be reached, sales ops, else the admins."""
        owner = store.people.get(owner_id) if owner_id else None
        if owner and (reader := self._reader(store, owner)):
            return [reader]
        people = store.people.visible_to(OPERATOR)
        for role in (Role.SALES_OPS, Role.ADMIN):
            if found := [one for person in people if person.role is role and (one := self._reader(store, person))]:
                return found
        log.warning("nobody can be told that a data quality gate is red", owner=owner_id)
        return []

    def _reader(self, store: Store, person: Person) -> _Reader | None:
        to = address_of(store, person, self._adapters)
        return _Reader(person, language_of(store, person), to) if to else None

    def _send(self, store: Store, reader: _Reader, key: str, reply: Reply) -> None:
        self._delivery.post(store, f"quality:{key}", "", reader.to, self._adapters[reader.to.channel].render(reply))


def _is_due(alarm: Alarm, now: datetime) -> bool:
    """Nobody was told yet, or it was put off until now."""
    if alarm.snoozed_until is not None:
        return alarm.snoozed_until <= now
    return alarm.told_at is None
