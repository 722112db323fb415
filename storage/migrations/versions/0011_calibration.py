"""Three-way calibration: the monthly agenda, versions of what was agreed on, and which prompt was labelled."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_NUMBERED = sa.text("version > 0")


def upgrade() -> None:
    """Defaults are the database's: processes of the version before label and propose too."""
    op.create_table(
        "agendas",
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("month", name="pk_agendas"),
    )
    op.add_column("labels", sa.Column("prompt_id", sa.String(), nullable=False, server_default=""))
    op.create_index("ix_labels_prompt_id", "labels", ["prompt_id"])
    op.create_index("ix_prompts_kind_decided_at", "prompts", ["kind", "decided_at"])
    _proposals()


def _proposals() -> None:
    op.add_column("proposals", sa.Column("version", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("proposals", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("proposals", sa.Column("closed_by", sa.String(), nullable=False, server_default=""))
    op.add_column("proposals", sa.Column("note", sa.String(), nullable=False, server_default=""))
    op.create_index(
        "ix_proposals_version",
        "proposals",
        ["version"],
        unique=True,
        sqlite_where=_NUMBERED,
        postgresql_where=_NUMBERED,
    )
