"""Who is signed in to the console, and what was used up on the way in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from storage.tables.base import Row
from storage.tables.types import UtcTime


class WebSessionRow(Row, table=True):
    """One browser in which somebody is signed in. Only the secret's SHA-256 is here: a copy of the table opens nothing.

    It counts only as long as what it was opened with: the token isn't revoked, the account is still this person's.
    """

    __tablename__ = "web_sessions"
    __table_args__ = (Index(None, "person_id"), Index(None, "seen_at"))

    id: str = Field(primary_key=True)  # no secret: shown in the list of devices
    secret_hash: str
    person_id: str = Field(foreign_key="people.id", ondelete="CASCADE")
    way: str  # "link", or the channel whose account opened it
    credential: str  # hash of the token, or the account
    device: str  # as the browser calls itself, in a few words
    address: str  # that connected last
    begun_at: datetime = Field(sa_type=UtcTime)
    seen_at: datetime = Field(sa_type=UtcTime)  # when the person did something last, to the minute
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)


class SpentMarkRow(Row, table=True):
    """Something that counts once, on whichever machine it arrives: the state or the code of a sign-in."""

    __tablename__ = "spent_marks"
    __table_args__ = (Index(None, "at"),)

    mark: str = Field(primary_key=True)  # SHA-256
    at: datetime = Field(sa_type=UtcTime)
