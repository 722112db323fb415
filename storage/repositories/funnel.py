"""From leads to money, counted where the rows are: cells of a funnel, rejected leads, what channels cost.

Whose leads count: those that the viewer may see *and* that were chosen without looking at what became of them. A
manager sees a lead because it has a deal of the team's; a rate over such leads would always be 100 %. So rates are
counted over a director's regions, a channel owner's campaigns, or everything; `whole` says whether there is such a set.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, FromClause, Select, and_, case, func, literal, select
from sqlmodel import Session

from bot.contracts.person import Person, Role
from storage.permissions import visible
from storage.repositories.funnel_facts import contract_facts, deal_facts, fen, payment_facts, yuan
from storage.repositories.funnel_money import ChannelMoney, channel_money
from storage.tables import (
    CampaignRow,
    ContractRow,
    CustomerRow,
    DealRow,
    IdentityRow,
    LeadRow,
    MergeRow,
    PaymentRow,
    PersonRow,
    SpendRow,
    TicketRow,
    TouchRow,
)
from storage.upsert import table_of

DIMENSIONS = ("channel", "region", "industry", "team", "product", "month")
_WHOLE = frozenset({Role.DIRECTOR, Role.CHANNEL_OWNER, Role.SALES_OPS, Role.ADMIN})

_leads, _deals, _contracts = table_of(LeadRow), table_of(DealRow), table_of(ContractRow)
_payments, _touches, _spends = table_of(PaymentRow), table_of(TouchRow), table_of(SpendRow)
_campaigns, _people, _identities = table_of(CampaignRow), table_of(PersonRow), table_of(IdentityRow)
_customers, _tickets, _merges = table_of(CustomerRow), table_of(TicketRow), table_of(MergeRow)


@dataclass(frozen=True, slots=True)
class Stages:
    """How many leads came how far, and what they brought."""

    leads: int = 0
    sql: int = 0  # accepted by sales
    deals: int = 0
    won: int = 0
    contracts: int = 0
    paid: int = 0  # with at least one payment that came
    contracted: Decimal = Decimal(0)  # yuan
    received: Decimal = Decimal(0)  # yuan, refunds taken off

    def __add__(self, other: Stages) -> Stages:
        return Stages(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Rejected:
    """One lead that was marked invalid. `deal`: the first opportunity that was opened for it after that day."""

    id: str
    company: str
    contact: str
    channel: str
    industry: str
    region: str
    reason: str
    rejected_at: datetime  # by the company's clock
    deal_id: str = ""
    deal_created: date | None = None
    won: bool = False
    owner_id: str = ""  # of the customer that the lead belongs to, if that is known


class Funnel:
    """Counts for a viewer. Periods are of the leads' creation, from the first moment to before the last."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @staticmethod
    def whole(viewer: Person) -> bool:
        """Whether the viewer sees leads whether or not they converted, so that rates mean something."""
        return viewer.role in _WHOLE

    def cells(
        self,
        viewer: Person,
        by: Sequence[str],
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        as_of: datetime,
        zone: ZoneInfo,
        where: Mapping[str, str] | None = None,
    ) -> dict[tuple[str, ...], Stages]:
        """Leads of a period by some of DIMENSIONS, and how far they had come at `as_of`; "" where a lead doesn't say.

        `where`: only leads of this channel, region or industry.
        """
        day = as_of.astimezone(zone).date()
        deals, signed, money = deal_facts(day), contract_facts(day), payment_facts(day)
        keys = [self._key(name, deals, zone) for name in by]
        amounts = func.coalesce(func.sum(signed.c.amount), 0), func.coalesce(func.sum(money.c.amount), 0)
        counts = (
            func.count(),
            func.sum(case((_leads.c.sql_at <= as_of, 1), else_=0)),
            func.count(deals.c.lead_id),
            func.coalesce(func.sum(deals.c.won), 0),
            func.count(signed.c.lead_id),
            func.count(money.c.lead_id),
        )
        tables = (
            _leads.outerjoin(deals, deals.c.lead_id == _leads.c.id)
            .outerjoin(signed, signed.c.lead_id == _leads.c.id)
            .outerjoin(money, money.c.lead_id == _leads.c.id)
        )
        query = select(*keys, *counts, *amounts).select_from(tables).where(*self._of(viewer, since, until, where))
        query = query.where(_leads.c.created_at <= as_of) if until is None else query
        rows = self._rows(query.group_by(*keys))
        return {tuple(str(one or "") for one in row[: len(by)]): _stages(row[len(by) :]) for row in rows}

    def deal_stages(self, viewer: Person, as_of: date) -> Stages:
        """From the opportunity on, of all deals that the viewer may see: for those whose leads aren't whole."""
        won = func.coalesce(func.sum(case((and_(_deals.c.result == "won", _deals.c.closed <= as_of), 1), else_=0)), 0)
        deals = self._rows(select(func.count(), won).where(visible(viewer, DealRow)))[0]
        own = select(_deals.c.id).where(visible(viewer, DealRow))
        signed = _contracts.c.deal_id.in_(own), _contracts.c.signed <= as_of
        contracts = self._rows(select(func.count(), func.sum(fen(_contracts.c.amount_fen))).where(*signed))[0]
        of_them = select(_contracts.c.id).where(*signed)
        came = _payments.c.contract_id.in_(of_them), _payments.c.paid <= as_of
        paying = func.count(_payments.c.contract_id.distinct())
        paid = self._rows(select(paying, func.sum(fen(_payments.c.amount_fen))).where(*came))[0]
        return Stages(0, 0, deals[0], int(deals[1]), contracts[0], paid[0], yuan(contracts[1]), yuan(paid[1]))

    def rejected(self, viewer: Person, zone: ZoneInfo) -> list[Rejected]:
        """All leads that were marked invalid, with what became of them. An opportunity of the day itself or earlier is
        none that came after it."""
        columns = ("id", "company", "contact", "channel", "industry", "region", "invalid_reason", "invalid_at")
        query = select(*(_leads.c[name] for name in columns), _customers.c.owner_id).select_from(_with_customers())
        marked = _leads.c.valid.is_(False), _leads.c.invalid_at.is_not(None)
        rows = self._rows(query.where(*marked, *self._of(viewer, None, None, None)).order_by(_leads.c.id))
        opened = self._opened({row[0] for row in rows})
        return [_rejected(row, opened.get(row[0], ()), zone) for row in rows]

    def money(self, viewer: Person, since: date, until: date, zone: ZoneInfo) -> list[ChannelMoney]:
        """What the channels cost in a period (`until` isn't in it), of campaigns that the viewer may see."""
        return channel_money(self._session, viewer, since, until, zone)

    def connected(self) -> dict[str, int]:
        """How many rows each part of the loop has: what is 0 isn't connected."""
        tables = {
            "campaign": _campaigns, "touch": _touches, "lead": _leads, "deal": _deals, "contract": _contracts,
            "payment": _payments, "ticket": _tickets, "spend": _spends,
        }  # fmt: skip
        return {name: int(self._rows(select(func.count()).select_from(table))[0][0]) for name, table in tables.items()}

    def _key(self, name: str, deals: Any, zone: ZoneInfo) -> Any:
        if name == "month":
            return self._month(zone)
        if name in {"team", "product"}:
            return func.coalesce(deals.c[name], "").label(name)
        return _leads.c[name].label(name)

    def _month(self, zone: ZoneInfo) -> Any:
        """The month of the company's zone, on both databases: by its bounds."""
        first, last = self._rows(select(func.min(_leads.c.created_at), func.max(_leads.c.created_at)))[0]
        if first is None:
            return literal("").label("month")
        begins = list(_months(first.astimezone(zone), last.astimezone(zone)))
        whens = [(_leads.c.created_at >= begin, f"{begin:%Y-%m}") for begin in reversed(begins)]
        return case(*whens, else_="").label("month")

    def _of(
        self, viewer: Person, since: datetime | None, until: datetime | None, where: Mapping[str, str] | None
    ) -> list[ColumnElement[bool]]:
        found = [visible(viewer, LeadRow), *unchosen(viewer)]
        found += [_leads.c.created_at >= since] if since else []
        found += [_leads.c.created_at < until] if until else []
        return found + [_leads.c[name] == value for name, value in (where or {}).items() if name in _leads.c]

    def _opened(self, ids: Collection[str]) -> dict[str, list[tuple[str, date, str]]]:
        found: dict[str, list[tuple[str, date, str]]] = {}
        columns = _deals.c.lead_id, _deals.c.id, _deals.c.created, _deals.c.result
        query = select(*columns).where(_deals.c.lead_id != "", _deals.c.created.is_not(None))
        for lead, deal, created, result in self._rows(query.order_by(_deals.c.created, _deals.c.id)):
            if lead in ids:
                found.setdefault(lead, []).append((deal, created, result))
        return found

    def _rows(self, query: Select[Any]) -> list[Any]:
        return list(self._session.connection().execute(query))


def _with_customers() -> FromClause:
    """Leads beside the customer that each belongs to; of one that was merged into another, that one."""
    found = and_(_identities.c.entity == "lead", _identities.c.record_id == _leads.c.id)
    merged = and_(_merges.c.gone_id == _identities.c.customer_id, _merges.c.undone_at.is_(None))
    kept = _customers.c.id == func.coalesce(_merges.c.kept_id, _identities.c.customer_id)
    return _leads.outerjoin(_identities, found).outerjoin(_merges, merged).outerjoin(_customers, kept)


def unchosen(viewer: Person) -> list[ColumnElement[bool]]:
    """Leads that are seen whatever became of them."""
    if viewer.role is Role.DIRECTOR:
        return [_leads.c.region.in_([region for region in viewer.regions if region])]
    if viewer.role is Role.CHANNEL_OWNER:
        own = select(_campaigns.c.id).where(_campaigns.c.owner_id == viewer.id)
        return [_leads.c.campaign_id.in_(own)]
    return []


def _stages(row: Sequence[Any]) -> Stages:
    leads, sql, deals, won, contracts, paid = (int(one or 0) for one in row[:6])
    return Stages(leads, sql, deals, won, contracts, paid, yuan(row[6]), yuan(row[7]))


def _rejected(row: Any, opened: Iterable[tuple[str, date, str]], zone: ZoneInfo) -> Rejected:
    at = row[7].astimezone(zone)
    later = [one for one in opened if one[1] > at.date()]
    found = replace(Rejected(*row[:8]), rejected_at=at, owner_id=row[8] or "")
    if not later:
        return found
    won = any(result == "won" for _, _, result in later)
    return replace(found, deal_id=later[0][0], deal_created=later[0][1], won=won)


def _months(first: datetime, last: datetime) -> Iterable[datetime]:
    begin = first.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    while begin <= last:
        yield begin
        begin = begin.replace(year=begin.year + begin.month // 12, month=begin.month % 12 + 1)
