"""Business events as they came, what was sent on of them to whom, and the systems that send and listen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, UniqueConstraint, text
from sqlmodel import Field

from storage.tables.base import Row
from storage.tables.types import BigSerial, UtcTime

_WAITING = text("state = 'waiting'")
_ORDERED = text("state = 'waiting' AND order_key <> ''")
_KEPT = text("state IN ('dead', 'held')")


class EventRow(Row, table=True):
    """One accepted event. What it is about (`customer_id` …) is looked up from its data, for row permissions."""

    __tablename__ = "business_events"
    __table_args__ = (
        UniqueConstraint("source", "id", name="uq_business_events_source_id"),  # CloudEvents: together unique
        Index(None, "type", "time"),
        Index(None, "time"),
        Index(None, "customer_id"),
    )

    seq: int | None = Field(default=None, primary_key=True, sa_type=BigSerial)  # the order in which they came
    id: str
    source: str
    type: str
    version: int  # of the schema that `data` satisfies: the newest when it came
    producer: str  # name of the system that sent it
    subject: str = ""
    time: datetime = Field(sa_type=UtcTime)  # when it happened, as its sender's clock says
    received_at: datetime = Field(sa_type=UtcTime)  # by ours
    data: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    original: dict[str, Any] | None = Field(
        default=None, sa_column=Column(JSON(none_as_null=True))
    )  # as it came; NULL: `data` is it
    mended: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))  # what differs
    extensions: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    customer_id: str = ""
    contract_id: str = ""
    person_id: str = ""  # our person whom it concerns
    region: str = ""


class EventKeyRow(Row, table=True):
    """A name by which an event is found: order_no SO00012."""

    __tablename__ = "event_keys"
    __table_args__ = (Index(None, "name", "value"),)

    event_seq: int = Field(primary_key=True, sa_type=BigSerial, sa_column_kwargs={"autoincrement": False})
    name: str = Field(primary_key=True)
    value: str


class QuarantinedEventRow(Row, table=True):
    """An event that could not be taken as it is. Nothing is dropped: somebody decides."""

    __tablename__ = "quarantined_events"
    __table_args__ = (
        UniqueConstraint("source", "event_id", name="uq_quarantined_events_source_event_id"),
        CheckConstraint("state IN ('open', 'released', 'discarded')", name="state"),
        Index(None, "state", "received_at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigSerial)
    producer: str
    source: str
    event_id: str
    type: str
    reason: str  # unknown_type, unknown_version, invalid
    faults: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    envelope: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))  # the whole CloudEvent, structured
    proposal: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    state: str = "open"
    received_at: datetime = Field(sa_type=UtcTime)
    decided_by: str = ""
    decided_at: datetime | None = Field(default=None, sa_type=UtcTime)
    event_seq: int | None = Field(default=None, sa_type=BigSerial)  # what became of it


class MendingRow(Row, table=True):
    """A mapping that somebody approved: from now on this producer's field means that one."""

    __tablename__ = "event_mendings"
    __table_args__ = (UniqueConstraint("producer", "type", "given", name="uq_event_mendings_producer_type_given"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigSerial)
    producer: str
    type: str
    given: str  # the field as it is sent
    field: str  # as the schema calls it
    convert: str = ""  # how its value changes; "": not
    approved_by: str
    approved_at: datetime = Field(sa_type=UtcTime)


class SystemRow(Row, table=True):
    """One version of a connected system's entry: what it may send, what it listens to."""

    __tablename__ = "event_systems"

    name: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    text: str  # as written; "" when the system was taken away
    by: str
    at: datetime = Field(sa_type=UtcTime)
    note: str = ""


class EventSubscriptionRow(Row, table=True):
    """How a subscription of an entry stands. No row: it was never rehearsed."""

    __tablename__ = "event_subscriptions"
    __table_args__ = (CheckConstraint("state IN ('locked', 'live', 'paused', 'disabled')", name="state"),)

    system: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    state: str = "locked"
    since: datetime = Field(sa_type=UtcTime)
    by: str = ""  # who changed it; "": the bot
    reason: str = ""
    failing_since: datetime | None = Field(default=None, sa_type=UtcTime)
    failures: int = 0  # in a row
    told_at: datetime | None = Field(default=None, sa_type=UtcTime)  # when its owner was told
    proof: str = ""  # of the endpoint, secret and version that passed the rehearsal: another one locks again
    free_at: datetime | None = Field(default=None, sa_type=UtcTime)  # with a rate: until when its share is used up


class EventDeliveryRow(Row, table=True):
    """One event for one subscription: the action, and what became of it."""

    __tablename__ = "event_deliveries"
    __table_args__ = (
        UniqueConstraint("event_seq", "system", "subscription", name="uq_event_deliveries_event_seq"),
        CheckConstraint("state IN ('waiting', 'done', 'dead', 'held')", name="state"),
        Index(  # of each subscription by itself: one with a long queue doesn't hide the others
            "ix_event_deliveries_due",
            "system",
            "subscription",
            "next_at",
            "event_seq",
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
        Index(
            "ix_event_deliveries_order",
            "system",
            "subscription",
            "order_key",
            "event_seq",
            sqlite_where=_ORDERED,
            postgresql_where=_ORDERED,
        ),
        Index(
            "ix_event_deliveries_kept",
            "system",
            "subscription",
            "state",
            sqlite_where=_KEPT,
            postgresql_where=_KEPT,
        ),
        Index(None, "system", "subscription", "created_at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigSerial)
    event_seq: int = Field(sa_type=BigSerial)
    system: str
    subscription: str
    order_key: str = ""  # those of one key go one after the other; "": any order
    state: str = "waiting"  # held: the subscription is locked, paused or disabled
    attempts: int = 0  # since it was made or replayed
    replays: int = 0
    next_at: datetime = Field(sa_type=UtcTime)  # while somebody sends it: when it may be taken from them
    claimed_by: str = ""  # the process that sends it at this moment
    claimed_until: datetime | None = Field(default=None, sa_type=UtcTime)
    status: int = 0  # HTTP; 0: no answer
    reason: str = ""  # why the last try failed
    answer: str = ""  # the beginning of what the subscriber said
    result_seq: int | None = Field(default=None, sa_type=BigSerial)  # the event that it answered with
    milliseconds: int = 0  # of the last try
    created_at: datetime = Field(sa_type=UtcTime)
    tried_at: datetime | None = Field(default=None, sa_type=UtcTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcTime)


class EventAttemptRow(Row, table=True):
    """A try that failed."""

    __tablename__ = "event_attempts"

    delivery_id: int = Field(primary_key=True, sa_type=BigSerial, sa_column_kwargs={"autoincrement": False})
    replay: int = Field(primary_key=True)
    number: int = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcTime)
    status: int = 0
    reason: str = ""
    milliseconds: int = 0


class EventWatchRow(Row, table=True):
    """How far a table of somebody's database has been read for events."""

    __tablename__ = "event_watches"

    system: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    position: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    read_at: datetime | None = Field(default=None, sa_type=UtcTime)
    fault: str = ""


class RehearsalRow(Row, table=True):
    """A run of the sandbox against one subscription."""

    __tablename__ = "event_rehearsals"
    __table_args__ = (
        CheckConstraint("state IN ('running', 'passed', 'failed', 'broken')", name="state"),
        Index(None, "system", "subscription", "started_at"),
    )

    id: str = Field(primary_key=True)
    system: str
    subscription: str
    proof: str  # of what was rehearsed, as in event_subscriptions
    state: str = "running"
    by: str
    started_at: datetime = Field(sa_type=UtcTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)
    plan: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))  # events, faults, seed
    report: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
