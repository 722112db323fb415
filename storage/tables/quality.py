"""How well data was filled in, day by day."""

from __future__ import annotations

from datetime import date

from sqlmodel import Field

from storage.tables.base import Row


class QualityDayRow(Row, table=True):
    """One gate on one day, as it was looked at last: the line that its page draws."""

    __tablename__ = "quality_days"

    gate: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    good: int
    total: int
