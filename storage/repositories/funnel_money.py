"""What channels cost, from the books that are there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlmodel import Session

from bot.contracts.person import Person
from storage.permissions import visible
from storage.repositories.funnel_facts import fen, yuan
from storage.tables import CampaignRow, SpendRow, TouchRow
from storage.upsert import table_of

_touches, _spends, _campaigns = table_of(TouchRow), table_of(SpendRow), table_of(CampaignRow)


@dataclass(frozen=True, slots=True)
class ChannelMoney:
    """What one channel cost, in yuan, and from which books it is: spends, touches, budget."""

    channel: str
    cost: Decimal
    books: tuple[str, ...]


def channel_money(session: Session, viewer: Person, since: date, until: date, zone: ZoneInfo) -> list[ChannelMoney]:
    """What the channels cost in a period (`until` isn't in it), of campaigns that the viewer may see.

    For each campaign one book counts, as in attribution: its spends; without any, the costs of its touches; without
    these, its budget, day by day.
    """
    start, end = (datetime.combine(one, time(), zone) for one in (since, until))
    campaigns = {row.id: row for row in _rows(session, select(_campaigns).where(visible(viewer, CampaignRow)))}
    named = _touches.c.channel, _touches.c.campaign_id
    touched = _rows(
        session,
        select(*named, func.sum(fen(_touches.c.cost_fen)))
        .where(visible(viewer, TouchRow), _touches.c.cost_fen.is_not(None))
        .where(_touches.c.at >= start, _touches.c.at < end)
        .group_by(*named),
    )
    booked = _spends.c.channel, _spends.c.campaign_id
    spent = _rows(
        session,
        select(*booked, func.sum(fen(_spends.c.amount_fen)))
        .where(visible(viewer, SpendRow), _spends.c.amount_fen.is_not(None))
        .where(_spends.c.day >= since, _spends.c.day < until)
        .group_by(*booked),
    )
    kept = (
        select(_spends.c.campaign_id).where(_spends.c.amount_fen.is_not(None)).distinct(),
        select(_touches.c.campaign_id).where(_touches.c.cost_fen.is_not(None)).distinct(),
    )
    with_spends, with_touches = ({row[0] for row in _rows(session, query) if row[0]} for query in kept)
    budgets = [one for one in campaigns.values() if one.id not in with_spends | with_touches]
    touched = [row for row in touched if row.campaign_id not in with_spends]
    return _by_channel(campaigns, spent, touched, [(one, _budget(one, since, until)) for one in budgets])


def _by_channel(
    campaigns: Mapping[str, Any], spent: Sequence[Any], touched: Sequence[Any], budgets: Sequence[tuple[Any, Decimal]]
) -> list[ChannelMoney]:
    """Added up; what names no channel is its campaign's."""
    found: dict[str, tuple[Decimal, frozenset[str]]] = {}

    def add(channel: str, campaign: str, amount: Decimal, book: str) -> None:
        name = channel or (campaigns[campaign].channel if campaign in campaigns else "")
        before, books = found.get(name, (Decimal(0), frozenset()))
        found[name] = before + amount, books | ({book} if amount else set())

    for book, rows in (("spends", spent), ("touches", touched)):
        for channel, campaign, hundredths in rows:
            add(channel, campaign, yuan(hundredths), book)
    for one, amount in budgets:
        add(one.channel, one.id, amount, "budget")
    return [ChannelMoney(name, cost, tuple(sorted(books))) for name, (cost, books) in sorted(found.items())]


def _budget(campaign: Any, since: date, until: date) -> Decimal:
    """Of a campaign's budget, what falls into the period, day by day."""
    if campaign.budget_fen is None or campaign.starts is None or campaign.ends is None:
        return Decimal(0)
    days = (campaign.ends - campaign.starts).days + 1
    inside = (min(campaign.ends, until - timedelta(days=1)) - max(campaign.starts, since)).days + 1
    return Decimal(campaign.budget_fen) * max(inside, 0) / days if days > 0 else Decimal(0)


def _rows(session: Session, query: Select[Any]) -> list[Any]:
    return list(session.connection().execute(query))
