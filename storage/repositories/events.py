"""Business events: each (source, id) once, by constraint; found by their keys, and listed for whoever may see them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlmodel import Session

from storage.chunks import chunks
from storage.records import Records
from storage.tables import EventKeyRow, EventRow
from storage.upsert import add_all_new, insert_into, table_of

Name = tuple[str, str]  # (source, id) of an event
_events, _keys = table_of(EventRow), table_of(EventKeyRow)


@dataclass(frozen=True, slots=True)
class EventRecord:
    """An accepted event."""

    seq: int
    id: str
    source: str
    type: str
    version: int
    producer: str
    subject: str
    time: datetime
    received_at: datetime
    data: Mapping[str, Any]
    original: Mapping[str, Any] | None = None
    mended: Sequence[Mapping[str, Any]] = ()
    extensions: Mapping[str, str] = field(default_factory=dict)
    customer_id: str = ""
    contract_id: str = ""
    person_id: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which events a listing is about. `producers`: None for everybody's."""

    producers: Collection[str] | None = None
    type: str = ""
    system: str = ""
    key: str = ""  # the value of one of its keys, its subject or its id
    since: datetime | None = None
    until: datetime | None = None
    mended: bool = False  # only those that had to be put right

    def where(self) -> ColumnElement[bool]:
        """As a condition."""
        said: list[ColumnElement[bool]] = [true()]
        if self.producers is not None:
            said.append(_events.c.producer.in_(list(self.producers)))
        if self.type:
            said.append(_events.c.type == self.type)
        if self.system:
            said.append(_events.c.producer == self.system)
        if self.key:
            named = select(_keys.c.event_seq).where(_keys.c.value == self.key)
            said.append(or_(_events.c.seq.in_(named), _events.c.subject == self.key, _events.c.id == self.key))
        if self.since:
            said.append(_events.c.time >= self.since)
        if self.until:
            said.append(_events.c.time < self.until)
        if self.mended:
            said.append(_events.c.original.is_not(None))
        return and_(*said)


class Events:
    """The events. Flows read them as they are; what is shown to somebody is narrowed by `Asked.producers`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._records = Records(session, EventRow, EventRecord)

    def known(self, names: Iterable[Name]) -> dict[Name, int]:
        """Those of these that are here, with their number."""
        by_source: dict[str, list[str]] = defaultdict(list)
        for source, id_ in names:
            by_source[source].append(id_)
        found: dict[Name, int] = {}
        for source, ids in by_source.items():
            for some in chunks(ids):
                query = select(_events.c.id, _events.c.seq).where(_events.c.source == source, _events.c.id.in_(some))
                found |= {(source, id_): seq for id_, seq in self._session.connection().execute(query)}
        return found

    def add(self, rows: Sequence[Mapping[str, Any]]) -> dict[Name, int]:
        """Add those that aren't there; the numbers of those that are new. `rows`: by column, without `seq`."""
        if not rows:
            return {}
        insert = insert_into(self._session, EventRow).on_conflict_do_nothing()
        statement = insert.returning(_events.c.source, _events.c.id, _events.c.seq)
        return {(source, id_): seq for source, id_, seq in self._session.connection().execute(statement, list(rows))}

    def add_keys(self, rows: Sequence[tuple[int, str, str]]) -> None:
        """(Number of an event, name, value) of each key."""
        if rows:
            values = [{"event_seq": seq, "name": name, "value": value} for seq, name, value in rows]
            add_all_new(self._session, EventKeyRow, values)

    def get(self, seq: int) -> EventRecord | None:
        """One, for flows and for pages that have asked whose it is."""
        found = self._records.found(self._records.select().where(_events.c.seq == seq))
        return found[0] if found else None

    def these(self, seqs: Iterable[int]) -> dict[int, EventRecord]:
        """Those that are there, by number."""
        queries = (self._records.select().where(_events.c.seq.in_(some)) for some in chunks(seqs))
        return {one.seq: one for query in queries for one in self._records.found(query)}

    def keys_of(self, seqs: Iterable[int]) -> dict[int, dict[str, str]]:
        """The keys of events, by number."""
        found: dict[int, dict[str, str]] = defaultdict(dict)
        for some in chunks(seqs):
            query = select(_keys.c.event_seq, _keys.c.name, _keys.c.value).where(_keys.c.event_seq.in_(some))
            for seq, name, value in self._session.connection().execute(query):
                found[seq][name] = value
        return dict(found)

    def listing(self, asked: Asked, limit: int, *, before: int | None = None) -> list[EventRecord]:
        """The newest first, by the order in which they came; `before`: only older ones than that number."""
        query = self._records.select().where(asked.where()).order_by(_events.c.seq.desc()).limit(limit)
        return self._records.found(query if before is None else query.where(_events.c.seq < before))

    def count(self, asked: Asked) -> int:
        """How many a listing without limit has."""
        query = select(func.count()).select_from(_events).where(asked.where())
        return int(self._session.connection().execute(query).scalar_one())

    def counts(self, since: datetime) -> dict[tuple[str, str], int]:
        """How many came since then, by (producer, type)."""
        counted = func.count().label("n")
        query: Select[Any] = select(_events.c.producer, _events.c.type, counted).where(_events.c.received_at >= since)
        rows = self._session.connection().execute(query.group_by(_events.c.producer, _events.c.type))
        return {(producer, type_): n for producer, type_, n in rows}

    def latest(self) -> dict[str, datetime]:
        """When something of each system came last."""
        query = select(_events.c.producer, func.max(_events.c.seq).label("seq")).group_by(_events.c.producer).subquery()
        rows = select(_events.c.producer, _events.c.received_at).join(query, query.c.seq == _events.c.seq)
        return {row[0]: row[1] for row in self._session.connection().execute(rows)}
