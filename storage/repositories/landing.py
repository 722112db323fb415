"""Rows of sources as they came, and which record each became: the bottom of every drill-down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, delete, func, literal, select
from sqlmodel import Session, col

from storage.chunks import chunks
from storage.repositories.loop_kept import KINDS
from storage.tables import LandedRow, StagedRow
from storage.tables.types import UtcTime
from storage.upsert import insert_into, table_of

_PAGE = 5000
_SHARED = ("customer", "deal")  # entities that other parts write too
_GIVEN = ("source", "entity", "first_at", "changed_at")
_COPIED = ("key", "record_id", "line", "place", "data", "digest", "load_id")
_KEPT = ("source", "key", "first_at")  # of a row that was there


@dataclass(frozen=True, slots=True)
class Landed:
    """One row as it came."""

    source: str
    key: str
    entity: str
    record_id: str
    line: int  # in its file; elsewhere its number within the load
    place: str  # the file's name, where a source has several
    data: Mapping[str, Any]
    digest: str
    load_id: int
    first_at: datetime
    changed_at: datetime


_NAMES = tuple(Landed.__dataclass_fields__)
_COLUMNS = [col(getattr(LandedRow, name)) for name in _NAMES]


class Landing:
    """What has landed."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def land(self, load_id: int, source: str, entity: str, at: datetime) -> None:
        """Copy the good rows of a load here, over what they change."""
        staged = table_of(StagedRow)
        copied = [staged.c[name] for name in _COPIED]
        rows = select(literal(source), literal(entity), literal(at, UtcTime), literal(at, UtcTime), *copied).where(
            staged.c.load_id == load_id, staged.c.state == "good"
        )
        statement = insert_into(self._session, LandedRow).from_select([*_GIVEN, *_COPIED], rows)
        changes = {name: statement.excluded[name] for name in (*_GIVEN, *_COPIED) if name not in _KEPT}
        self._session.connection().execute(
            statement.on_conflict_do_update(index_elements=["source", "key"], set_=changes)
        )

    def keep_only(self, load_id: int, source: str) -> None:
        """Forget rows under keys of a former definition: all of this source's rows were staged again under new ones."""
        landed, staged = table_of(LandedRow), table_of(StagedRow)
        still = select(staged.c.key).where(staged.c.load_id == load_id)
        self._session.connection().execute(delete(landed).where(landed.c.source == source, landed.c.key.not_in(still)))

    def counts(self, load_id: int, source: str) -> tuple[int, int]:
        """(New, changed): of the good rows of a load, before they land."""
        landed, staged = table_of(LandedRow), table_of(StagedRow)
        new = func.sum(case((landed.c.key.is_(None), 1), else_=0))
        query = (
            select(new, func.count())
            .select_from(staged)
            .join(landed, (landed.c.source == source) & (landed.c.key == staged.c.key), isouter=True)
            .where(staged.c.load_id == load_id, staged.c.state == "good")
        )
        added, all_ = self._session.connection().execute(query).one()
        return added or 0, all_ - (added or 0)

    def rows_of(self, entity: str, record_id: str) -> list[Landed]:
        """The rows that a record was made of, of every source, newest first. For a record that the viewer may see."""
        query = select(*_COLUMNS).where(col(LandedRow.entity) == entity, col(LandedRow.record_id) == record_id)
        rows = self._session.connection().execute(query.order_by(col(LandedRow.changed_at).desc(), col(LandedRow.key)))
        return [Landed(*row) for row in rows]

    def page(self, source: str, after: str = "", limit: int = _PAGE) -> list[Landed]:
        """Some rows of a source, in the order of their keys; the next page begins after the last one's."""
        query = select(*_COLUMNS).where(col(LandedRow.source) == source, col(LandedRow.key) > after)
        rows = self._session.connection().execute(query.order_by(col(LandedRow.key)).limit(limit))
        return [Landed(*row) for row in rows]

    def each(self, source: str) -> Iterator[Landed]:
        """All rows of a source; memory holds a page of them."""
        after = ""
        while rows := self.page(source, after):
            yield from rows
            after = rows[-1].key

    def count(self) -> dict[str, int]:
        """How many rows each source has."""
        query = select(col(LandedRow.source), func.count()).group_by(col(LandedRow.source))
        return dict(self._session.connection().execute(query).all())

    def records(self, source: str) -> set[str]:
        """The ids of all records that its rows make."""
        query = select(col(LandedRow.record_id)).where(col(LandedRow.source) == source)
        return set(self._session.connection().execute(query.distinct()).scalars())

    def made_by(self, source: str, entity: str, ids: Iterable[str]) -> set[str]:
        """Those of these records that rows of this source make."""
        found: set[str] = set()
        for some in chunks(sorted(set(ids))):
            query = select(col(LandedRow.record_id)).where(
                col(LandedRow.entity) == entity, col(LandedRow.record_id).in_(some), col(LandedRow.source) == source
            )
            found.update(self._session.connection().execute(query).scalars())
        return found

    def replaced(self, load_id: int, source: str) -> set[str]:
        """Ids of records whose rows make other records after this load: asked before they land."""
        landed, staged = table_of(LandedRow), table_of(StagedRow)
        query = (
            select(landed.c.record_id)
            .join(staged, (staged.c.load_id == load_id) & (staged.c.key == landed.c.key))
            .where(landed.c.source == source, staged.c.state == "good", landed.c.record_id != staged.c.record_id)
        )
        return set(self._session.connection().execute(query.distinct()).scalars())

    def without_rows(self, entity: str, ids: Iterable[str]) -> set[str]:
        """Those of these records that no row of any source makes."""
        wanted, made = set(ids), set[str]()
        for some in chunks(sorted(wanted)):
            query = select(col(LandedRow.record_id)).where(
                col(LandedRow.entity) == entity, col(LandedRow.record_id).in_(some)
            )
            made.update(self._session.connection().execute(query).scalars())
        return wanted - made

    def forget(self, entity: str, ids: Iterable[str]) -> int:
        """Remove records that no row makes any more. Customers and deals stay: people work with them."""
        if entity in _SHARED:
            return 0
        table, gone = table_of(KINDS[entity]), 0
        for some in chunks(self.without_rows(entity, ids)):
            gone += self._session.connection().execute(delete(table).where(table.c.id.in_(some))).rowcount
        return gone
