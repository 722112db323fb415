"""Alarms about data: what is wrong, who was told, who put it off. One open alarm for each subject, by constraint."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session

from storage.records import Records
from storage.tables import AlarmRow
from storage.upsert import add_new, table_of

_alarms = table_of(AlarmRow)


@dataclass(frozen=True, slots=True)
class Alarm:
    """One incident."""

    id: int
    kind: str  # late, load or quality
    subject: str
    told: str  # the people, with commas
    size: int
    begun_at: datetime
    told_at: datetime | None
    well_since: datetime | None
    ended_at: datetime | None
    snoozed_until: datetime | None
    snooze_reason: str
    snoozed_by: str
    seen_by: str
    seen_at: datetime | None

    @property
    def people(self) -> tuple[str, ...]:
        """Who was told."""
        return tuple(id_ for id_ in self.told.split(",") if id_)


class Alarms:
    """Every change says in its WHERE what it expects, so that of two processes one does it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._records = Records(session, AlarmRow, Alarm)

    def open(self, kind: str) -> list[Alarm]:
        """Those of a kind that aren't over, the oldest first."""
        return self._found(_alarms.c.kind == kind, _alarms.c.ended_at.is_(None))

    def these(self, ids: Iterable[int]) -> list[Alarm]:
        """By their ids."""
        return self._found(_alarms.c.id.in_(list(ids)))

    def begin(self, kind: str, subject: str, size: int, at: datetime) -> bool:
        """A new incident. False when it is open already."""
        row = AlarmRow(kind=kind, subject=subject, size=size, begun_at=at)
        values = {c.name: getattr(row, c.name) for c in _alarms.c if c.name != "id"}
        return add_new(self._session, AlarmRow, values)

    def well(self, id_: int, at: datetime | None) -> None:
        """It seems well since `at`; None: it doesn't any more."""
        self._change(_alarms.c.id == id_, well_since=at)

    def end(self, id_: int, at: datetime) -> bool:
        """It is over. False when another process has said so."""
        return self._change(_alarms.c.id == id_, _alarms.c.ended_at.is_(None), ended_at=at)

    def claim(self, alarm: Alarm, told: Sequence[str], size: int, at: datetime) -> bool:
        """These people are told now, in this transaction. False when another process tells them, or somebody has just
        put it off."""
        same = (
            _alarms.c.id == alarm.id,
            _alarms.c.ended_at.is_(None),
            _alarms.c.told_at.is_not_distinct_from(alarm.told_at),
            _alarms.c.snoozed_until.is_not_distinct_from(alarm.snoozed_until),
        )
        return self._change(*same, told=",".join(told), size=size, told_at=at, snoozed_until=None, snooze_reason="")

    def unsaid(self, kind: str) -> list[Alarm]:
        """Those that are over and whose people, who were told, don't know it."""
        told = _alarms.c.told_at.is_not(None), _alarms.c.ended_told_at.is_(None)
        return self._found(_alarms.c.kind == kind, _alarms.c.ended_at.is_not(None), *told)

    def claim_end(self, id_: int, at: datetime) -> bool:
        """Its people are told now that it is over. False when another process does."""
        return self._change(_alarms.c.id == id_, _alarms.c.ended_told_at.is_(None), ended_told_at=at)

    def snooze(self, id_: int, until: datetime, reason: str, by: str) -> bool:
        """Nobody is told until then. False when it is over."""
        here = _alarms.c.id == id_, _alarms.c.ended_at.is_(None)
        return self._change(*here, snoozed_until=until, snooze_reason=reason, snoozed_by=by)

    def seen(self, id_: int, by: str, at: datetime) -> bool:
        """Somebody knows of it and needs no reminder. False when it is over."""
        here = _alarms.c.id == id_, _alarms.c.ended_at.is_(None)
        return self._change(*here, seen_by=by, seen_at=at, snoozed_until=None, snooze_reason="")

    def _found(self, *where: Any) -> list[Alarm]:
        return self._records.found(self._records.select().where(*where).order_by(_alarms.c.id))

    def _change(self, *where: Any, **values: Any) -> bool:
        change = update(_alarms).where(*where).values(**values).returning(_alarms.c.id)
        return self._session.connection().execute(change).first() is not None
