"""Loads: one reading of one source each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import func, insert, select, update
from sqlmodel import Session, col

from config.locales import t
from storage.changes import rows_changed
from storage.tables import LoadRow
from storage.upsert import table_of

Mode = Literal["read", "replay"]


@dataclass(frozen=True, slots=True)
class Note:
    """Something people should know of a load that went well."""

    note: str  # last part of a locale key below sources.note
    details: Mapping[str, object] = field(default_factory=dict)  # a mapping among them: by language

    def sentence(self, lang: str = "zh") -> str:
        """For people."""
        said = {name: one[lang] if isinstance(one, Mapping) else one for name, one in self.details.items()}
        return t(f"sources.note.{self.note}", lang, **said)


@dataclass(frozen=True, slots=True)
class Load:
    """One load. Counts are of rows: `read` as they came, the others as they ended."""

    id: int
    source: str
    version: int
    mode: Mode
    state: str  # running, done, failed
    begun_at: datetime
    ended_at: datetime | None
    position: Any
    read: int
    added: int
    changed: int
    unchanged: int
    rejected: int
    notes: Sequence[Note]
    fault: str


_NAMES = tuple(Load.__dataclass_fields__)
_COLUMNS = [col(getattr(LoadRow, name)) for name in _NAMES]


class Loads:
    """What was loaded when, and how it went."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def begin(self, source: str, version: int, mode: Mode, position: Any, at: datetime) -> int:
        """A new load that runs; its number."""
        table = table_of(LoadRow)
        values = {"source": source, "version": version, "mode": mode, "state": "running", "begun_at": at}
        blank = {"read": 0, "added": 0, "changed": 0, "unchanged": 0, "rejected": 0, "fault": "", "told": False}
        row = insert(table).values(**values, **blank, position=position, notes=[]).returning(table.c.id)
        return int(self._session.connection().execute(row).scalar_one())

    def get(self, load_id: int) -> Load | None:
        """One."""
        found = self._found(col(LoadRow.id) == load_id)
        return found[0] if found else None

    def latest(self, source: str) -> Load | None:
        """The last one that began, however it went."""
        found = self.history(source, 1)
        return found[0] if found else None

    def history(self, source: str, limit: int = 50) -> list[Load]:
        """Newest first."""
        return self._found(col(LoadRow.source) == source, limit=limit)

    def latest_of_all(self, mode: Mode | None = None) -> dict[str, Load]:
        """The last load of each source, of one mode or any."""
        last = select(func.max(LoadRow.id)).group_by(col(LoadRow.source))
        last = last.where(col(LoadRow.mode) == mode) if mode else last
        return {load.source: load for load in self._found(col(LoadRow.id).in_(last))}

    def running(self) -> list[Load]:
        """Those under way, whoever does them."""
        return self._found(col(LoadRow.state) == "running")

    def untold(self) -> list[Load]:
        """Those that are done and of which nobody was told."""
        return self._found(col(LoadRow.state) == "done", col(LoadRow.told).is_(False))

    def told(self, load_id: int) -> None:
        """Everybody was told."""
        self._update(load_id, told=True)

    def went_on(self, load_id: int, position: Any, read: int) -> None:
        """So much was staged."""
        self._update(load_id, position=position, read=read)

    def noted(self, load_id: int, notes: Sequence[Note]) -> None:
        """Keep what people should know."""
        self._update(load_id, notes=[{"note": note.note, "details": dict(note.details)} for note in notes])

    def done(self, load_id: int, at: datetime, *, added: int, changed: int, unchanged: int, rejected: int) -> bool:
        """It is published. False when another process has ended it."""
        return self._end(
            load_id, state="done", ended_at=at, added=added, changed=changed, unchanged=unchanged, rejected=rejected
        )

    def failed(self, load_id: int, at: datetime, fault: str) -> bool:
        """It can't go on, for a reason that people read."""
        return self._end(load_id, state="failed", ended_at=at, fault=fault)

    def reopen(self, load_id: int) -> None:
        """Go on with one that failed."""
        self._update(load_id, state="running", ended_at=None, fault="")

    def _end(self, load_id: int, **values: Any) -> bool:
        mine = update(LoadRow).where(col(LoadRow.id) == load_id, col(LoadRow.state) == "running").values(**values)
        return rows_changed(self._session, mine) > 0

    def _update(self, load_id: int, **values: Any) -> None:
        self._session.connection().execute(update(LoadRow).where(col(LoadRow.id) == load_id).values(**values))

    def _found(self, *conditions: Any, limit: int | None = None) -> list[Load]:
        query = select(*_COLUMNS).where(*conditions).order_by(col(LoadRow.id).desc()).limit(limit)
        rows = [dict(zip(_NAMES, row, strict=True)) for row in self._session.connection().execute(query)]
        return [Load(**{**row, "notes": _notes(row["notes"])}) for row in rows]


def _notes(stored: Any) -> tuple[Note, ...]:
    return tuple(Note(one["note"], one["details"]) for one in stored or ())
