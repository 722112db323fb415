"""What is listened to, what was noticed in it, who agreed to that, and what somebody promised to do.

Words of customers stand here and in nothing else that outlives a dialogue: `storage/purging.py` deletes them all.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index
from sqlmodel import Field

from storage.tables.base import Row
from storage.tables.types import BigSerial, Items, UtcTime, Words


class DialogueRow(Row, table=True):
    """One conversation with one customer. Purged, its row stays, without a word that was said."""

    __tablename__ = "dialogues"
    __table_args__ = (
        CheckConstraint("source IN ('recording', 'chat', 'email')", name="source"),
        CheckConstraint("state IN ('waiting', 'transcribing', 'ready', 'refused', 'purged')", name="state"),
        Index(None, "customer_id", "begun_at"),
        Index(None, "person_id", "begun_at"),
        Index(None, "deal_id"),
        Index(None, "room"),
        Index(None, "state"),
    )

    id: str = Field(primary_key=True)
    source: str
    customer_id: str = ""  # "": not known yet. No foreign keys: a recording may come before the CRM's list
    person_id: str = ""  # our salesperson
    deal_id: str = ""
    title: str = ""
    begun_at: datetime | None = Field(default=None, sa_type=UtcTime)
    language: str = "zh"
    state: str = "waiting"
    reason: str = ""  # why it was refused or purged: the last part of a locale key
    file_id: str = ""
    seconds: float | None = None
    room: str = ""  # of a chat
    contacts: tuple[str, ...] = Field(default=(), sa_type=Words, nullable=False)  # ids of the other side's people
    summary: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    leftovers: bool = False  # purged, but its file and what an index holds of it may still be there
    created_at: datetime = Field(sa_type=UtcTime)


class UtteranceRow(Row, table=True):
    """One thing that was said or written."""

    __tablename__ = "utterances"
    __table_args__ = (
        CheckConstraint("side IN ('ours', 'theirs', 'unknown')", name="side"),
        Index(None, "dialogue_id", "seq"),
    )

    dialogue_id: str = Field(primary_key=True, foreign_key="dialogues.id", ondelete="CASCADE")
    id: str = Field(primary_key=True)
    seq: int = Field(sa_type=BigInteger)  # order: of chats the milliseconds since 1970, else the position from 0
    text: str
    side: str
    speaker: str = ""
    account: str = ""  # the other side's, from which it was written
    at: datetime | None = Field(default=None, sa_type=UtcTime)
    start: float | None = None  # seconds
    end: float | None = None
    words: tuple[Any, ...] = Field(default=(), sa_type=Items, nullable=False)  # [text, start, end, probability]


class StretchRow(Row, table=True):
    """A transcribed part of a recording whose transcript isn't ready, so that a crash costs no more than one."""

    __tablename__ = "stretches"

    dialogue_id: str = Field(primary_key=True, foreign_key="dialogues.id", ondelete="CASCADE")
    number: int = Field(primary_key=True)
    start: float
    end: float
    language: str
    utterances: tuple[Any, ...] = Field(sa_type=Items, nullable=False)


class ConsentRow(Row, table=True):
    """Somebody agreed to be listened to, or no longer does. Rows are only ever added; the last one counts."""

    __tablename__ = "consents"
    __table_args__ = (
        CheckConstraint("kind IN ('room', 'customer', 'person')", name="kind"),
        Index(None, "kind", "subject", "seq"),
        {"sqlite_autoincrement": True},
    )

    seq: int | None = Field(default=None, primary_key=True, sa_type=BigSerial)
    kind: str
    subject: str  # id of the room, the customer, or the person (ours or theirs)
    given: bool
    at: datetime = Field(sa_type=UtcTime)
    by: str  # who noted it
    source: str  # where it was said: the name of a file, a command, a card


OWN_RULE = "own_rule"  # the kind of what a rule found that somebody made for themselves: seen like the rule


class SignalRow(Row, table=True):
    """Something worth noticing. Its id is made of what it is about, so that finding it twice stores it once."""

    __tablename__ = "signals"
    __table_args__ = (
        Index(None, "dialogue_id"),
        Index(None, "customer_id", "happened_at"),
        Index(None, "person_id", "happened_at"),
        Index(None, "deal_id"),
        Index(None, "kind", "happened_at"),
    )

    id: str = Field(primary_key=True)
    kind: str
    dialogue_id: str = ""
    customer_id: str = ""
    person_id: str = ""
    deal_id: str = ""
    sureness: float  # 0..1, of the signal: nothing in these tables measures a person
    evidence: tuple[Any, ...] = Field(default=(), sa_type=Items, nullable=False)
    facts: dict[str, Any] = Field(sa_type=JSON)  # what a card fills in
    happened_at: datetime = Field(sa_type=UtcTime)
    found_at: datetime = Field(sa_type=UtcTime)


class TaskRow(Row, table=True):
    """Something that one of us promised a customer."""

    __tablename__ = "tasks"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'done', 'dropped')", name="state"),
        Index(None, "person_id", "state", "due"),
        Index(None, "customer_id"),
        Index(None, "dialogue_id"),
    )

    id: str = Field(primary_key=True)
    person_id: str
    customer_id: str = ""
    dialogue_id: str = ""
    utterance_id: str = ""
    text: str
    due: date | None = None
    state: str = "open"
    created_at: datetime = Field(sa_type=UtcTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcTime)
