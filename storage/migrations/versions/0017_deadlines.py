"""Deadlines that events open and close."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_DUE = sa.text("next_at IS NOT NULL")
_OPEN = sa.text("state IN ('open', 'late')")
_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """New tables only."""
    op.create_table(
        "deadline_notes",
        sa.Column("id", _SERIAL, nullable=False),
        sa.Column("deadline_id", _SERIAL, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("card_id", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline_notes")),
        sa.UniqueConstraint("deadline_id", "kind", "rung", "round", "person_id", name="uq_deadline_notes_deadline_id"),
    )
    op.create_table(
        "deadlines",
        sa.Column("id", _SERIAL, nullable=False),
        sa.Column("sla", sa.String(), nullable=False),
        sa.Column("sla_version", sa.Integer(), nullable=False),
        sa.Column("case_key", sa.String(), nullable=False),
        sa.Column("opened_seq", _SERIAL, nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_seq", _SERIAL, nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.String(), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("contract_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'late', 'met', 'missed', 'cancelled')", name=op.f("ck_deadlines_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadlines")),
        sa.UniqueConstraint("sla", "case_key", "opened_seq", name="uq_deadlines_sla"),
    )
    op.create_index(
        "ix_deadlines_next",
        "deadlines",
        ["next_at"],
        sqlite_where=_DUE,
        postgresql_where=_DUE,
    )
    op.create_index(
        "ix_deadlines_open",
        "deadlines",
        ["sla", "case_key"],
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index(op.f("ix_deadline_notes_deadline_id_at"), "deadline_notes", ["deadline_id", "at"])
    op.create_index(op.f("ix_deadlines_case_key"), "deadlines", ["case_key"])
    op.create_index(op.f("ix_deadlines_sla_opened_at"), "deadlines", ["sla", "opened_at"])
