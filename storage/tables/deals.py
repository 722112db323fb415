"""Deals of the CRM: how far each is, how it got there, and what was quoted."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from storage.tables.base import Row
from storage.tables.types import UtcTime, Yuan


class DealRow(Row, table=True):
    """One opportunity (商机) with one customer."""

    __tablename__ = "deals"
    __table_args__ = (
        CheckConstraint("result IN ('open', 'won', 'lost')", name="result"),
        Index(None, "customer_id"),
        Index(None, "owner_id"),
        Index(None, "result"),
    )

    id: str = Field(primary_key=True)
    name: str = ""
    customer_id: str = Field(foreign_key="customers.id")
    owner_id: str = ""  # "": nobody
    product: str = ""
    stage: str = ""  # a key of the vocabulary: lead, discovery, demo, quote, negotiation, contract …
    stage_entered: date | None = None
    amount: Decimal | None = Field(default=None, sa_type=Yuan, sa_column_kwargs={"name": "amount_fen"})
    competitor: str = ""
    created: date | None = None
    expected_close: date | None = None
    closed: date | None = None
    result: str = "open"
    lost_reason: str = ""
    lead_id: str = ""
    last_followed: date | None = None


class StageRow(Row, table=True):
    """A deal came to a stage. It may come to one twice, on different days."""

    __tablename__ = "stage_history"

    deal_id: str = Field(primary_key=True, foreign_key="deals.id", ondelete="CASCADE")
    stage: str = Field(primary_key=True)
    entered: date = Field(primary_key=True)


class QuoteRow(Row, table=True):
    """A price that a customer was told."""

    __tablename__ = "quotes"
    __table_args__ = (Index(None, "deal_id"), Index(None, "customer_id"), Index(None, "quoted_on"))

    id: str = Field(primary_key=True)
    deal_id: str = ""  # "": outside any deal
    customer_id: str = Field(foreign_key="customers.id")
    owner_id: str = ""
    product: str = ""
    amount: Decimal | None = Field(default=None, sa_type=Yuan, sa_column_kwargs={"name": "amount_fen"})
    competitor: str = ""
    competitor_amount: Decimal | None = Field(
        default=None, sa_type=Yuan, sa_column_kwargs={"name": "competitor_amount_fen"}
    )
    explained: bool | None = None  # whether the difference in value was explained; None: not noted
    version: int | None = None
    quoted_on: date | None = None
    note: str = ""
    sent_at: datetime | None = Field(default=None, sa_type=UtcTime)
    opened_at: datetime | None = Field(default=None, sa_type=UtcTime)  # by the customer
    opening_seen: bool = False  # whether it would be known if the customer had opened it
