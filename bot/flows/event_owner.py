"""Who is told that a subscription was disabled: its system's owner, once; else sales ops, else the admins (C3)."""

from __future__ import annotations

from datetime import datetime

import structlog

from bot.contracts import Person, Reply, Role
from bot.contracts.person import OPERATOR
from bot.flows.by_clock import ByClock, Kept, Reader
from config.locales import t
from knowledge.events.systems import Listening, System
from skills.systems.cards import disabled_card
from storage.store import Store

SKILL = "systems"

log = structlog.get_logger(__name__)


class OwnerNews:
    """As `bot.flows.event_pump.Tell`: called in the transaction that disables, so that it happens once."""

    def __init__(self, house: ByClock, public_url: str) -> None:
        self._house, self._url = house, public_url

    def __call__(self, store: Store, system: System, listening: Listening, reason: str, now: datetime) -> None:
        """A card for each of them."""
        readers = self._readers(store, system)
        if not readers:
            log.error("nobody can be told that a subscription was disabled", system=system.name, name=listening.name)
        state = store.event_subscriptions.get(system.name, listening.name)
        held = store.event_deliveries.open_counts().get((system.name, listening.name), {}).get("held", 0)
        since = state.failing_since if state and state.failing_since else now
        for reader, trouble in readers:
            card = disabled_card(system, listening.name, reason, since, held, reader.language, self._url, trouble, now)
            kept = Kept(SKILL, now)
            key = f"disabled:{system.name}/{listening.name}:{now.isoformat()}:{reader.person.id}"
            self._house.post(store, key, reader, Reply(reader.to, card=card), kept)

    def _readers(self, store: Store, system: System) -> list[tuple[Reader, str]]:
        """With what they must know of why it is they."""
        owner = store.people.get(system.owner) if system.owner else None
        if owner and (reader := self._house.reader(store, owner)):
            return [(reader, "")]
        people = store.people.visible_to(OPERATOR)
        for role in (Role.SALES_OPS, Role.ADMIN):
            found = [self._other(store, one, system) for one in people if one.role is role]
            if reached := [one for one in found if one]:
                return reached
        return []

    def _other(self, store: Store, person: Person, system: System) -> tuple[Reader, str] | None:
        reader = self._house.reader(store, person)
        return (reader, t("systems.card.instead", reader.language, owner=system.owner or "–")) if reader else None
