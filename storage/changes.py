"""What a statement changed."""

from __future__ import annotations

from sqlalchemy import UpdateBase
from sqlmodel import Session


def rows_changed(session: Session, statement: UpdateBase) -> int:
    """Run an update or a deletion; how many rows it met. Of two processes that want the same row, one gets 1."""
    return session.connection().execute(statement).rowcount
