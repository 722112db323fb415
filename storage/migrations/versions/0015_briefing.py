"""The morning meeting: what was told, what was decided about it, who got it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """New tables only."""
    op.create_table(
        "brief_findings",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("finder", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("money_fen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "scope", "key", name="pk_brief_findings"),
    )
    op.create_table(
        "brief_decisions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("finder", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("ids", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("task_id", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("decision IN ('planned', 'dismissed')", name=op.f("ck_brief_decisions_decision")),
        sa.PrimaryKeyConstraint("id", name="pk_brief_decisions"),
    )
    op.create_index("ix_brief_decisions_scope_finder", "brief_decisions", ["scope", "finder"])
    op.create_table(
        "brief_sendings",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("card_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", "person_id", name="pk_brief_sendings"),
    )
