"""Prompts and what became of them, what people taught the rules, and what works.

A13: nothing here, and nothing in any other table, scores or punishes a person; a test looks at every column.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, text
from sqlmodel import Field

from storage.tables.base import Row
from storage.tables.types import Items, UtcTime

_ONE_PER_EVENT = text("state = 'sent' AND event <> ''")
_NUMBERED = text("version > 0")


class PromptRow(Row, table=True):
    """A prompt that was sent, held back, or put into the digest; and what the person did with it."""

    __tablename__ = "prompts"
    __table_args__ = (
        CheckConstraint("state IN ('sent', 'withheld', 'digest')", name="state"),
        CheckConstraint("priority IN ('high', 'normal', 'low')", name="priority"),
        CheckConstraint(
            "response IN ('', 'used', 'not_fit', 'later', 'less', 'interrupted', 'ignored')", name="response"
        ),
        # The guarantee "one card per customer and event": a second one can't be stored as sent.
        Index(
            None,
            "person_id",
            "customer_id",
            "event",
            unique=True,
            sqlite_where=_ONE_PER_EVENT,
            postgresql_where=_ONE_PER_EVENT,
        ),
        Index(None, "person_id", "decided_at"),
        Index(None, "customer_id", "decided_at"),
        Index(None, "kind", "decided_at"),
        Index(None, "dialogue_id"),
        Index(None, "card_id"),
    )

    id: str = Field(primary_key=True)
    kind: str
    signal_ids: tuple[str, ...] = Field(default=(), sa_type=Items, nullable=False)
    person_id: str  # who got it, or would have
    customer_id: str = ""
    deal_id: str = ""
    dialogue_id: str = ""
    event: str = ""  # what it belongs to (a visit, a dialogue, a day); "": the limit doesn't count
    priority: str = "normal"
    decided_at: datetime = Field(sa_type=UtcTime)
    state: str
    reason: str = ""  # why it was held back: the last part of a locale key
    arithmetic: dict[str, Any] = Field(sa_type=JSON)  # the numbers behind the decision, for "为什么少推了"
    card_id: str = ""
    response: str = ""
    responded_at: datetime | None = Field(default=None, sa_type=UtcTime)


class LabelRow(Row, table=True):
    """Somebody said whether a signal was right."""

    __tablename__ = "labels"
    __table_args__ = (
        CheckConstraint("verdict IN ('right', 'wrong', 'missed')", name="verdict"),
        Index(None, "kind", "at"),
        Index(None, "signal_id"),
        Index(None, "prompt_id"),
        Index(None, "dialogue_id"),
    )

    id: str = Field(primary_key=True)
    signal_id: str = ""  # "": a signal that was missed
    prompt_id: str = Field(default="", sa_column_kwargs={"server_default": ""})  # from which prompt it was said
    dialogue_id: str = ""  # where the text comes from, so that it goes with it
    kind: str
    text: str
    verdict: str
    reason: str = ""
    by: str
    at: datetime = Field(sa_type=UtcTime)


class RuleRow(Row, table=True):
    """A rule that somebody made by a sentence."""

    __tablename__ = "rules"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'live', 'off')", name="state"),
        Index(None, "owner_id"),
        Index(None, "state"),
    )

    id: str = Field(primary_key=True)
    sentence: str
    definition: dict[str, Any] = Field(sa_type=JSON)
    owner_id: str
    state: str = "draft"
    version: int = 1
    created_at: datetime = Field(sa_type=UtcTime)
    changed_at: datetime = Field(sa_type=UtcTime)


class ProposalRow(Row, table=True):
    """A change of thresholds or rules that three parties have to approve."""

    __tablename__ = "proposals"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'applied', 'refused', 'reverted')", name="state"),
        Index(None, "month"),
        Index(None, "version", unique=True, sqlite_where=_NUMBERED, postgresql_where=_NUMBERED),
    )

    id: str = Field(primary_key=True)
    month: str  # 2026-03
    change: dict[str, Any] = Field(sa_type=JSON)
    replay: dict[str, Any] = Field(sa_type=JSON)  # what it would have changed on history
    approvals: dict[str, Any] = Field(sa_type=JSON)  # party -> {"by": id, "at": ISO 8601}
    state: str = "open"
    at: datetime = Field(sa_type=UtcTime)
    version: int = Field(default=0, sa_column_kwargs={"server_default": "0"})  # counts what came to apply; 0: not yet
    closed_at: datetime | None = Field(default=None, sa_type=UtcTime)  # refused or reverted
    closed_by: str = Field(default="", sa_column_kwargs={"server_default": ""})
    note: str = Field(default="", sa_column_kwargs={"server_default": ""})  # why


class AgendaRow(Row, table=True):
    """What the three parties talk about in a month. The key makes it drafted once."""

    __tablename__ = "agendas"

    month: str = Field(primary_key=True)  # 2026-03: when they meet; the figures are of the month before
    figures: tuple[Any, ...] = Field(default=(), sa_type=Items, nullable=False)  # by kind
    at: datetime = Field(sa_type=UtcTime)


class PatternRow(Row, table=True):
    """A way of talking that won deals, mined from dialogues."""

    __tablename__ = "patterns"
    __table_args__ = (CheckConstraint("state IN ('found', 'published', 'off')", name="state"),)

    id: str = Field(primary_key=True)
    name: str
    stages: tuple[Any, ...] = Field(default=(), sa_type=Items, nullable=False)
    quotes: tuple[Any, ...] = Field(default=(), sa_type=Items, nullable=False)  # each with its "dialogue_id"
    effect: dict[str, Any] = Field(sa_type=JSON)  # on the win rate, with n and interval
    trigger: str = ""
    owner_id: str = ""
    version: int = 1
    state: str = "found"
    at: datetime = Field(sa_type=UtcTime)


class VisitRow(Row, table=True):
    """When somebody is with a customer."""

    __tablename__ = "visits"
    __table_args__ = (Index(None, "person_id", "begins_at"), Index(None, "customer_id", "begins_at"))

    id: str = Field(primary_key=True)
    person_id: str
    customer_id: str = ""
    begins_at: datetime = Field(sa_type=UtcTime)
    ends_at: datetime = Field(sa_type=UtcTime)
    source: str  # calendar, check-in, said
