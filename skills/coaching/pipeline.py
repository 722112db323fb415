"""What stored deals say to the rules about deals. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.contracts.listening import Side, Signal
from knowledge.listening.people import Directory
from knowledge.signals.deal_facts import Contact, DealFacts, KnownPerson, Proposal, QuoteFacts

if TYPE_CHECKING:
    from storage.repositories.contacts import Moment
    from storage.repositories.deal_states import DealState
    from storage.repositories.quotes import Quote


def facts_of(state: DealState, moments: Sequence[Moment], zone: ZoneInfo, now: datetime) -> DealFacts:
    """One deal as it was known at a moment: what came later isn't there yet."""
    deal, today = state.deal, now.astimezone(zone).date()
    stages = [entry for entry in state.stages if entry.entered <= today]
    directory = Directory(state.listed)
    stage, entered = (stages[-1].stage, stages[-1].entered) if stages else (deal.stage, deal.stage_entered)
    return DealFacts(
        deal.id,
        stage=stage,
        created_at=_noon(deal.created, zone),
        stage_entered_at=_noon(entered, zone),
        expected_close=deal.expected_close,
        contacts=[_contact(moment, directory) for moment in moments if moment.at <= now],
        people=[KnownPerson(one.name, bool(one.decides)) for one in directory.people],
        quotes=[_quote(quote) for quote in state.quotes if quote.amount is not None and quote.quoted_on is not None],
        proposals=_proposals(state.quotes, now),
        is_open=deal.closed is None or deal.closed > today,
    )


def key_of(signal: Signal, facts: DealFacts) -> str:
    """What makes it another signal of its kind: since when it holds, or the stage; told once for each."""
    return signal.values.get("since") or signal.values.get("stage") or facts.stage or "once"


def _contact(moment: Moment, directory: Directory) -> Contact:
    if moment.side is Side.OURS:
        return Contact(moment.at, "ours")
    return Contact(moment.at, "theirs", directory.called(moment.account, moment.speaker))


def _proposals(quotes: Sequence[Quote], now: datetime) -> list[Proposal]:
    """What had been sent by then, of what can be seen to be opened."""
    sent = [(quote, quote.sent_at) for quote in quotes if quote.opening_seen and quote.sent_at and quote.sent_at <= now]
    return [Proposal(_title(quote), at, _until(quote.opened_at, now)) for quote, at in sent]


def _title(quote: Quote) -> str:
    return f"{quote.product} {quote.id}".strip()


def _until(moment: datetime | None, now: datetime) -> datetime | None:
    return moment if moment and moment <= now else None


def _quote(quote: Quote) -> QuoteFacts:
    rival = float(quote.competitor_amount) if quote.competitor_amount is not None else None
    day, amount = quote.quoted_on or date.min, float(quote.amount or 0)
    return QuoteFacts(day, amount, quote.competitor, rival, bool(quote.explained))


def _noon(day: date | None, zone: ZoneInfo) -> datetime | None:
    """A day without a time counts from its middle."""
    return datetime.combine(day, time(12), zone) if day else None
