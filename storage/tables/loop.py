"""The closed loop: campaign → touch → lead → (deal) → contract → payment, with spend and service tickets beside it.

Deals and customers have tables of their own (`deals.py`, `organisation.py`). Every row here came from a source: which
one, the landing says (`sources.py`: entity and record). Links may point to what hasn't arrived yet: they are text, not
foreign keys.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Index
from sqlmodel import Field

from storage.tables.base import Row
from storage.tables.types import UtcTime, Words, Yuan


class CampaignRow(Row, table=True):
    """One marketing activity (市场活动) of one channel."""

    __tablename__ = "campaigns"
    __table_args__ = (Index(None, "owner_id"),)

    id: str = Field(primary_key=True)
    name: str = ""
    channel: str = ""
    starts: date | None = None
    ends: date | None = None
    budget: Decimal | None = Field(default=None, sa_type=Yuan, sa_column_kwargs={"name": "budget_fen"})
    owner_id: str = ""  # who answers for it
    industries: tuple[str, ...] = Field(default=(), sa_type=Words, nullable=False)


class TouchRow(Row, table=True):
    """One contact of one visitor with us (触点)."""

    __tablename__ = "touches"
    __table_args__ = (Index(None, "visitor_id"), Index(None, "at"))

    id: str = Field(primary_key=True)
    visitor_id: str
    channel: str = ""
    campaign_id: str = ""
    action: str = ""
    at: datetime = Field(sa_type=UtcTime)
    cost: Decimal | None = Field(default=None, sa_type=Yuan, sa_column_kwargs={"name": "cost_fen"})


class LeadRow(Row, table=True):
    """One marketing qualified lead (线索, MQL); `sql_at` once sales accepted it (SQL)."""

    __tablename__ = "leads"
    __table_args__ = (Index(None, "visitor_id"), Index(None, "created_at"), Index(None, "region"))

    id: str = Field(primary_key=True)
    visitor_id: str = ""
    company: str = ""
    contact: str = ""
    mobile: str = ""
    email: str = ""
    industry: str = ""
    province: str = ""
    region: str = ""
    channel: str = ""
    campaign_id: str = ""
    created_at: datetime | None = Field(default=None, sa_type=UtcTime)
    valid: bool | None = None  # None: the source doesn't say
    invalid_reason: str = ""
    invalid_at: datetime | None = Field(default=None, sa_type=UtcTime)
    sql_at: datetime | None = Field(default=None, sa_type=UtcTime)


class ContractRow(Row, table=True):
    """One signed contract (合同)."""

    __tablename__ = "contracts"
    __table_args__ = (Index(None, "deal_id"), Index(None, "customer_id"), Index(None, "signed"))

    id: str = Field(primary_key=True)
    deal_id: str = ""
    customer_id: str = ""
    customer_name: str = ""
    signer_id: str = ""  # who of us signed
    product: str = ""
    amount: Decimal | None = Field(default=None, sa_type=Yuan, sa_column_kwargs={"name": "amount_fen"})
    signed: date | None = None
    delivery_due: date | None = None
    terms: str = ""


class PaymentRow(Row, table=True):
    """Money that came, is due, or went back (回款; negative: 退款)."""

    __tablename__ = "payments"
    __table_args__ = (Index(None, "contract_id"), Index(None, "paid"))

    id: str = Field(primary_key=True)
    contract_id: str = ""
    customer_id: str = ""
    customer_name: str = ""
    kind: str = ""
    due: date | None = None
    paid: date | None = None  # None: not yet
    amount: Decimal | None = Field(default=None, sa_type=Yuan, sa_column_kwargs={"name": "amount_fen"})
    region: str = ""


class TicketRow(Row, table=True):
    """One request for service (工单)."""

    __tablename__ = "tickets"
    __table_args__ = (Index(None, "customer_id"), Index(None, "opened_at"))

    id: str = Field(primary_key=True)
    customer_id: str = ""
    customer_name: str = ""
    contract_id: str = ""
    product: str = ""
    severity: str = ""
    summary: str = ""
    opened_at: datetime | None = Field(default=None, sa_type=UtcTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    satisfaction: int | None = None  # 1–5


class SpendRow(Row, table=True):
    """Money spent on a channel on a day, where it is kept apart from touches (投放花费)."""

    __tablename__ = "spends"
    __table_args__ = (Index(None, "day"),)

    id: str = Field(primary_key=True)
    channel: str = ""
    campaign_id: str = ""
    day: date | None = None
    amount: Decimal | None = Field(default=None, sa_type=Yuan, sa_column_kwargs={"name": "amount_fen"})
