"""Deadlines as somebody may see them: lists and what figures are made of (C9, C10, D9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, false, func, or_, select
from sqlmodel import Session

from bot.contracts.person import Person
from storage.permissions import visible
from storage.records import Records
from storage.repositories.deadlines import HISTORY, OPEN, Deadline
from storage.tables import CustomerRow, DeadlineRow
from storage.upsert import table_of

_deadlines, _customers = table_of(DeadlineRow), table_of(CustomerRow)


@dataclass(frozen=True, slots=True)
class Fact:
    """What figures need of one that was due."""

    sla: str
    opened_at: datetime
    due_at: datetime
    closed_at: datetime | None
    person_id: str
    region: str

    @property
    def on_time(self) -> bool:
        """Whether it was done when it was due."""
        return self.closed_at is not None and self.closed_at <= self.due_at


@dataclass(frozen=True, slots=True)
class Counts:
    """Of those that aren't over."""

    open: int = 0  # and not due yet, those that are due soon among them
    soon: int = 0
    late: int = 0  # told of
    history: int = 0  # late long ago when it became known


class DeadlineBoard:
    """Every listing takes a viewer."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._records = Records(session, DeadlineRow, Deadline)

    def seen(self, viewer: Person, *where: Any, limit: int = 200) -> list[Deadline]:
        """Those that the viewer may see, by due time."""
        query = self._records.select().where(visible(viewer, DeadlineRow), *where)
        return self._records.found(query.order_by(_deadlines.c.due_at, _deadlines.c.id).limit(limit))

    def narrowed(self, slas: Iterable[str] | None, region: str = "", person: str = "") -> list[Any]:
        """Conditions for listings: of these rules (None: all), of a region, of a person."""
        said: list[Any] = [_deadlines.c.sla.in_(list(slas))] if slas is not None else []
        said += [_deadlines.c.region == region] if region else []
        return [*said, *([_deadlines.c.person_id == person] if person else [])]

    def late_by(self, now: datetime) -> list[Any]:
        """Conditions: open and past due, without history."""
        return [_deadlines.c.state.in_(OPEN), _deadlines.c.due_at < now, _deadlines.c.rung != HISTORY]

    def soon_by(self, now: datetime, soon: Mapping[str, datetime]) -> list[Any]:
        """Conditions: open, and due by what is soon for its rule."""
        near = [and_(_deadlines.c.sla == name, _deadlines.c.due_at < until) for name, until in soon.items()]
        return [_deadlines.c.state.in_(OPEN), _deadlines.c.due_at >= now, or_(false(), *near)]

    def of_case(self, viewer: Person, key: str) -> list[Deadline]:
        """Those of a case that the viewer may see, in the order in which they began."""
        query = self._records.select().where(visible(viewer, DeadlineRow), _deadlines.c.case_key == key)
        return self._records.found(query.order_by(_deadlines.c.opened_at, _deadlines.c.id).limit(200))

    def late_of_people(self, viewer: Person, now: datetime, here: Sequence[Any]) -> dict[str, int]:
        """How many of each person's are late."""
        query = select(_deadlines.c.person_id, func.count()).where(visible(viewer, DeadlineRow), *here)
        grouped = query.where(*self.late_by(now)).group_by(_deadlines.c.person_id)
        return {str(person): int(count) for person, count in self._session.connection().execute(grouped)}

    def facts(
        self, viewer: Person, since: datetime, until: datetime, limit: int, narrowed: Sequence[Any] = ()
    ) -> list[Fact]:
        """Of those that were due within a span, what figures are made of; the last due ones where there are more."""
        columns = [_deadlines.c[name] for name in ("sla", "opened_at", "due_at", "closed_at", "person_id", "region")]
        here = _deadlines.c.due_at >= since, _deadlines.c.due_at < until, _deadlines.c.state != "cancelled"
        here = *here, *narrowed
        query = select(*columns).where(visible(viewer, DeadlineRow), *here).order_by(_deadlines.c.due_at.desc())
        return [Fact(*row) for row in self._session.connection().execute(query.limit(limit))]

    def open_counts(
        self, viewer: Person, now: datetime, soon: Mapping[str, datetime], narrowed: Sequence[Any] = ()
    ) -> dict[str, Counts]:
        """By rule: how many are open, due by `soon`, and late."""
        due, sla = _deadlines.c.due_at, _deadlines.c.sla
        near = or_(*(and_(sla == name, due < until) for name, until in soon.items())) if soon else false()
        told = _deadlines.c.rung != HISTORY
        kinds = due >= now, and_(due >= now, near), and_(due < now, told), and_(due < now, ~told)
        parts = [func.sum(case((one, 1), else_=0)) for one in kinds]
        here = visible(viewer, DeadlineRow), _deadlines.c.state.in_(OPEN), *narrowed
        query = select(sla, *parts).where(*here).group_by(sla)
        return {name: Counts(*map(int, counts)) for name, *counts in self._session.connection().execute(query)}

    def seen_of(self, viewer: Person, ids: Sequence[int]) -> list[Deadline]:
        """Of these, those that the viewer may see."""
        query = self._records.select().where(visible(viewer, DeadlineRow), _deadlines.c.id.in_(list(ids)))
        return self._records.found(query.order_by(_deadlines.c.due_at, _deadlines.c.id))

    def regions(self) -> list[str]:
        """Every region of a customer: names that people may say."""
        query = select(_customers.c.region).where(_customers.c.region != "").distinct()
        return [str(one) for (one,) in self._session.connection().execute(query)]
