"""Business events, connected systems, and what was sent to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_WAITING = sa.text("state = 'waiting'")
_ORDERED = sa.text("state = 'waiting' AND order_key <> ''")
_KEPT = sa.text("state IN ('dead', 'held')")
_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """New tables only."""
    op.create_table(
        "business_events",
        sa.Column("seq", _SERIAL, nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("producer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("original", sa.JSON(), nullable=True),
        sa.Column("mended", sa.JSON(), nullable=False),
        sa.Column("extensions", sa.JSON(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("contract_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_business_events")),
        sa.UniqueConstraint("source", "id", name="uq_business_events_source_id"),
    )
    op.create_index(op.f("ix_business_events_customer_id"), "business_events", ["customer_id"])
    op.create_index(op.f("ix_business_events_time"), "business_events", ["time"])
    op.create_index(op.f("ix_business_events_type_time"), "business_events", ["type", "time"])
    op.create_table(
        "event_attempts",
        sa.Column("delivery_id", _SERIAL, autoincrement=False, nullable=False),
        sa.Column("replay", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("delivery_id", "replay", "number", name=op.f("pk_event_attempts")),
    )
    op.create_table(
        "event_deliveries",
        sa.Column("id", _SERIAL, nullable=False),
        sa.Column("event_seq", _SERIAL, nullable=False),
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("subscription", sa.String(), nullable=False),
        sa.Column("order_key", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("replays", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_by", sa.String(), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("result_seq", _SERIAL, nullable=True),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'done', 'dead', 'held')", name=op.f("ck_event_deliveries_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_deliveries")),
        sa.UniqueConstraint("event_seq", "system", "subscription", name="uq_event_deliveries_event_seq"),
    )
    op.create_index(
        "ix_event_deliveries_due",
        "event_deliveries",
        ["system", "subscription", "next_at", "event_seq"],
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )
    op.create_index(
        "ix_event_deliveries_order",
        "event_deliveries",
        ["system", "subscription", "order_key", "event_seq"],
        sqlite_where=_ORDERED,
        postgresql_where=_ORDERED,
    )
    op.create_index(
        "ix_event_deliveries_kept",
        "event_deliveries",
        ["system", "subscription", "state"],
        sqlite_where=_KEPT,
        postgresql_where=_KEPT,
    )
    op.create_index(
        op.f("ix_event_deliveries_system_subscription_created_at"),
        "event_deliveries",
        ["system", "subscription", "created_at"],
    )
    op.create_table(
        "event_keys",
        sa.Column("event_seq", _SERIAL, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("event_seq", "name", name=op.f("pk_event_keys")),
    )
    op.create_index(op.f("ix_event_keys_name_value"), "event_keys", ["name", "value"])
    op.create_table(
        "event_mendings",
        sa.Column("id", _SERIAL, nullable=False),
        sa.Column("producer", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("given", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("convert", sa.String(), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_mendings")),
        sa.UniqueConstraint("producer", "type", "given", name="uq_event_mendings_producer_type_given"),
    )
    op.create_table(
        "event_rehearsals",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("subscription", sa.String(), nullable=False),
        sa.Column("proof", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "state IN ('running', 'passed', 'failed', 'broken')", name=op.f("ck_event_rehearsals_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_rehearsals")),
    )
    op.create_index(
        op.f("ix_event_rehearsals_system_subscription_started_at"),
        "event_rehearsals",
        ["system", "subscription", "started_at"],
    )
    op.create_table(
        "event_subscriptions",
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proof", sa.String(), nullable=False),
        sa.Column("free_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('locked', 'live', 'paused', 'disabled')", name=op.f("ck_event_subscriptions_state")
        ),
        sa.PrimaryKeyConstraint("system", "name", name=op.f("pk_event_subscriptions")),
    )
    op.create_table(
        "event_systems",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", "version", name=op.f("pk_event_systems")),
    )
    op.create_table(
        "event_watches",
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.JSON(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fault", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("system", "name", name=op.f("pk_event_watches")),
    )
    op.create_table(
        "quarantined_events",
        sa.Column("id", _SERIAL, nullable=False),
        sa.Column("producer", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.Column("envelope", sa.JSON(), nullable=False),
        sa.Column("proposal", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("event_seq", _SERIAL, nullable=True),
        sa.CheckConstraint("state IN ('open', 'released', 'discarded')", name=op.f("ck_quarantined_events_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantined_events")),
        sa.UniqueConstraint("source", "event_id", name="uq_quarantined_events_source_event_id"),
    )
    op.create_index(op.f("ix_quarantined_events_state_received_at"), "quarantined_events", ["state", "received_at"])
