"""Dialogues, what was said in them, who agreed to that, what was noticed and what was promised."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add tables; nothing that is there changes."""
    _dialogues()
    _utterances()
    _stretches()
    _consents()
    _signals()
    _tasks()


def _dialogues() -> None:
    op.create_table(
        "dialogues",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("deal_id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("file_id", sa.String(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("room", sa.String(), nullable=False),
        sa.Column("contacts", sa.Text(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=True),
        sa.Column("leftovers", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("source IN ('recording', 'chat', 'email')", name=op.f("ck_dialogues_source")),
        sa.CheckConstraint(
            "state IN ('waiting', 'transcribing', 'ready', 'refused', 'purged')", name=op.f("ck_dialogues_state")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_dialogues"),
    )
    op.create_index("ix_dialogues_customer_id_begun_at", "dialogues", ["customer_id", "begun_at"])
    op.create_index("ix_dialogues_deal_id", "dialogues", ["deal_id"])
    op.create_index("ix_dialogues_person_id_begun_at", "dialogues", ["person_id", "begun_at"])
    op.create_index("ix_dialogues_room", "dialogues", ["room"])
    op.create_index("ix_dialogues_state", "dialogues", ["state"])


def _utterances() -> None:
    op.create_table(
        "utterances",
        sa.Column("dialogue_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("speaker", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("start", sa.Float(), nullable=True),
        sa.Column("end", sa.Float(), nullable=True),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.CheckConstraint("side IN ('ours', 'theirs', 'unknown')", name=op.f("ck_utterances_side")),
        sa.ForeignKeyConstraint(
            ["dialogue_id"], ["dialogues.id"], name="fk_utterances_dialogue_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("dialogue_id", "id", name="pk_utterances"),
    )
    op.create_index("ix_utterances_dialogue_id_seq", "utterances", ["dialogue_id", "seq"])


def _stretches() -> None:
    op.create_table(
        "stretches",
        sa.Column("dialogue_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("start", sa.Float(), nullable=False),
        sa.Column("end", sa.Float(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("utterances", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["dialogue_id"], ["dialogues.id"], name="fk_stretches_dialogue_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("dialogue_id", "number", name="pk_stretches"),
    )


def _consents() -> None:
    op.create_table(
        "consents",
        sa.Column("seq", _SERIAL, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.CheckConstraint("kind IN ('room', 'customer', 'person')", name=op.f("ck_consents_kind")),
        sa.PrimaryKeyConstraint("seq", name="pk_consents"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_consents_kind_subject_seq", "consents", ["kind", "subject", "seq"])


def _signals() -> None:
    op.create_table(
        "signals",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("dialogue_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("deal_id", sa.String(), nullable=False),
        sa.Column("sureness", sa.Float(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_signals"),
    )
    op.create_index("ix_signals_customer_id_happened_at", "signals", ["customer_id", "happened_at"])
    op.create_index("ix_signals_deal_id", "signals", ["deal_id"])
    op.create_index("ix_signals_dialogue_id", "signals", ["dialogue_id"])
    op.create_index("ix_signals_kind_happened_at", "signals", ["kind", "happened_at"])
    op.create_index("ix_signals_person_id_happened_at", "signals", ["person_id", "happened_at"])


def _tasks() -> None:
    op.create_table(
        "tasks",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("dialogue_id", sa.String(), nullable=False),
        sa.Column("utterance_id", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('open', 'done', 'dropped')", name=op.f("ck_tasks_state")),
        sa.PrimaryKeyConstraint("id", name="pk_tasks"),
    )
    op.create_index("ix_tasks_customer_id", "tasks", ["customer_id"])
    op.create_index("ix_tasks_dialogue_id", "tasks", ["dialogue_id"])
    op.create_index("ix_tasks_person_id_state_due", "tasks", ["person_id", "state", "due"])
