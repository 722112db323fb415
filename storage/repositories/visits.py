"""When somebody is with a customer: from a calendar, a check-in, or because they said so (A2, A10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import Session

from bot.contracts.person import Person
from storage.permissions import visible
from storage.records import Records
from storage.tables import VisitRow
from storage.upsert import table_of


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit."""

    id: str
    person_id: str
    begins_at: datetime
    ends_at: datetime
    source: str  # calendar, check_in, said
    customer_id: str = ""  # "": not said


_visits = table_of(VisitRow)


class Visits:
    """The visits. What is shown to somebody takes a viewer."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._records = Records(session, VisitRow, Visit)

    def put(self, visit: Visit) -> None:
        """Add a visit, or move the one with its id."""
        self._records.put_all([visit])

    def replace(self, person_id: str, source: str, since: datetime, visits: Sequence[Visit]) -> None:
        """A person's visits of one source from a moment on are these, and no others."""
        own = _visits.c.person_id == person_id, _visits.c.source == source, _visits.c.begins_at >= since
        self._session.connection().execute(delete(_visits).where(*own))
        self._records.put_all(visits)

    def end(self, id_: str, at: datetime) -> bool:
        """It ends earlier. False when there is none that lasts longer."""
        here = _visits.c.id == id_, _visits.c.ends_at > at
        change = update(_visits).where(*here).values(ends_at=at).returning(_visits.c.id)
        return self._session.connection().execute(change).first() is not None

    def now(self, person_id: str, at: datetime) -> Visit | None:
        """The visit on which a person is; of several the one that began last."""
        query = self._records.select().where(
            _visits.c.person_id == person_id, _visits.c.begins_at <= at, _visits.c.ends_at > at
        )
        return next(iter(self._records.found(query.order_by(_visits.c.begins_at.desc(), _visits.c.id).limit(1))), None)

    def ended(self, since: datetime, until: datetime) -> list[Visit]:
        """Everybody's visits that ended in a time, for the 72-hour window."""
        query = self._records.select().where(_visits.c.ends_at >= since, _visits.c.ends_at < until)
        return self._records.found(query.order_by(_visits.c.ends_at, _visits.c.id))

    def visible_to(self, viewer: Person, since: datetime, until: datetime, *, limit: int = 200) -> list[Visit]:
        """Visits the viewer may see that begin in a time, the earliest first."""
        query = self._records.select().where(visible(viewer, VisitRow))
        query = query.where(_visits.c.begins_at >= since, _visits.c.begins_at < until)
        return self._records.found(query.order_by(_visits.c.begins_at, _visits.c.id).limit(limit))
