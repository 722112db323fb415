"""One customer across systems: which record belongs to whom, which customers may be one, which were merged."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, text
from sqlmodel import Field

from storage.tables.base import Row
from storage.tables.types import BigSerial, UtcTime


class IdentityRow(Row, table=True):
    """A lead, contract, payment or ticket belongs to this customer."""

    __tablename__ = "identities"
    __table_args__ = (
        CheckConstraint("how IN ('key', 'name', 'model', 'person')", name="how"),
        Index(None, "customer_id"),
    )

    entity: str = Field(primary_key=True)
    record_id: str = Field(primary_key=True)
    customer_id: str
    how: str  # by a key, by an equal name, by the model, or as a person decided
    probability: float = 1.0
    at: datetime = Field(sa_type=UtcTime)
    by: str = ""


class MatchRow(Row, table=True):
    """Two customers, or a record and a customer, that may be one: what people review."""

    __tablename__ = "matches"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'same', 'different')", name="state"),
        Index(None, "state"),
    )

    left_kind: str = Field(primary_key=True)  # "customer", or the entity of a record
    left_id: str = Field(primary_key=True)
    right_id: str = Field(primary_key=True)  # always a customer
    probability: float
    evidence: Any = Field(sa_type=JSON, nullable=False)  # per field: how alike, and what it weighs
    state: str = "open"
    at: datetime = Field(sa_type=UtcTime)
    decided_by: str = ""
    decided_at: datetime | None = Field(default=None, sa_type=UtcTime)


class MergeRow(Row, table=True):
    """Two customers are one. Nothing of either is rewritten, so this can be undone.

    Whoever is kept is never gone itself: what pointed to a customer that goes now points to the one that is kept, by
    a row of its own, which names the merge that caused it and ends with it.
    """

    __tablename__ = "customer_merges"
    __table_args__ = (
        CheckConstraint("kept_id <> gone_id", name="two"),
        Index(
            "uq_customer_merges_gone",
            "gone_id",
            unique=True,
            sqlite_where=text("undone_at IS NULL"),
            postgresql_where=text("undone_at IS NULL"),
        ),
        Index(None, "kept_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigSerial)
    kept_id: str = Field(foreign_key="customers.id")
    gone_id: str = Field(foreign_key="customers.id")
    how: str = "person"  # "key", "model" or "person"
    by: str = ""
    at: datetime = Field(sa_type=UtcTime)
    through: int | None = None  # the merge that moved this pointer; None: somebody decided about these two
    undone_by: str = ""
    undone_at: datetime | None = Field(default=None, sa_type=UtcTime)
    ended_through: int | None = None  # the merge that moved it on
