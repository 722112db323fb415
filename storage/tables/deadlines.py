"""Deadlines that business events open and close (SLA), and everything that was said about them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from storage.tables.base import Row
from storage.tables.types import BigSerial, UtcTime

_DUE = text("next_at IS NOT NULL")
_OPEN = text("state IN ('open', 'late')")


class DeadlineRow(Row, table=True):
    """What must have happened by when. `late` is open and past due; `met` and `missed` are over."""

    __tablename__ = "deadlines"
    __table_args__ = (
        UniqueConstraint("sla", "case_key", "opened_seq", name="uq_deadlines_sla"),
        CheckConstraint("state IN ('open', 'late', 'met', 'missed', 'cancelled')", name="state"),
        Index("ix_deadlines_next", "next_at", sqlite_where=_DUE, postgresql_where=_DUE),
        Index("ix_deadlines_open", "sla", "case_key", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index(None, "sla", "opened_at"),
        Index(None, "case_key"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigSerial)
    sla: str
    sla_version: int  # of the rule by which `due_at` was reckoned
    case_key: str  # value of the correlation key: SO00012
    opened_seq: int = Field(sa_type=BigSerial)  # the event that began it
    opened_at: datetime = Field(sa_type=UtcTime)
    due_at: datetime = Field(sa_type=UtcTime)
    closed_seq: int | None = Field(default=None, sa_type=BigSerial)  # the event that ended it
    closed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    state: str = "open"
    rung: int = 0  # of the ladder: the next one to step on
    rounds: int = 0  # how often that rung has been repeated
    next_at: datetime | None = Field(default=None, sa_type=UtcTime)  # when to look again; None: never
    acknowledged_by: str = ""
    acknowledged_at: datetime | None = Field(default=None, sa_type=UtcTime)
    snoozed_until: datetime | None = Field(default=None, sa_type=UtcTime)
    resolved_by: str = ""  # who said that it is settled without the event
    reason: str = ""  # of the snooze or the settlement
    customer_id: str = ""
    contract_id: str = ""
    person_id: str = ""  # the owner, when it was opened
    region: str = ""


class DeadlineNoteRow(Row, table=True):
    """What was told to whom, or who said what, about a deadline."""

    __tablename__ = "deadline_notes"
    __table_args__ = (
        UniqueConstraint("deadline_id", "kind", "rung", "round", "person_id", name="uq_deadline_notes_deadline_id"),
        Index(None, "deadline_id", "at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigSerial)
    deadline_id: int = Field(sa_type=BigSerial)
    at: datetime = Field(sa_type=UtcTime)
    kind: str  # nudge, escalation, over, acknowledged, snoozed, resolved
    rung: int = -1
    round: int = 0
    person_id: str = ""  # who was told, or who did it
    card_id: str = ""
    text: str = ""
