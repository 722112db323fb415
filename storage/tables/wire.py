"""What processes hand to each other, and whose turn something is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field

from storage.tables.base import Row
from storage.tables.types import UtcTime


class OpenAnswerRow(Row, table=True):
    """An answer that a platform lets grow until it is finished; whichever process it asks tells how far it is."""

    __tablename__ = "open_answers"
    __table_args__ = (Index(None, "opened_at"),)

    id: str = Field(primary_key=True)
    opened_at: datetime = Field(sa_type=UtcTime)
    about: dict[str, Any] = Field(sa_type=JSON)  # for the adapter alone; may hold a secret address
    content: str = ""
    card: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    finish: bool = False
    owner: str = ""  # parcel that ended it; "-" when its end was withdrawn
    taken: bool = False  # the end was handed to the platform
    spent_by: str = ""  # parcel that may use the secret address


class ErrandRow(Row, table=True):
    """Something that only the process with the connection can do for another one. Gone as soon as it is done."""

    __tablename__ = "errands"
    __table_args__ = (Index(None, "desk", "asked_at"),)

    id: str = Field(primary_key=True)  # of this asking; a parcel that is asked for twice has two
    desk: str  # which connection
    parcel_id: str
    payload: dict[str, Any] = Field(sa_type=JSON)
    asked_at: datetime = Field(sa_type=UtcTime)
    taken: bool = False
    result: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))


class LeaseRow(Row, table=True):
    """Who may do what only one process may do at a time."""

    __tablename__ = "leases"

    name: str = Field(primary_key=True)
    holder: str
    until: float  # seconds since 1970 by the database's own clock
