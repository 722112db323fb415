"""People who have left."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Everybody is still here. The default is the database's: processes of the version before add people too."""
    op.add_column("people", sa.Column("gone", sa.Boolean(), nullable=False, server_default=sa.false()))
