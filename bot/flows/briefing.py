"""The morning meeting by the clock: on working days, at the team's hour, to managers and directors, once each (B14).

Looked at every five minutes: whoever's hour has come and who hasn't got the day's brief gets it, so an outage is caught
up on the same day. Who gets it, what was told and the parcels are one transaction; of two processes the second finds
the person claimed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

import structlog

from bot.contracts import Adapter, Address, Clock, Person, Reply, Role
from bot.contracts.errors import XiaoceError
from bot.contracts.person import OPERATOR
from bot.contracts.reply import OutgoingFile
from bot.flows.delivery import DeliveryFlow
from bot.flows.persist import persistently
from bot.flows.reach import address_of, language_of
from config.groups.briefing import Briefing as Rules
from knowledge.briefing.scopes import home, key_of
from knowledge.briefing.types import Brief
from knowledge.working_days import is_working_day
from skills.briefing.deciding import decided
from skills.briefing.desk import BriefDesk
from storage.database import Database
from storage.repositories.brief_kept import Told
from storage.store import Store

SKILL = "briefing"
CRON = "*/5 * * * *"
READERS = frozenset({Role.MANAGER, Role.DIRECTOR})

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Somebody who is due: where and in which language."""

    person: Person
    to: Address
    language: str


class BriefingFlow:
    """Looks at the clock, computes, sends."""

    def __init__(
        self,
        database: Database,
        delivery: DeliveryFlow,
        adapters: Mapping[str, Adapter],
        clock: Clock,
        rules: Rules,
        desk: BriefDesk,
    ) -> None:
        self._database, self._delivery, self._adapters = database, delivery, adapters
        self._clock, self._rules, self._desk = clock, rules, desk

    async def look(self, _slot: datetime) -> None:
        """Whoever is due. Done twice, the second time does nothing."""
        now = self._clock.now()
        local = now.astimezone(self._desk.zone)
        if not self._rules.enabled or not is_working_day(local.date()):
            return
        due = await persistently(lambda: self._database.read(lambda store: self._due(store, local)))
        for reader in due:
            try:
                await self._send(reader, local.date(), now)
            except XiaoceError as error:  # one person's trouble doesn't cost the others their morning
                log.warning("no brief", person=reader.person.id, error=str(error))

    def _due(self, store: Store, local: datetime) -> list[_Reader]:
        """Managers and directors (and reps, if switched on) whose hour has come, who can be reached, and who have none
        of the day yet. Who has left is none of them."""
        roles = READERS | ({Role.REP} if self._rules.reps else set())
        got = store.brief_kept.sent(local.date())
        people = (one for one in store.people.visible_to(OPERATOR) if one.role in roles and one.id not in got)
        return [found for one in people if self._has_come(one, local.time()) and (found := self._reader(store, one))]

    def _has_come(self, person: Person, clock: time) -> bool:
        return self._rules.hour_of(person.team) <= clock < self._rules.until

    def _reader(self, store: Store, person: Person) -> _Reader | None:
        to = address_of(store, person, self._adapters)
        if to is None:
            log.info("nobody can send the brief", person=person.id)
            return None
        return _Reader(person, to, language_of(store, person))

    async def _send(self, reader: _Reader, day: date, now: datetime) -> None:
        person, language = reader.person, reader.language
        asked = self._desk.asked(person, home(person), day, now, language)
        found = await persistently(lambda: self._database.read(lambda store: self._desk.brief(store, asked)))
        files = await self._desk.pictured(found, language, now)
        await persistently(lambda: self._database.write(lambda store: self._post(store, reader, found, files, now)))

    def _post(self, store: Store, reader: _Reader, found: Brief, files: Sequence[OutgoingFile], now: datetime) -> None:
        """The card that was computed is the one that is noted as told."""
        person, key = reader.person, key_of(found.scope, reader.person)
        card = self._desk.maker(reader.language).card(found, decided(store, found.scope, person))
        if not store.brief_kept.claim(found.day, person.id, key, card.id, now):
            return
        store.brief_kept.tell(Told(found.day, key, one.key, one.finder, one.count, one.money) for one in found.findings)
        store.cards.add(card, SKILL, reader.to, person.id, "", now)
        payloads = self._adapters[reader.to.channel].render(Reply(reader.to, card=card, files=tuple(files)))
        self._delivery.post(store, f"brief:{found.day}:{person.id}", "", reader.to, payloads)
