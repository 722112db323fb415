"""Records of other systems with what tells whose they are: a key that leads to a customer, or a name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.sql.expression import ColumnElement, FromClause
from sqlmodel import Session

from storage.tables import ContractRow, CustomerPersonRow, CustomerRow, DealRow, LeadRow, PaymentRow, TicketRow
from storage.upsert import table_of

PAGE = 5000  # records per query
ENTITIES = ("contract", "lead", "payment", "ticket")
_customers, _deals, _contracts = table_of(CustomerRow), table_of(DealRow), table_of(ContractRow)
_leads, _payments, _tickets = table_of(LeadRow), table_of(PaymentRow), table_of(TicketRow)
_people = table_of(CustomerPersonRow)


@dataclass(frozen=True, slots=True)
class Linkable:
    """One record. `customer_id`: by its keys, "" where they lead nowhere; `name`: what its system calls the company."""

    id: str
    customer_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Known:
    """A customer as names are compared with it. `reach`: telephone numbers and mail addresses of its people."""

    id: str
    name: str
    industry: str
    province: str
    region: str
    reach: tuple[str, ...] = ()


class Linkables:
    """For the flows: nobody's permission is asked."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def pages(self, entity: str) -> Iterator[list[Linkable]]:
        """All records of an entity, some at a time, by id."""
        after = ""
        while page := self._page(entity, after):
            yield page
            after = page[-1].id

    def customers(self) -> list[Known]:
        """All customers, those that were merged into others, too."""
        reach: dict[str, list[str]] = {}
        told = select(_people.c.customer_id, _people.c.mobile, _people.c.email)
        for customer_id, *ways in self._session.connection().execute(told.order_by(_people.c.id)):
            reach.setdefault(customer_id, []).extend(way for way in ways if way)
        columns = (_customers.c[name] for name in ("id", "name", "industry", "province", "region"))
        rows = self._session.connection().execute(select(*columns).order_by(_customers.c.id))
        return [
            Known(id_, name, industry, province, region, tuple(reach.get(id_, ())))
            for id_, name, industry, province, region in rows
        ]

    def _page(self, entity: str, after: str) -> list[Linkable]:
        table, query = _QUERIES[entity]()
        page = query.where(table.c.id > after).order_by(table.c.id).limit(PAGE)
        return [Linkable(id_, key or "", name or "") for id_, key, name in self._session.connection().execute(page)]


def _of_leads() -> tuple[FromClause, Select[Any]]:
    """A lead's customer is that of the deal that came of it."""
    came = select(_deals.c.lead_id, func.min(_deals.c.customer_id).label("customer_id")).where(_deals.c.lead_id != "")
    deals = came.group_by(_deals.c.lead_id).subquery()
    joined = _leads.outerjoin(deals, deals.c.lead_id == _leads.c.id)
    return _leads, select(_leads.c.id, deals.c.customer_id, _leads.c.company).select_from(joined)


def _of_contracts() -> tuple[FromClause, Select[Any]]:
    joined = _contracts.outerjoin(_customers, _customers.c.id == _contracts.c.customer_id)
    joined = joined.outerjoin(_deals, _deals.c.id == _contracts.c.deal_id)
    key = func.coalesce(_customers.c.id, _deals.c.customer_id)
    return _contracts, select(_contracts.c.id, key, _contracts.c.customer_name).select_from(joined)


def _of_payments() -> tuple[FromClause, Select[Any]]:
    return _payments, _by_contract(_payments)


def _of_tickets() -> tuple[FromClause, Select[Any]]:
    return _tickets, _by_contract(_tickets)


def _by_contract(table: Any) -> Select[Any]:
    """Its own customer number, else its contract's, else that of the contract's deal."""
    signed = _customers.alias("signed")
    joined = table.outerjoin(_customers, _customers.c.id == table.c.customer_id)
    joined = joined.outerjoin(_contracts, _contracts.c.id == table.c.contract_id)
    joined = joined.outerjoin(signed, signed.c.id == _contracts.c.customer_id)
    joined = joined.outerjoin(_deals, _deals.c.id == _contracts.c.deal_id)
    key: ColumnElement[Any] = func.coalesce(_customers.c.id, signed.c.id, _deals.c.customer_id)
    name = func.coalesce(func.nullif(table.c.customer_name, ""), _contracts.c.customer_name)
    return select(table.c.id, key, name).select_from(joined)


_QUERIES = {"lead": _of_leads, "contract": _of_contracts, "payment": _of_payments, "ticket": _of_tickets}
