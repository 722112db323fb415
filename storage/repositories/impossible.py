"""Rows that can't be: paid before it was signed, won before anybody was met, days that haven't come yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, or_, select

from storage.tables import (
    ContractRow,
    CustomerRow,
    DealRow,
    LeadRow,
    PaymentRow,
    TicketRow,
    TouchRow,
)
from storage.upsert import table_of

_leads, _deals = table_of(LeadRow), table_of(DealRow)
_contracts, _payments = table_of(ContractRow), table_of(PaymentRow)
_customers, _tickets, _touches = table_of(CustomerRow), table_of(TicketRow), table_of(TouchRow)
_REFUND = "refund"
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Moment:
    """Now, and where the company is: days end at its midnight."""

    now: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        """The company's day."""
        return self.now.astimezone(self.zone).date()


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to be impossible. `value`: the column that shows it."""

    entity: str
    where: Callable[[Moment], ColumnElement[bool]]
    value: Any


def _met_before(_: Moment) -> ColumnElement[bool]:
    """Won on a day before the lead came, by UTC's days: a few hours of doubt count for the row."""
    lead = select(_leads.c.id).where(_leads.c.id == _deals.c.lead_id)
    won_first = func.date(_deals.c.closed) < func.date(_leads.c.created_at)
    return and_(_deals.c.result == "won", lead.where(won_first).exists())


def _signed_later(_: Moment) -> ColumnElement[bool]:
    contract = select(_contracts.c.id).where(_contracts.c.id == _payments.c.contract_id)
    return and_(_payments.c.paid.is_not(None), contract.where(_contracts.c.signed > _payments.c.paid).exists())


RULES: Mapping[str, Rule] = {
    "won_before_contact": Rule("deal", _met_before, _deals.c.closed),
    "closed_before_created": Rule("deal", lambda _: _deals.c.closed < _deals.c.created, _deals.c.closed),
    "deal_in_future": Rule(
        "deal", lambda at: or_(_deals.c.closed > at.today, _deals.c.created > at.today), _deals.c.closed
    ),
    "deal_negative": Rule("deal", lambda _: _deals.c.amount_fen < NOTHING, _deals.c.amount_fen),
    "paid_before_signed": Rule("payment", _signed_later, _payments.c.paid),
    "paid_in_future": Rule("payment", lambda at: _payments.c.paid > at.today, _payments.c.paid),
    "payment_negative": Rule(
        "payment", lambda _: and_(_payments.c.amount_fen < NOTHING, _payments.c.kind != _REFUND), _payments.c.amount_fen
    ),
    "signed_in_future": Rule("contract", lambda at: _contracts.c.signed > at.today, _contracts.c.signed),
    "contract_negative": Rule("contract", lambda _: _contracts.c.amount_fen < NOTHING, _contracts.c.amount_fen),
    "lead_in_future": Rule("lead", lambda at: _leads.c.created_at > at.now, _leads.c.created_at),
    "accepted_before_created": Rule("lead", lambda _: _leads.c.sql_at < _leads.c.created_at, _leads.c.sql_at),
    "touch_in_future": Rule("touch", lambda at: _touches.c.at > at.now, _touches.c.at),
    "touch_negative": Rule("touch", lambda _: _touches.c.cost_fen < NOTHING, _touches.c.cost_fen),
    "closed_before_opened": Rule("ticket", lambda _: _tickets.c.closed_at < _tickets.c.opened_at, _tickets.c.closed_at),
    "ticket_in_future": Rule("ticket", lambda at: _tickets.c.opened_at > at.now, _tickets.c.opened_at),
    "customer_in_future": Rule("customer", lambda at: _customers.c.created > at.today, _customers.c.created),
    "customer_negative": Rule(
        "customer", lambda _: _customers.c.annual_amount_fen < NOTHING, _customers.c.annual_amount_fen
    ),
}
