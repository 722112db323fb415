"""Entries of connected systems in versions, and how far their watched tables were read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from storage.tables import EventWatchRow, SystemRow
from storage.upsert import insert_new, upsert


@dataclass(frozen=True, slots=True)
class SystemVersion:
    """One version of an entry. `text` is "" where the system was taken away."""

    name: str
    version: int
    text: str
    by: str
    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class WatchState:
    """How far a table was read for events."""

    system: str
    name: str
    position: Mapping[str, Any]
    read_at: datetime | None
    fault: str = ""


_VERSION = [col(getattr(SystemRow, name)) for name in ("name", "version", "text", "by", "at", "note")]
_WATCH = [col(getattr(EventWatchRow, name)) for name in ("system", "name", "position", "read_at", "fault")]


class Systems:
    """The highest version of an entry holds; a removed system's is empty."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def save(self, name: str, text: str, by: str, at: datetime, *, note: str = "", after: int | None = None) -> int:
        """Add a version; its number, or 0 when `after` isn't the last one any more: somebody else was quicker."""
        last = self.last_version(name)
        if after is not None and after != last:
            return 0
        row = SystemRow(name=name, version=last + 1, text=text, by=by, at=at, note=note)
        return last + 1 if insert_new(self._session, row) else 0

    def last_version(self, name: str) -> int:
        """Its number; 0 when there never was such a system."""
        highest = select(func.max(SystemRow.version)).where(col(SystemRow.name) == name)
        return self._session.connection().execute(highest).scalar_one() or 0

    def current(self, name: str) -> SystemVersion | None:
        """The version that holds; None when the system is unknown or removed."""
        return self.all().get(name)

    def all(self) -> dict[str, SystemVersion]:
        """The version that holds of every system that isn't removed, by name."""
        highest = (
            select(col(SystemRow.name), func.max(SystemRow.version).label("version"))
            .group_by(col(SystemRow.name))
            .subquery()
        )
        here = (highest.c.name == SystemRow.name) & (highest.c.version == SystemRow.version)
        query = select(*_VERSION).join(highest, here).where(col(SystemRow.text) != "").order_by(col(SystemRow.name))
        return {row[0]: SystemVersion(*row) for row in self._session.connection().execute(query)}

    def versions(self, name: str) -> list[SystemVersion]:
        """All of one system, the newest first."""
        query = select(*_VERSION).where(col(SystemRow.name) == name).order_by(col(SystemRow.version).desc())
        return [SystemVersion(*row) for row in self._session.connection().execute(query)]

    def revision(self) -> tuple[int, int]:
        """Changes with every entry: (number of versions, sum of their numbers)."""
        counted = select(func.count(), func.coalesce(func.sum(SystemRow.version), 0)).select_from(SystemRow)
        row = self._session.connection().execute(counted).one()
        return int(row[0]), int(row[1])

    def watch(self, system: str, name: str) -> WatchState | None:
        """How far a table was read; None: not at all."""
        query = select(*_WATCH).where(col(EventWatchRow.system) == system, col(EventWatchRow.name) == name)
        found = self._session.connection().execute(query).first()
        return WatchState(*found) if found else None

    def watches(self) -> dict[tuple[str, str], WatchState]:
        """Of all tables, by (system, name)."""
        rows = self._session.connection().execute(select(*_WATCH))
        return {(row[0], row[1]): WatchState(*row) for row in rows}

    def arrived(self, state: WatchState) -> None:
        """It was read so far, or can't be read."""
        row = EventWatchRow(
            system=state.system,
            name=state.name,
            position=dict(state.position),
            read_at=state.read_at,
            fault=state.fault,
        )
        upsert(self._session, row)

    def forget_watch(self, system: str, name: str) -> None:
        """Begin anew with that table."""
        here = col(EventWatchRow.system) == system, col(EventWatchRow.name) == name
        self._session.connection().execute(delete(EventWatchRow).where(*here))
