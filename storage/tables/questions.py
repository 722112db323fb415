"""What people asked in figures, and what they want to be sent again and again (B9)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, text
from sqlmodel import Field

from storage.tables.base import Row
from storage.tables.types import BigSerial, UtcTime

_RUNNING = text("ended_at IS NULL")


class SubscriptionRow(Row, table=True):
    """A question that is answered for somebody at fixed times, with the days and the rights of that moment."""

    __tablename__ = "subscriptions"
    __table_args__ = (
        # A person has so many numbers, each given once: nobody can have more subscriptions than there are numbers.
        Index(None, "person_id", "number", unique=True, sqlite_where=_RUNNING, postgresql_where=_RUNNING),
        Index(None, "ended_at"),
    )

    id: str = Field(primary_key=True)
    person_id: str
    number: int  # by which its owner names it
    words: Any = Field(sa_type=JSON, nullable=False)  # the question and the follow-ups that changed it, in order
    plan: Any = Field(sa_type=JSON, nullable=False)  # what was meant: tells if the words are understood differently
    language: str = "zh"
    rhythm: str  # day, workday, week:0 … week:6 (Monday is 0), month:1 … month:31
    minute: int  # of the day, in the company's time zone
    created_at: datetime = Field(sa_type=UtcTime)
    slot: datetime | None = Field(default=None, sa_type=UtcTime)  # the last time that was dealt with
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)
    ended_why: str = ""


class AskedRow(Row, table=True):
    """One question and what became of it: shows sales ops which words and figures the registry lacks."""

    __tablename__ = "asked_questions"
    __table_args__ = (Index(None, "at"), Index(None, "outcome", "at"))

    id: int | None = Field(default=None, primary_key=True, sa_type=BigSerial)
    at: datetime = Field(sa_type=UtcTime)
    person_id: str
    text: str  # names of customers and numbers of telephones masked
    outcome: str  # answered, asked_back, unknown, refused
    plan: Any = Field(sa_type=JSON, nullable=False)  # {} where there was none
