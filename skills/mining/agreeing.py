"""Sales ops decides: into the playbook by its own door, or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from bot.contracts import Person, Role
from knowledge.patterns.draft import card_id, draft
from knowledge.patterns.move import Move
from knowledge.playbook.fault import BadCard
from knowledge.playbook.playbook import Playbook
from knowledge.signals.kind import Kind

if TYPE_CHECKING:
    from storage.database import Database
    from storage.repositories.patterns import Pattern, State
    from storage.store import Store

READERS = frozenset({Role.MANAGER, Role.DIRECTOR, Role.SALES_OPS, Role.ADMIN})
DECIDERS = frozenset({Role.SALES_OPS, Role.ADMIN})
LANGUAGES = ("zh", "en")

Answer = Literal["agreed", "refused", "gone", "denied", "bad"]


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of a decision; `detail`: the owner, or what was wrong."""

    answer: Answer
    detail: str = ""


class Decisions:
    """Agreeing twice changes nothing: the playbook keeps the same text."""

    def __init__(
        self,
        database: Database,
        playbook: Playbook,
        moves: Mapping[str, Move],
        kinds: Mapping[str, Kind],
        public_url: str,
        zone: ZoneInfo,
    ) -> None:
        self._database = database
        self._playbook = playbook
        self._moves = moves
        self._kinds = kinds
        self._public_url = public_url
        self._zone = zone

    async def agree(self, pattern_id: str, person: Person, now: datetime) -> Decided:
        """Put it into the playbook in both languages; the person owns it."""
        if person.role not in DECIDERS:
            return Decided("denied")
        pattern = await self._database.read(lambda store: store.patterns.get(pattern_id))
        if pattern is None:
            return Decided("gone")
        try:
            await self._publish(pattern, person, now)
        except BadCard as error:
            return Decided("bad", error.faults[0].sentence(person.language))
        await self._settle(pattern_id, "published", person, now)
        return Decided("agreed", person.name)

    async def refuse(self, pattern_id: str, person: Person, now: datetime) -> Decided:
        """It stays out; later runs renew its figures and don't ask again. What is in the playbook stays there."""
        if person.role not in DECIDERS:
            return Decided("denied")
        return Decided("refused") if await self._settle(pattern_id, "off", person, now) else Decided("gone")

    async def _publish(self, pattern: Pattern, person: Person, now: datetime) -> None:
        today, page = now.astimezone(self._zone).date(), f"{self._public_url}/patterns#{pattern.id}"
        kind = self._kinds.get(pattern.trigger)
        for language in LANGUAGES:
            text = draft(pattern, self._moves, kind, person.name, page, today, language)
            await self._playbook.edit(card_id(pattern.id), language, text, person.id)

    async def _settle(self, pattern_id: str, state: State, person: Person, now: datetime) -> bool:
        def settle(store: Store) -> bool:
            known = store.patterns.get(pattern_id)
            if known is None or (state == "off" and known.state == "published"):
                return False
            store.patterns.put(replace(known, state=state, owner_id=person.id))
            store.audit.add(person.id, f"patterns.{state}", pattern_id, {"version": known.version}, now)
            return True

        return await self._database.write(settle)
