"""What the three parties of calibration talk about each month (A12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from storage.records import Records
from storage.tables import AgendaRow
from storage.upsert import table_of


@dataclass(frozen=True, slots=True)
class Agenda:
    """The figures as they were when it was drafted, by kind; they name no person and no customer."""

    month: str  # 2026-03: when they meet; the figures are of the month before
    at: datetime
    figures: tuple[Mapping[str, Any], ...] = ()


_agendas = table_of(AgendaRow)


class Agendas:
    """The agendas."""

    def __init__(self, session: Session) -> None:
        self._records = Records(session, AgendaRow, Agenda)

    def add(self, agenda: Agenda) -> bool:
        """Keep it. False when the month has one: another process was quicker."""
        return self._records.add(agenda)

    def of_month(self, month: str) -> Agenda | None:
        """One month's."""
        return next(iter(self._records.found(self._records.select().where(_agendas.c.month == month))), None)

    def latest(self, limit: int = 12) -> list[Agenda]:
        """The latest ones, the newest first."""
        return self._records.found(self._records.select().order_by(_agendas.c.month.desc()).limit(limit))
