"""Looks for important prompts that were ignored in a row, and offers help, once for each row (A13)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.contracts import Adapter, Address, Card, Clock, Person, Reply, Role
from bot.flows.delivery import DeliveryFlow
from bot.flows.persist import persistently
from bot.flows.reach import address_of, language_of
from knowledge.playbook.card import PlaybookCard
from knowledge.playbook.playbook import Playbook
from skills.behaviour.aftermath import After, aftermath
from skills.behaviour.cards import Maker
from skills.behaviour.streak import ability_of, is_due, streak_of
from skills.coaching.casework import Desk
from skills.coaching.times import is_drill, is_quiet
from storage.database import Database
from storage.repositories.diagnoses import Diagnosis, diagnosis_id
from storage.repositories.prompts import Prompt
from storage.store import Store

SKILL = "behaviour"
LOOKED_BACK = timedelta(days=14)  # longer than any row of days off, in which nobody is told

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Somebody who is told, with the evidence that they may see."""

    person: Person
    language: str
    to: Address
    after: Sequence[After]


@dataclass(frozen=True, slots=True)
class _Case:
    """A row that nobody talked about yet."""

    diagnosis: Diagnosis
    kind: str  # of the prompt that stands for all
    person: _Reader
    manager: _Reader | None


class BehaviourFlow:
    """Tells the person and their own manager. Quiet hours, practice and a mute of the person are waited for."""

    def __init__(
        self,
        database: Database,
        delivery: DeliveryFlow,
        adapters: Mapping[str, Adapter],
        playbook: Playbook,
        clock: Clock,
        desk: Desk,
        make: Callable[[str], Maker],
    ) -> None:
        self._database, self._delivery, self._adapters = database, delivery, adapters
        self._playbook, self._clock, self._desk, self._make = playbook, clock, desk, make

    async def look(self, _slot: datetime) -> None:
        """Everybody's rows. Done twice, the second time does nothing."""
        now = self._clock.now()
        local = now.astimezone(self._desk.zone)
        if not self._desk.rules.enabled or is_quiet(local, self._desk.rules) or is_drill(local, self._desk.rules):
            return
        for case in await persistently(lambda: self._database.read(lambda store: self._cases(store, now))):
            await self._tell(case, now)

    def _cases(self, store: Store, now: datetime) -> list[_Case]:
        people = (store.people.get(id_) for id_ in store.prompts.ignorers(now - LOOKED_BACK))
        found = (self._case(store, one, now) for one in people if one is not None and one.role is Role.REP)
        return [case for case in found if case is not None]

    def _case(self, store: Store, person: Person, now: datetime) -> _Case | None:
        last = store.diagnoses.last(person.id)
        streak = streak_of(store.prompts.ignored_in_a_row(person.id), last)
        if not is_due(streak, last, self._desk.rules.ignored_streak) or self._left_alone(store, person, now):
            return None
        reader = self._reader(store, person, streak)
        ability = ability_of(streak, self._desk.kinds)
        if reader is None or not ability:
            return None
        above = store.people.get(person.manager_id) if person.manager_id else None
        manager = self._reader(store, above, streak) if above else None
        ids = tuple(prompt.id for prompt in streak)
        told = manager.person.id if manager else ""
        diagnosis = Diagnosis(diagnosis_id(person.id, ids[0]), person.id, ability, ids, now, told)
        return _Case(diagnosis, self._chief(streak, ability), reader, manager)

    def _left_alone(self, store: Store, person: Person, now: datetime) -> bool:
        """Who is muted hears of it later; who chose to get no prompts at all has acted."""
        wishes = self._desk.wishes(store, person.id)
        return wishes.level == "basic" or (wishes.muted_until is not None and now < wishes.muted_until)

    def _reader(self, store: Store, person: Person, streak: Sequence[Prompt]) -> _Reader | None:
        to = address_of(store, person, self._adapters)
        after = aftermath(store, person, streak, self._desk.kinds, self._desk.zone)
        return _Reader(person, language_of(store, person), to, after) if to is not None else None

    def _chief(self, streak: Sequence[Prompt], ability: str) -> str:
        """The latest prompt's kind, of those that are about the ability."""
        kinds = self._desk.kinds
        return next(one.kind for one in reversed(streak) if one.kind in kinds and kinds[one.kind].family == ability)

    async def _tell(self, case: _Case, now: datetime) -> None:
        one, manager = case.diagnosis, case.manager
        track = await self._talktrack(case.kind, case.person.language, now)
        cards = [(case.person, self._make(case.person.language).own(one.ability, case.person.after, track))]
        if manager is not None:
            shown = await self._talktrack(case.kind, manager.language, now)
            make = self._make(manager.language)
            cards.append((manager, make.for_manager(case.person.person.name, one.ability, manager.after, shown)))

        def keep(store: Store) -> None:
            if store.diagnoses.add(one):  # else another process was quicker
                for reader, card in cards:
                    self._post(store, one, reader, card, now)

        await persistently(lambda: self._database.write(keep))

    def _post(self, store: Store, diagnosis: Diagnosis, reader: _Reader, card: Card, now: datetime) -> None:
        store.cards.add(card, SKILL, reader.to, reader.person.id, "", now, context={"diagnosis": diagnosis.id})
        payloads = self._adapters[reader.to.channel].render(Reply(reader.to, card=card))
        self._delivery.post(store, f"diagnosis:{diagnosis.id}:{reader.person.id}", "", reader.to, payloads)

    async def _talktrack(self, kind: str, language: str, now: datetime) -> PlaybookCard | None:
        """What to say, by the kind's question; None: the playbook has none."""
        ask = self._desk.kinds[kind].policy.ask
        if ask is None:
            return None
        today = now.astimezone(self._desk.zone).date()
        try:
            found = await self._playbook.find(ask[language].replace("{name}", ""), language=language, today=today)
        except Exception:  # evidence without a talk-track is better than none
            log.exception("no talk-track for a diagnosis", kind=kind)
            return None
        return found.best
