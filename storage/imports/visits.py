"""Visits to customers, out of people's calendars (A10): an import replaces what a calendar said of the days to come."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.contracts.person import OPERATOR, Person
from storage.database import Database
from storage.imports.ics import Appointment, appointments
from storage.repositories.visits import Visit
from storage.store import Store

AHEAD, BACK = timedelta(days=60), timedelta(days=1)
CALENDAR = "calendar"
LONGEST_READ = 2000  # characters of an appointment in which a customer is looked for
# Appointments about a customer at which no customer is.
_AMONG_US = re.compile(
    r"内部|评审|复盘|周会|例会|晨会|备课|排练|彩排|internal|review|rehears|prep(?:aration)?\b|stand-?up", re.I
)


@dataclass(frozen=True, slots=True)
class Visits:
    """What an import found: visits, and appointments that name no customer, or several."""

    kept: int
    others: int


async def import_visits(database: Database, person: Person, data: bytes, zone: ZoneInfo, now: datetime) -> Visits:
    """Keep the visits of one person's calendar from yesterday on, for two months. Raises NoCalendar."""
    found = appointments(data, zone, now - BACK, now + AHEAD)

    def keep(store: Store) -> Visits:
        visits = [visit for one in found if (visit := _visit(store, person, one)) is not None]
        store.visits.replace(person.id, CALENDAR, now - BACK, visits)
        counts = {"visits": len(visits), "others": len(found) - len(visits)}
        store.audit.add(OPERATOR.id, "visits.imported", person.id, counts, now)
        return Visits(len(visits), len(found) - len(visits))

    return await database.write(keep)


def _visit(store: Store, person: Person, one: Appointment) -> Visit | None:
    """A visit, if exactly one customer that this person may see is named, and it isn't held among us."""
    if _AMONG_US.search(one.subject):
        return None
    named = store.customers.named_in(person, one.text[:LONGEST_READ])
    if len(named) != 1:
        return None
    key = hashlib.sha256(f"{one.uid}\n{one.begins_at.isoformat()}".encode()).hexdigest()[:24]
    id_ = f"{CALENDAR}:{person.id}:{key}"
    return Visit(id_, person.id, one.begins_at, one.ends_at, CALENDAR, named[0].id)
