"""The customers' people, from which account something was written, and when quotes were sent and opened."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Defaults are the database's: processes of the version before go on writing."""
    op.create_table(
        "customer_people",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("deal_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("decides", sa.Boolean(), nullable=True),
        sa.Column("mobile", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("wecom", sa.String(), nullable=False),
        sa.Column("slack", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_customer_people_customer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_customer_people"),
    )
    op.create_index("ix_customer_people_customer_id", "customer_people", ["customer_id"])
    op.add_column("utterances", sa.Column("account", sa.String(), nullable=False, server_default=""))
    op.add_column("quotes", sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("quotes", sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("quotes", sa.Column("opening_seen", sa.Boolean(), nullable=False, server_default=sa.false()))
