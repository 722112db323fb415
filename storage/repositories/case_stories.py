"""What systems reported about one order, contract … and what is due: only what the viewer may see (C11, D9)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlmodel import Session

from bot.contracts.person import Person
from storage.chunks import chunks
from storage.permissions import visible
from storage.records import Records
from storage.tables import DeadlineRow, EventDeliveryRow, EventKeyRow, EventRow
from storage.upsert import table_of

MOST = 500  # events of one case; more is no story that anybody reads
_events, _keys = table_of(EventRow), table_of(EventKeyRow)
_deadlines, _deliveries = table_of(DeadlineRow), table_of(EventDeliveryRow)


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """An event of the case."""

    seq: int
    type: str
    version: int
    producer: str  # name of the system
    time: datetime
    received_at: datetime
    data: Mapping[str, Any]
    customer_id: str
    mended: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class CaseDeadline:
    """Something that is or was due."""

    id: int
    sla: str
    case_key: str
    opened_at: datetime
    due_at: datetime
    state: str
    closed_at: datetime | None
    opened_seq: int
    closed_seq: int | None


@dataclass(frozen=True, slots=True)
class CaseDelivery:
    """What became of an event at a subscriber's."""

    event_seq: int
    system: str
    subscription: str
    state: str
    attempts: int
    status: int
    reason: str
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class Begun:
    """Which cases: those that an event of this type began, by its key."""

    key: str  # order_no
    type: str  # order.confirmed


class CaseStories:
    """Every listing takes a viewer, and what they may not see isn't there."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._found = Records(session, EventRow, CaseEvent)
        self._due = Records(session, DeadlineRow, CaseDeadline)
        self._sent = Records(session, EventDeliveryRow, CaseDelivery)

    def named(self, viewer: Person, names: Collection[str], values: Collection[str]) -> list[tuple[str, str]]:
        """(Name of the key, value) of those of these values that events the viewer may see have as one of these keys.

        With the names, so that the index on (name, value) serves.
        """
        query = (
            select(_keys.c.name, _keys.c.value)
            .select_from(_joined())
            .where(_keys.c.name.in_(list(names)), _keys.c.value.in_(list(values)), visible(viewer, EventRow))
            .distinct()
        )
        return [(name, value) for name, value in self._session.connection().execute(query)]

    def events(self, viewer: Person, name: str, value: str, follow: Collection[str]) -> list[CaseEvent]:
        """The events of a case, in the order in which they happened.

        `follow`: keys whose events belong to it too when one of its own names them, such as the order's contract;
        unless they name another case of this kind: another order of that contract.
        """
        seqs = self._seqs(viewer, [(name, value)])
        links = {link for link in self._keys_of(seqs) if link[0] in follow}
        if links:
            more = self._seqs(viewer, links) - seqs
            others = {seq for seq, key in self._keyed(more, name) if key != value}
            seqs |= more - others
            further = {link for link in self._keys_of(more - others) if link[0] in follow} - links
            last = self._seqs(viewer, further) - seqs if further else set()
            seqs |= last - {seq for seq, key in self._keyed(last, name) if key != value}
        return self.these(viewer, seqs)

    def these(self, viewer: Person, seqs: Collection[int]) -> list[CaseEvent]:
        """By their numbers, in the order in which they happened."""
        found: list[CaseEvent] = []
        for some in chunks(seqs):
            query = self._found.select().where(_events.c.seq.in_(some), visible(viewer, EventRow))
            found += self._found.found(query)
        return sorted(found, key=lambda one: (min(one.time, one.received_at), one.seq))[-MOST:]

    def cases(
        self, viewer: Person, begun: Begun, customers: Collection[str] | None, since: datetime, limit: int
    ) -> list[str]:
        """The newest cases that began since then; of these customers, None: of everybody's."""
        where = [_keys.c.name == begun.key, _events.c.type == begun.type, _events.c.time >= since]
        where.append(visible(viewer, EventRow))
        if customers is not None:
            where.append(_events.c.customer_id.in_(list(customers)))
        query: Select[Any] = select(_keys.c.value).select_from(_joined()).where(and_(*where))
        newest = query.group_by(_keys.c.value).order_by(func.max(_events.c.seq).desc()).limit(limit)
        return [value for (value,) in self._session.connection().execute(newest)]

    def of_many(self, viewer: Person, name: str, values: Collection[str]) -> dict[str, list[CaseEvent]]:
        """The own events of several cases, by value; without those of other keys."""
        seqs: dict[int, str] = {}
        for some in chunks(values):
            query = select(_keys.c.event_seq, _keys.c.value).where(_keys.c.name == name, _keys.c.value.in_(some))
            for seq, value in self._session.connection().execute(query):
                seqs[seq] = value
        found: dict[str, list[CaseEvent]] = defaultdict(list)
        for part in chunks(seqs):
            events = self._found.select().where(_events.c.seq.in_(part), visible(viewer, EventRow))
            for one in self._found.found(events):
                found[seqs[one.seq]].append(one)
        return {value: sorted(own, key=lambda one: (one.time, one.seq)) for value, own in found.items()}

    def deadlines(self, viewer: Person, cases: Collection[str]) -> list[CaseDeadline]:
        """Of these cases, by due time."""
        found: list[CaseDeadline] = []
        for some in chunks(cases):
            here = _deadlines.c.case_key.in_(some), visible(viewer, DeadlineRow)
            found += self._due.found(self._due.select().where(*here))
        return sorted(found, key=lambda one: (one.due_at, one.id))

    def deliveries(self, seqs: Iterable[int]) -> dict[int, list[CaseDelivery]]:
        """What became of events, by number; for those who look after systems."""
        found: dict[int, list[CaseDelivery]] = defaultdict(list)
        for some in chunks(seqs):
            query = self._sent.select().where(_deliveries.c.event_seq.in_(some)).order_by(_deliveries.c.id)
            for one in self._sent.found(query):
                found[one.event_seq].append(one)
        return dict(found)

    def _seqs(self, viewer: Person, links: Collection[tuple[str, str]]) -> set[int]:
        query = select(_keys.c.event_seq).select_from(_joined()).where(_among(links), visible(viewer, EventRow))
        newest = query.order_by(_keys.c.event_seq.desc()).limit(MOST)
        return {seq for (seq,) in self._session.connection().execute(newest)}

    def _keys_of(self, seqs: Collection[int]) -> set[tuple[str, str]]:
        found: set[tuple[str, str]] = set()
        for some in chunks(seqs):
            query = select(_keys.c.name, _keys.c.value).where(_keys.c.event_seq.in_(some)).distinct()
            found |= {(name, value) for name, value in self._session.connection().execute(query)}
        return found

    def _keyed(self, seqs: Collection[int], name: str) -> set[tuple[int, str]]:
        """(Number, value of that key) of those that have it."""
        found: set[tuple[int, str]] = set()
        for some in chunks(seqs):
            here = _keys.c.event_seq.in_(some), _keys.c.name == name
            query = select(_keys.c.event_seq, _keys.c.value).where(*here)
            found |= {(seq, value) for seq, value in self._session.connection().execute(query)}
        return found


def _joined() -> Any:
    return _keys.join(_events, _events.c.seq == _keys.c.event_seq)


def _among(links: Collection[tuple[str, str]]) -> ColumnElement[bool]:
    """By name, so that the index on (name, value) serves."""
    by_name: dict[str, list[str]] = defaultdict(list)
    for name, value in links:
        by_name[name].append(value)
    return or_(*(and_(_keys.c.name == name, _keys.c.value.in_(values)) for name, values in by_name.items()))
