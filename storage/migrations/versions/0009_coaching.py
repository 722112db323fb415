"""Prompts and what became of them, labels, rules, proposals, patterns and visits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_ONE_PER_EVENT = sa.text("state = 'sent' AND event <> ''")


def upgrade() -> None:
    """Add tables; nothing that is there changes."""
    _prompts()
    _labels()
    _rules()
    _proposals()
    _patterns()
    _visits()


def _prompts() -> None:
    op.create_table(
        "prompts",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("signal_ids", sa.JSON(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("deal_id", sa.String(), nullable=False),
        sa.Column("dialogue_id", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("priority", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("arithmetic", sa.JSON(), nullable=False),
        sa.Column("card_id", sa.String(), nullable=False),
        sa.Column("response", sa.String(), nullable=False),
        sa.Column("responded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("priority IN ('high', 'normal', 'low')", name=op.f("ck_prompts_priority")),
        sa.CheckConstraint(
            "response IN ('', 'used', 'not_fit', 'later', 'less', 'interrupted', 'ignored')",
            name=op.f("ck_prompts_response"),
        ),
        sa.CheckConstraint("state IN ('sent', 'withheld', 'digest')", name=op.f("ck_prompts_state")),
        sa.PrimaryKeyConstraint("id", name="pk_prompts"),
    )
    op.create_index("ix_prompts_card_id", "prompts", ["card_id"])
    op.create_index("ix_prompts_customer_id_decided_at", "prompts", ["customer_id", "decided_at"])
    op.create_index("ix_prompts_dialogue_id", "prompts", ["dialogue_id"])
    op.create_index(
        "ix_prompts_person_id_customer_id_event",
        "prompts",
        ["person_id", "customer_id", "event"],
        unique=True,
        sqlite_where=_ONE_PER_EVENT,
        postgresql_where=_ONE_PER_EVENT,
    )
    op.create_index("ix_prompts_person_id_decided_at", "prompts", ["person_id", "decided_at"])


def _labels() -> None:
    op.create_table(
        "labels",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("signal_id", sa.String(), nullable=False),
        sa.Column("dialogue_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("verdict IN ('right', 'wrong', 'missed')", name=op.f("ck_labels_verdict")),
        sa.PrimaryKeyConstraint("id", name="pk_labels"),
    )
    op.create_index("ix_labels_dialogue_id", "labels", ["dialogue_id"])
    op.create_index("ix_labels_kind_at", "labels", ["kind", "at"])
    op.create_index("ix_labels_signal_id", "labels", ["signal_id"])


def _rules() -> None:
    op.create_table(
        "rules",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'live', 'off')", name=op.f("ck_rules_state")),
        sa.PrimaryKeyConstraint("id", name="pk_rules"),
    )
    op.create_index("ix_rules_owner_id", "rules", ["owner_id"])
    op.create_index("ix_rules_state", "rules", ["state"])


def _proposals() -> None:
    op.create_table(
        "proposals",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("change", sa.JSON(), nullable=False),
        sa.Column("replay", sa.JSON(), nullable=False),
        sa.Column("approvals", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('open', 'applied', 'refused', 'reverted')", name=op.f("ck_proposals_state")),
        sa.PrimaryKeyConstraint("id", name="pk_proposals"),
    )
    op.create_index("ix_proposals_month", "proposals", ["month"])


def _patterns() -> None:
    op.create_table(
        "patterns",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("stages", sa.JSON(), nullable=False),
        sa.Column("quotes", sa.JSON(), nullable=False),
        sa.Column("effect", sa.JSON(), nullable=False),
        sa.Column("trigger", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('found', 'published', 'off')", name=op.f("ck_patterns_state")),
        sa.PrimaryKeyConstraint("id", name="pk_patterns"),
    )


def _visits() -> None:
    op.create_table(
        "visits",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_visits"),
    )
    op.create_index("ix_visits_customer_id_begins_at", "visits", ["customer_id", "begins_at"])
    op.create_index("ix_visits_person_id_begins_at", "visits", ["person_id", "begins_at"])
