"""What attribution found each time, so that a change can be explained, and how far each channel's data is trusted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field

from storage.tables.base import Row
from storage.tables.types import BigSerial, UtcTime


class AttributionRunRow(Row, table=True):
    """One estimate over all journeys: weights of every model, and what they were made from."""

    __tablename__ = "attribution_runs"
    __table_args__ = (Index(None, "at"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigSerial)
    at: datetime = Field(sa_type=UtcTime)
    settings: Any = Field(sa_type=JSON, nullable=False)  # look-back, re-entry, level, value …
    figures: Any = Field(sa_type=JSON, nullable=False)  # journeys, conversions, value; per model the channels' shares


class ConfidenceRow(Row, table=True):
    """How far a channel's data is trusted, in percent, as somebody set it; else the configured default holds."""

    __tablename__ = "confidences"

    channel: str = Field(primary_key=True)
    percent: int
    note: str = ""
    by: str = ""
    at: datetime = Field(sa_type=UtcTime)
