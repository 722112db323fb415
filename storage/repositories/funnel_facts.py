"""What became of each lead by a day, as queries to be joined: its opportunities, contracts, payments."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, and_, case, func, select, type_coerce

from storage.tables import ContractRow, DealRow, PaymentRow, PersonRow
from storage.upsert import table_of

_deals, _contracts = table_of(DealRow), table_of(ContractRow)
_payments, _people = table_of(PaymentRow), table_of(PersonRow)


def deal_facts(day: date) -> Any:
    """One row for each lead that has an opportunity: whether one was won, and whose and for what the first was."""
    won = case((and_(_deals.c.result == "won", _deals.c.closed <= day), 1), else_=0)
    tables = _deals.outerjoin(_people, _people.c.id == _deals.c.owner_id)
    facts = (
        func.max(won).label("won"),
        func.min(_people.c.team).label("team"),
        func.min(_deals.c.product).label("product"),
    )
    began = _deals.c.lead_id != "", _deals.c.created <= day
    return select(_deals.c.lead_id, *facts).select_from(tables).where(*began).group_by(_deals.c.lead_id).subquery()


def contract_facts(day: date) -> Any:
    """One row for each lead that has a contract: what it's worth, in 分."""
    tables = _contracts.join(_deals, _deals.c.id == _contracts.c.deal_id)
    amount = func.sum(fen(_contracts.c.amount_fen)).label("amount")
    signed = _deals.c.lead_id != "", _contracts.c.signed <= day
    return select(_deals.c.lead_id, amount).select_from(tables).where(*signed).group_by(_deals.c.lead_id).subquery()


def payment_facts(day: date) -> Any:
    """One row for each lead whose contract was paid something: how much, in 分."""
    tables = _payments.join(_contracts, _contracts.c.id == _payments.c.contract_id)
    tables = tables.join(_deals, _deals.c.id == _contracts.c.deal_id)
    amount = func.sum(fen(_payments.c.amount_fen)).label("amount")
    came = _deals.c.lead_id != "", _payments.c.paid <= day
    return select(_deals.c.lead_id, amount).select_from(tables).where(*came).group_by(_deals.c.lead_id).subquery()


def fen(column: Any) -> Any:
    """Money as whole 分, so that sums stay whole numbers."""
    return type_coerce(column, BigInteger)


def yuan(hundredths: Any) -> Decimal:
    """The other way round."""
    return Decimal(int(hundredths or 0)).scaleb(-2)
