"""Events that could not be taken as they are, and the mappings that people approved (C6)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlmodel import Session

from storage.changes import rows_changed
from storage.chunks import chunks
from storage.records import Records
from storage.repositories.events import Name
from storage.tables import MendingRow, QuarantinedEventRow
from storage.upsert import add_all_new, table_of, upsert_all

MOST = 5000  # open ones of one system that are looked at together; those behind them come when these are decided
_rows, _mendings = table_of(QuarantinedEventRow), table_of(MendingRow)


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One event that waits for a decision, or about which one was made."""

    id: int
    producer: str
    source: str
    event_id: str
    type: str
    reason: str  # unknown_type, unknown_version, invalid
    faults: Sequence[Mapping[str, Any]]
    envelope: Mapping[str, Any]  # the whole CloudEvent, as JSON
    proposal: Sequence[Mapping[str, Any]]
    state: str
    received_at: datetime
    decided_by: str = ""
    decided_at: datetime | None = None
    event_seq: int | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is wrong with an open one, without the event itself."""

    id: int
    producer: str
    type: str
    reason: str
    faults: Sequence[Mapping[str, Any]]
    proposal: Sequence[Mapping[str, Any]]
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Mending:
    """A mapping that holds."""

    producer: str
    type: str
    given: str
    field: str
    convert: str
    approved_by: str
    approved_at: datetime


class Quarantine:
    """What waits, and what was decided. Every change says in its WHERE that nobody has decided yet."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._records = Records(session, QuarantinedEventRow, Quarantined)

    def add(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add those whose (source, event_id) isn't there; by column, without `id`."""
        if rows:
            add_all_new(self._session, QuarantinedEventRow, rows)

    def known(self, names: Iterable[Name]) -> dict[Name, str]:
        """Those of these events that are or were here, with their state."""
        by_source: dict[str, list[str]] = {}
        for source, id_ in names:
            by_source.setdefault(source, []).append(id_)
        found: dict[Name, str] = {}
        for source, ids in by_source.items():
            for some in chunks(ids):
                here = _rows.c.source == source, _rows.c.event_id.in_(some)
                rows = self._session.connection().execute(select(_rows.c.event_id, _rows.c.state).where(*here))
                found |= {(source, id_): state for id_, state in rows}
        return found

    def get(self, id_: int) -> Quarantined | None:
        """One."""
        found = self._records.found(self._records.select().where(_rows.c.id == id_))
        return found[0] if found else None

    def open(self, producers: Collection[str] | None = None) -> list[Waiting]:
        """Those that wait, the oldest first, at most `MOST` of each system. `producers`: None for everybody's."""
        place = func.row_number().over(partition_by=_rows.c.producer, order_by=_rows.c.id).label("place")
        first = select(_rows.c.id, place).where(_rows.c.state == "open")
        if producers is not None:
            first = first.where(_rows.c.producer.in_(list(producers)))
        found, columns = first.subquery(), [_rows.c[name] for name in Waiting.__dataclass_fields__]
        query = select(*columns).join(found, found.c.id == _rows.c.id).where(found.c.place <= MOST)
        return [Waiting(*row) for row in self._session.connection().execute(query.order_by(_rows.c.id))]

    def these(self, ids: Iterable[int]) -> list[Quarantined]:
        """By their numbers, the oldest first."""
        query = self._records.select().order_by(_rows.c.id)
        return [one for some in chunks(ids) for one in self._records.found(query.where(_rows.c.id.in_(some)))]

    def open_of(self, producer: str, type_: str, *, limit: int = 500, after: int = 0) -> list[Quarantined]:
        """Those of one system and type that wait, the oldest first."""
        here = _rows.c.state == "open", _rows.c.producer == producer, _rows.c.type == type_, _rows.c.id > after
        return self._records.found(self._records.select().where(*here).order_by(_rows.c.id).limit(limit))

    def decided(self, limit: int, producers: Collection[str] | None = None) -> list[Quarantined]:
        """Those about which something was decided, the latest first."""
        query = self._records.select().where(_rows.c.state != "open").order_by(_rows.c.decided_at.desc())
        if producers is not None:
            query = query.where(_rows.c.producer.in_(list(producers)))
        return self._records.found(query.limit(limit))

    def waiting(self) -> dict[tuple[str, str], int]:
        """How many wait, by (producer, type)."""
        query = select(_rows.c.producer, _rows.c.type, func.count()).where(_rows.c.state == "open")
        rows = self._session.connection().execute(query.group_by(_rows.c.producer, _rows.c.type))
        return {(producer, type_): count for producer, type_, count in rows}

    def released(self, seqs: Mapping[Name, int], by: str, at: datetime) -> None:
        """These events are taken now, under these numbers."""
        values = [{"s": source, "e": id_, "seq": seq, "who": by, "when": at} for (source, id_), seq in seqs.items()]
        if values:
            self._session.connection().execute(_RELEASE, values)

    def discard(self, ids: Iterable[int], by: str, at: datetime) -> int:
        """Never mind these; how many were still open."""
        here = _rows.c.id.in_(list(ids)), _rows.c.state == "open"
        change = update(_rows).where(*here).values(state="discarded", decided_by=by, decided_at=at)
        return rows_changed(self._session, change)

    def approve(self, mendings: Sequence[Mending]) -> None:
        """From now on these fields mean those; another mapping of the same field is replaced."""
        names = ("producer", "type", "given", "field", "convert", "approved_by", "approved_at")
        former = {(one.producer, one.type, one.given): one for one in mendings}
        known = self._ids(former)
        new = [{name: getattr(one, name) for name in names} for key, one in former.items() if key not in known]
        old = [
            {"id": known[key], **{name: getattr(one, name) for name in names}}
            for key, one in former.items()
            if key in known
        ]
        if new:
            add_all_new(self._session, MendingRow, new)
        upsert_all(self._session, MendingRow, old)

    def mendings(self) -> list[Mending]:
        """All that hold."""
        columns = [_mendings.c[name] for name in Mending.__dataclass_fields__]
        rows = self._session.connection().execute(select(*columns).order_by(_mendings.c.id))
        return [Mending(*row) for row in rows]

    def revision(self) -> tuple[int, str]:
        """Changes whenever a mapping is approved or taken back."""
        query = select(func.count(), func.max(_mendings.c.approved_at)).select_from(_mendings)
        count, last = self._session.connection().execute(query).one()
        return int(count), str(last)

    def unapprove(self, producer: str, type_: str, given: str) -> bool:
        """That mapping holds no longer. False when there is none."""
        here = _mendings.c.producer == producer, _mendings.c.type == type_, _mendings.c.given == given
        return rows_changed(self._session, _mendings.delete().where(*here)) > 0

    def _ids(self, keys: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str, str], int]:
        wanted = set(keys)
        columns = _mendings.c.producer, _mendings.c.type, _mendings.c.given, _mendings.c.id
        rows = self._session.connection().execute(select(*columns)) if wanted else ()
        return {(producer, type_, given): id_ for producer, type_, given, id_ in rows}


_RELEASE = (
    update(_rows)
    .where(_rows.c.source == bindparam("s"), _rows.c.event_id == bindparam("e"), _rows.c.state == "open")
    .values(state="released", decided_by=bindparam("who"), decided_at=bindparam("when"), event_seq=bindparam("seq"))
)
