"""What the morning meeting told whom, what was decided about it, and who got it on which day."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from storage.tables.base import Row
from storage.tables.types import Items, UtcTime, Yuan


class BriefFindingRow(Row, table=True):
    """A finding that was told on a day, with what it measured then. The key makes it one, whoever got it."""

    __tablename__ = "brief_findings"

    day: date = Field(primary_key=True)
    scope: str = Field(primary_key=True)  # kind:name, as in team:华东组; of a rep own:E1001
    key: str = Field(primary_key=True)  # finder, or finder:what it is about
    finder: str
    count: int
    money: Decimal = Field(sa_type=Yuan, sa_column_kwargs={"name": "money_fen"})


class BriefDecisionRow(Row, table=True):
    """Somebody planned a finding's action, or said of its rows that they are no problem."""

    __tablename__ = "brief_decisions"
    __table_args__ = (
        CheckConstraint("decision IN ('planned', 'dismissed')", name="decision"),
        Index(None, "scope", "finder"),
    )

    id: str = Field(primary_key=True)  # made of scope, key, decision and the brief's day: pressed twice it is one
    scope: str
    key: str
    finder: str
    decision: str
    ids: tuple[str, ...] = Field(default=(), sa_type=Items, nullable=False)  # the rows it was about
    reason: str = ""
    task_id: str = ""
    by: str
    at: datetime = Field(sa_type=UtcTime)


class BriefSendingRow(Row, table=True):
    """Somebody was sent the brief of a day: the key makes it once, however many processes look at the clock."""

    __tablename__ = "brief_sendings"

    day: date = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    scope: str
    card_id: str = ""  # "": nothing was found, and that was said
    at: datetime = Field(sa_type=UtcTime)
