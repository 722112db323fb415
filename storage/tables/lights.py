"""Freshness lights: how late each source, or each channel of it, is; and alarms: who was told that data is wrong."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlmodel import Field

from storage.tables.base import Row
from storage.tables.types import BigSerial, UtcTime

_OPEN = text("ended_at IS NULL")


class LightRow(Row, table=True):
    """The light of one source, or of one part (a channel) of it."""

    __tablename__ = "lights"
    __table_args__ = (CheckConstraint("colour IN ('green', 'yellow', 'red', 'unknown')", name="colour"),)

    source: str = Field(primary_key=True)
    part: str = Field(primary_key=True, default="")  # "": the whole source
    title: str = ""  # of the source, for people
    entity: str = ""  # the business thing that it brings
    owner_id: str = ""  # who answers for it; "": nobody
    newest_at: datetime | None = Field(default=None, sa_type=UtcTime)  # of the data, as the source says
    ahead_at: datetime | None = Field(default=None, sa_type=UtcTime)  # the nearest time that lies in the future
    colour: str = "unknown"
    since: datetime = Field(sa_type=UtcTime)  # when it took this colour
    counted: int = Field(default=0, sa_type=BigInteger)  # the last load whose rows are in newest_at
    version: int = 0  # of the definition by which they were counted


class AlarmRow(Row, table=True):
    """Somebody was told that something is wrong with data: once for each incident, once more when it is well again."""

    __tablename__ = "data_alarms"
    __table_args__ = (
        CheckConstraint("kind IN ('late', 'load', 'quality')", name="kind"),
        Index(
            "ix_data_alarms_one_open", "kind", "subject", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
        ),  # an incident is one, however many processes look
        Index(None, "kind", "subject", "ended_at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigSerial)
    kind: str  # late: a light is red; load: a source can't be read, or rows of it were refused; quality: a gate
    subject: str  # source/part, source, or the name of the quality gate
    told: str = ""  # the people, with commas
    size: int = 0  # how much was wrong when they were told: rows refused, percent missing
    begun_at: datetime = Field(sa_type=UtcTime)
    told_at: datetime | None = Field(default=None, sa_type=UtcTime)
    well_since: datetime | None = Field(default=None, sa_type=UtcTime)  # it is over when this lasts
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)
    ended_told_at: datetime | None = Field(default=None, sa_type=UtcTime)
    snoozed_until: datetime | None = Field(default=None, sa_type=UtcTime)
    snooze_reason: str = ""
    snoozed_by: str = ""
    seen_by: str = ""  # who said that they know
    seen_at: datetime | None = Field(default=None, sa_type=UtcTime)
