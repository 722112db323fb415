"""The morning meeting by the clock: on working days, at the team's hour, to managers and directors, once each (B14).

Looked at every five minutes: whoever's hour has come and who hasn't got the day's brief gets it, so an outage is caught
up on the same morning. Who gets it, what was told and the parcels are one transaction; of two processes the second
finds the person claimed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

import structlog

from bot.contracts import Person, Reply, Role
from bot.contracts.person import OPERATOR
from bot.contracts.reply import OutgoingFile
from bot.flows.by_clock import ByClock, Kept, Reader
from config.groups.briefing import Briefing as Rules
from knowledge.briefing.scopes import home, key_of
from knowledge.briefing.types import Brief
from knowledge.working_days import is_working_day
from skills.briefing.deciding import decided
from skills.briefing.desk import BriefDesk
from storage.repositories.brief_kept import Told
from storage.store import Store

SKILL = "briefing"
CRON = "*/5 * * * *"
READERS = frozenset({Role.MANAGER, Role.DIRECTOR})

log = structlog.get_logger(__name__)


class BriefingFlow:
    """Looks at the clock, computes, sends."""

    def __init__(self, house: ByClock, rules: Rules, desk: BriefDesk) -> None:
        self._house, self._rules, self._desk = house, rules, desk

    async def look(self, _slot: datetime) -> None:
        """Whoever is due. Done twice, the second time does nothing."""
        now = self._house.clock.now()
        local = now.astimezone(self._desk.zone)
        if not self._rules.enabled or not is_working_day(local.date()):
            return
        due = await self._house.read(lambda store: self._due(store, local))
        await self._house.each("brief", due, lambda reader: self._send(reader, local.date(), now))

    def _due(self, store: Store, local: datetime) -> list[Reader]:
        """Managers and directors (and reps, if switched on) whose hour has come, who can be reached, and who have none
        of the day yet. Who has left is none of them."""
        roles = READERS | ({Role.REP} if self._rules.reps else set())
        got = store.brief_kept.sent(local.date())
        people = (one for one in store.people.visible_to(OPERATOR) if one.role in roles and one.id not in got)
        return [found for one in people if self._has_come(one, local.time()) and (found := self._reader(store, one))]

    def _has_come(self, person: Person, clock: time) -> bool:
        return self._rules.hour_of(person.team) <= clock < self._rules.until

    def _reader(self, store: Store, person: Person) -> Reader | None:
        found = self._house.reader(store, person)
        if found is None:
            log.info("nobody can send the brief", person=person.id)
        return found

    async def _send(self, reader: Reader, day: date, now: datetime) -> None:
        person, language = reader.person, reader.language
        asked = self._desk.asked(person, home(person), day, now, language)
        found = await self._house.read(lambda store: self._desk.brief(store, asked))
        files = await self._desk.pictured(found, language, now)
        await self._house.write(lambda store: self._post(store, reader, found, files, now))

    def _post(self, store: Store, reader: Reader, found: Brief, files: Sequence[OutgoingFile], now: datetime) -> None:
        """The card that was computed is the one that is noted as told."""
        person, key = reader.person, key_of(found.scope, reader.person)
        card = self._desk.maker(reader.language).card(found, decided(store, found.scope, person))
        if not store.brief_kept.claim(found.day, person.id, key, card.id, now):
            return
        store.brief_kept.tell(Told(found.day, key, one.key, one.finder, one.count, one.money) for one in found.findings)
        reply = Reply(reader.to, card=card, files=tuple(files))
        self._house.post(store, f"brief:{found.day}:{person.id}", reader, reply, Kept(SKILL, now))
        store.audit.add(person.id, "brief.sent", key, {"findings": [one.key for one in found.findings]}, now)
