"""Freshness lights: how late each source, or each channel of it, is, and who was told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from storage.tables.base import Row
from storage.tables.types import BigSerial, UtcTime


class LightRow(Row, table=True):
    """The light of one source, or of one part (a channel) of it."""

    __tablename__ = "lights"
    __table_args__ = (CheckConstraint("colour IN ('green', 'yellow', 'red', 'unknown')", name="colour"),)

    source: str = Field(primary_key=True)
    part: str = Field(primary_key=True, default="")  # "": the whole source
    newest_at: datetime | None = Field(default=None, sa_type=UtcTime)  # of the data, as the source says
    colour: str = "unknown"
    since: datetime = Field(sa_type=UtcTime)  # when it took this colour
    snoozed_until: datetime | None = Field(default=None, sa_type=UtcTime)
    snooze_reason: str = ""
    snoozed_by: str = ""


class AlarmRow(Row, table=True):
    """Somebody was told that something is wrong with data: once for each incident, once more when it is well again."""

    __tablename__ = "data_alarms"
    __table_args__ = (
        CheckConstraint("kind IN ('late', 'quality')", name="kind"),
        Index(None, "kind", "subject", "ended_at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigSerial)
    kind: str
    subject: str  # source/part, or the name of the quality gate
    told: str = ""  # the person
    begun_at: datetime = Field(sa_type=UtcTime)
    told_at: datetime | None = Field(default=None, sa_type=UtcTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)
    ended_told_at: datetime | None = Field(default=None, sa_type=UtcTime)
