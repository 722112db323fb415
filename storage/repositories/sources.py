"""Definitions of sources in versions, and how far each source was read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from storage.changes import rows_changed
from storage.tables import SourceStateRow, SourceVersionRow
from storage.upsert import insert_new


@dataclass(frozen=True, slots=True)
class SourceVersion:
    """One version of a definition."""

    source: str
    version: int
    text: str
    by: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class SourceState:
    """How far a source was read. `position` is its flow's own; None: not at all."""

    source: str
    position: Any = None
    mapped_version: int = 0
    looked_at: datetime | None = None
    removed: bool = False


_VERSION = [col(getattr(SourceVersionRow, name)) for name in ("source", "version", "text", "by", "at", "note")]
_STATE = [
    col(getattr(SourceStateRow, name)) for name in ("source", "position", "mapped_version", "looked_at", "removed")
]


class Sources:
    """The highest version holds; reverting adds one more."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def save(self, source: str, text: str, by: str, at: datetime, *, note: str = "", after: int | None = None) -> int:
        """Add a version; its number, or 0 when `after` isn't the last one any more: somebody else was quicker.

        A source that was removed is there again.
        """
        last = self.last_version(source)
        if after is not None and after != last:
            return 0
        row = SourceVersionRow(source=source, version=last + 1, text=text, by=by, at=at, note=note)
        if not insert_new(self._session, row):
            return 0
        insert_new(self._session, SourceStateRow(source=source))
        self._session.connection().execute(
            update(SourceStateRow).where(col(SourceStateRow.source) == source).values(removed=False)
        )
        return last + 1

    def last_version(self, source: str) -> int:
        """Its number; 0 when there is none."""
        highest = select(func.max(SourceVersionRow.version)).where(col(SourceVersionRow.source) == source)
        return self._session.connection().execute(highest).scalar_one() or 0

    def versions(self, source: str) -> list[SourceVersion]:
        """All, newest first."""
        query = select(*_VERSION).where(col(SourceVersionRow.source) == source)
        rows = self._session.connection().execute(query.order_by(col(SourceVersionRow.version).desc()))
        return [SourceVersion(*row) for row in rows]

    def version(self, source: str, number: int) -> SourceVersion | None:
        """One of them."""
        row = self._session.connection().execute(
            select(*_VERSION).where(col(SourceVersionRow.source) == source, col(SourceVersionRow.version) == number)
        )
        found = row.first()
        return SourceVersion(*found) if found else None

    def current(self, source: str) -> SourceVersion | None:
        """The version that holds; None when the source is unknown or removed."""
        return self.all().get(source)

    def all(self) -> dict[str, SourceVersion]:
        """The version that holds of every source that isn't removed, by name."""
        highest = (
            select(col(SourceVersionRow.source), func.max(SourceVersionRow.version).label("version"))
            .group_by(col(SourceVersionRow.source))
            .subquery()
        )
        query = (
            select(*_VERSION)
            .join(
                highest,
                (highest.c.source == SourceVersionRow.source) & (highest.c.version == SourceVersionRow.version),
            )
            .join(SourceStateRow, col(SourceStateRow.source) == SourceVersionRow.source)
            .where(col(SourceStateRow.removed).is_(False))
            .order_by(col(SourceVersionRow.source))
        )
        return {row[0]: SourceVersion(*row) for row in self._session.connection().execute(query)}

    def state(self, source: str) -> SourceState:
        """How far it was read."""
        found = self._session.connection().execute(select(*_STATE).where(col(SourceStateRow.source) == source)).first()
        return SourceState(*found) if found else SourceState(source)

    def states(self) -> dict[str, SourceState]:
        """Of every source, removed ones too."""
        return {row[0]: SourceState(*row) for row in self._session.connection().execute(select(*_STATE))}

    def arrived(self, source: str, position: Any, version: int, looked_at: datetime | None) -> None:
        """It was read to `position` and mapped by `version`; to its end at `looked_at`, unless that is None."""
        looked = {"looked_at": looked_at} if looked_at else {}
        self._update(source, position=position, mapped_version=version, **looked)

    def remove(self, source: str) -> bool:
        """Read it no longer; its rows stay. False when there is no such source."""
        return self._update(source, removed=True) > 0

    def _update(self, source: str, **values: Any) -> int:
        return rows_changed(
            self._session, update(SourceStateRow).where(col(SourceStateRow.source) == source).values(**values)
        )
