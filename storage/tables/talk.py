"""What was said: conversations, messages, deliveries, and the one line of time they share."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from storage.tables.base import Row
from storage.tables.types import BigSerial, UtcTime


class ConversationRow(Row, table=True):
    """A place where somebody talks with the bot."""

    __tablename__ = "conversations"

    channel: str = Field(primary_key=True)
    conversation: str = Field(primary_key=True)
    person_id: str | None = None  # whoever was seen here first
    shared: bool = False  # a group, or an account that changed hands: nobody's own history
    created_at: datetime = Field(sa_type=UtcTime)
    last_at: datetime = Field(sa_type=UtcTime)


class MemoryRow(Row, table=True):
    """What a skill keeps in mind during a conversation."""

    __tablename__ = "conversation_memory"

    channel: str = Field(primary_key=True)
    conversation: str = Field(primary_key=True)
    skill: str = Field(primary_key=True)
    facts: dict[str, Any] = Field(sa_type=JSON)
    at: datetime = Field(sa_type=UtcTime)


class TimelineRow(Row, table=True):
    """The order of things, both directions: `seq` rises in the order of commits within a conversation."""

    __tablename__ = "timeline"
    __table_args__ = (
        UniqueConstraint("direction", "item"),
        CheckConstraint("direction IN ('in', 'out')", name="direction"),
        Index(None, "person_id", "seq"),
        Index(None, "channel", "conversation", "seq"),
        {"sqlite_autoincrement": True},  # a number never comes twice, even after deletions
    )

    seq: int | None = Field(default=None, primary_key=True, sa_type=BigSerial)
    direction: str  # "in": a message; "out": a delivery
    item: str  # its id
    channel: str
    conversation: str
    person_id: str | None = None  # whose history it belongs to
    at: datetime = Field(sa_type=UtcTime)


class MessageRow(Row, table=True):
    """A message as it came, stored once per id."""

    __tablename__ = "messages"
    __table_args__ = (Index(None, "answered_at"),)

    id: str = Field(primary_key=True)
    body: dict[str, Any] = Field(sa_type=JSON)
    received_at: datetime = Field(sa_type=UtcTime)
    answered_at: datetime | None = Field(default=None, sa_type=UtcTime)
    skill: str = ""


class DeliveryRow(Row, table=True):
    """One payload on its way to one address."""

    __tablename__ = "deliveries"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'sending', 'sent', 'dead')", name="state"),
        Index(None, "state", "updated_at"),
        Index(None, "channel", "conversation", "updated_at"),
        Index(None, "message_id"),
    )

    id: str = Field(primary_key=True)
    message_id: str = ""  # what it answers; "" when nobody asked
    channel: str
    conversation: str
    payload: dict[str, Any] = Field(sa_type=JSON)
    payload_hash: str
    state: str = "waiting"
    attempts: int = 0
    replays: int = 0
    reason: str = ""
    reference: str = ""
    created_at: datetime = Field(sa_type=UtcTime)
    updated_at: datetime = Field(sa_type=UtcTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcTime)


class CardRow(Row, table=True):
    """A card that was shown, as it looks now."""

    __tablename__ = "cards"
    __table_args__ = (Index(None, "message_id"),)

    id: str = Field(primary_key=True)
    skill: str
    channel: str
    conversation: str
    person_id: str
    message_id: str = ""
    body: dict[str, Any] = Field(sa_type=JSON)
    context: dict[str, Any] = Field(sa_type=JSON)
    created_at: datetime = Field(sa_type=UtcTime)
    updated_at: datetime = Field(sa_type=UtcTime)


class PressRow(Row, table=True):
    """A press of a card's button; the message that carried it counts once."""

    __tablename__ = "card_presses"
    __table_args__ = (Index(None, "card_id"),)

    message_id: str = Field(primary_key=True)
    card_id: str
    person_id: str
    action: str
    at: datetime = Field(sa_type=UtcTime)
