"""Putting a warning off, or saying that one knows: by whoever was told, whoever owns the data, sales ops, admins."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from bot.contracts import Person, Role

if TYPE_CHECKING:
    from storage.repositories.alarms import Alarm
    from storage.store import Store

KEEPERS = frozenset({Role.SALES_OPS, Role.ADMIN})
READERS = KEEPERS | {Role.CHANNEL_OWNER}  # of the pages: rows of sources stand there (D9)


def decidable(store: Store, person: Person, alarms: Iterable[Alarm]) -> list[Alarm]:
    """Those about which this person may decide."""
    if person.role in KEEPERS:
        return list(alarms)
    lights = [light for light in store.lights.all() if light.owner_id == person.id]
    own = {light.subject for light in lights} | {light.source for light in lights if not light.part}
    return [one for one in alarms if person.id in one.people or one.subject in own]


def snooze(store: Store, ids: Iterable[int], person: Person, until: datetime, reason: str, now: datetime) -> int:
    """Nobody is told again until then. How many warnings that was; 0: all of them are over, or not this person's."""
    done = [
        one for one in decidable(store, person, store.alarms.these(ids)) if _put_off(store, one, person, until, reason)
    ]
    for one in done:
        detail = {"until": until.isoformat(), "reason": reason}
        store.audit.add(person.id, "data.snoozed", one.subject, detail, now)
    return len(done)


def seen(store: Store, ids: Iterable[int], person: Person, now: datetime) -> int:
    """This person knows; they aren't reminded. How many warnings that was."""
    alarms = decidable(store, person, store.alarms.these(ids))
    done = [one for one in alarms if store.alarms.seen(one.id, person.id, now)]
    for one in done:
        store.audit.add(person.id, "data.seen", one.subject, {}, now)
    return len(done)


def _put_off(store: Store, alarm: Alarm, person: Person, until: datetime, reason: str) -> bool:
    return store.alarms.snooze(alarm.id, until, reason, person.id)
