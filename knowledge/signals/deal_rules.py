"""Signals from a deal's dates and figures: pure functions of facts, the kind's limits, and now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.contracts.listening import Signal
from knowledge.signals.deal_facts import Contact, DealFacts, QuoteFacts
from knowledge.signals.kind import Kind

Check = Callable[[DealFacts, Kind, datetime], Signal | None]


@dataclass(frozen=True, slots=True)
class DealRule:
    """A check and the limits that its kind must give."""

    check: Check
    limits: tuple[str, ...] = ()


def deal_signals(facts: DealFacts, kinds: Mapping[str, Kind], now: datetime) -> list[Signal]:
    """Every signal of a deal now, the most urgent first. A closed deal gives none."""
    if not facts.is_open:
        return []
    asked = [k for k in kinds.values() if k.method == "deal" and (not k.stages or facts.stage in k.stages)]
    asked.sort(key=lambda kind: -kind.priority)
    found = (DEAL_RULES[kind.rule].check(facts, kind, now) for kind in asked)
    return [signal for signal in found if signal is not None]


def stalled_day_2_4(facts: DealFacts, kind: Kind, now: datetime) -> Signal | None:
    """A3: hours 48 to 96 after the first touch, and no two-way contact since.

    A first touch that was itself a conversation (a visit, a talk at a fair) doesn't count: it is what to follow up.
    Asked at any time in these hours the answer carries the same `since`: told once for each `since`, it is told
    exactly once.
    """
    contacts = _past(facts, now)
    if not contacts:
        return None
    first = contacts[0].at
    begin, end = (first + timedelta(hours=kind.limit(name)) for name in ("from_hours", "to_hours"))
    if not begin <= now < end or _two_way(contacts):
        return None
    return _signal(kind, days=_days(first, now), since=first.isoformat())


def ghosted(facts: DealFacts, kind: Kind, now: datetime) -> Signal | None:
    """The customer spoke once, we tried again several times since, and heard nothing for days."""
    contacts = _past(facts, now)
    heard = [contact.at for contact in contacts if contact.by != "ours"]
    if not heard or _is_planned(facts, now):
        return None
    tries = sum(contact.at > heard[-1] for contact in contacts)
    if now - heard[-1] < timedelta(days=kind.limit("days")) or tries < kind.limit("tries"):
        return None
    return _signal(kind, days=_days(heard[-1], now), tries=tries, since=heard[-1].isoformat())


def reply_overdue(facts: DealFacts, kind: Kind, now: datetime) -> Signal | None:
    """The customer's last word wants an answer and has waited too long for it."""
    contacts = _past(facts, now)
    waiting: Contact | None = None
    for contact in contacts:
        if contact.by != "theirs":
            waiting = None
        elif contact.wants_answer and waiting is None:
            waiting = contact
    if waiting is None or now - waiting.at < timedelta(hours=kind.limit("hours")):
        return None
    return _signal(kind, hours=int((now - waiting.at).total_seconds() // 3600), since=waiting.at.isoformat())


def inactive(facts: DealFacts, kind: Kind, now: datetime) -> Signal | None:
    """Nothing in either direction for long, and nothing planned."""
    contacts = _past(facts, now)
    last = contacts[-1].at if contacts else facts.created_at
    if last is None or _is_planned(facts, now) or now - last < timedelta(days=kind.limit("days")):
        return None
    return _signal(kind, days=_days(last, now), since=last.isoformat())


def overdue_close(facts: DealFacts, kind: Kind, now: datetime) -> Signal | None:
    """The day on which the deal should have closed is over."""
    if facts.expected_close is None:
        return None
    late = (now.date() - facts.expected_close).days
    return None if late < kind.limit("days") else _signal(kind, days=late, since=facts.expected_close.isoformat())


def stage_stuck(facts: DealFacts, kind: Kind, now: datetime) -> Signal | None:
    """Longer in its stage than the stage's limit; a stage without a limit never sticks."""
    limit = (kind.limits or {}).get(facts.stage)
    if limit is None or facts.stage_entered_at is None or now - facts.stage_entered_at < timedelta(days=limit):
        return None
    return _signal(kind, days=_days(facts.stage_entered_at, now), stage=facts.stage)


def proposal_unopened(facts: DealFacts, kind: Kind, now: datetime) -> Signal | None:
    """The newest proposal is still closed, hours after it was sent."""
    sent = max(facts.proposals, key=lambda proposal: proposal.sent_at, default=None)
    if sent is None or sent.opened_at is not None or now - sent.sent_at < timedelta(hours=kind.limit("hours")):
        return None
    return _signal(kind, title=sent.title, days=_days(sent.sent_at, now), since=sent.sent_at.isoformat())


def single_threaded(facts: DealFacts, kind: Kind, now: datetime) -> Signal | None:
    """Fewer people than needed have spoken with us lately. Contacts without a name say nothing.

    With somebody among them who isn't listed nobody knows how many they are: the same person may write under two names.
    """
    since = now - timedelta(days=kind.limit("days"))
    people = {contact.person for contact in _past(facts, now) if contact.person and contact.at >= since}
    listed = {person.name for person in facts.people}
    if not people or len(people) >= kind.limit("people") or not people <= listed:
        return None
    return _signal(kind, name=min(people), days=int(kind.limit("days")))


def decision_maker_away(facts: DealFacts, kind: Kind, now: datetime) -> Signal | None:
    """Nobody of those who decide took part for long. If nobody is known to decide, nothing is said.

    Nor where nobody was heard, or a stranger or an unknown voice since: that may have been who decides.
    """
    deciders = {person.name for person in facts.people if person.decides}
    heard = [contact for contact in _past(facts, now) if contact.by != "ours"]
    met = [contact.at for contact in heard if contact.person in deciders]
    since = met[-1] if met else facts.created_at
    if not deciders or not heard or since is None or now - since < timedelta(days=kind.limit("days")):
        return None
    if not {contact.person for contact in heard if contact.at > since} <= {person.name for person in facts.people}:
        return None
    return _signal(kind, name=min(deciders), days=_days(since, now))


def unexplained_price_gap(facts: DealFacts, kind: Kind, now: datetime) -> Signal | None:
    """The newest quotation is dearer than the competitor's by the limit or more, and nobody explained why."""
    first_day = (now - timedelta(days=kind.limit("days"))).date()
    newest = max((q for q in facts.quotes if q.at <= now.date()), key=lambda quote: quote.at, default=None)
    if newest is None or newest.at < first_day or newest.explained:
        return None
    share = _dearer(newest)
    # Money is in yuan with two digits: what lies exactly at the limit must not fall under it by a rounding.
    if share is None or share < kind.limit("share") - 1e-9:
        return None
    return _signal(kind, name=newest.rival, percent=round(share * 100, 1), since=newest.at.isoformat())


def _dearer(quote: QuoteFacts) -> float | None:
    return quote.amount / quote.rival_amount - 1 if quote.rival_amount else None


def _past(facts: DealFacts, now: datetime) -> list[Contact]:
    return sorted((contact for contact in facts.contacts if contact.at <= now), key=lambda contact: contact.at)


def _two_way(contacts: list[Contact]) -> bool:
    sides = {contact.by for contact in contacts}
    return {"ours", "theirs"} <= sides or any(contact.by == "both" for contact in contacts[1:])


def _is_planned(facts: DealFacts, now: datetime) -> bool:
    return facts.next_meeting is not None and facts.next_meeting > now


def _days(since: datetime, now: datetime) -> int:
    return (now - since).days


def _signal(kind: Kind, **values: object) -> Signal:
    return Signal(kind.key, 1.0, values={name: str(value) for name, value in values.items()})


DEAL_RULES: Mapping[str, DealRule] = {
    "stalled_day_2_4": DealRule(stalled_day_2_4, ("from_hours", "to_hours")),
    "ghosted": DealRule(ghosted, ("days", "tries")),
    "reply_overdue": DealRule(reply_overdue, ("hours",)),
    "inactive": DealRule(inactive, ("days",)),
    "overdue_close": DealRule(overdue_close, ("days",)),
    "stage_stuck": DealRule(stage_stuck),
    "proposal_unopened": DealRule(proposal_unopened, ("hours",)),
    "decision_maker_away": DealRule(decision_maker_away, ("days",)),
    "single_threaded": DealRule(single_threaded, ("people", "days")),
    "unexplained_price_gap": DealRule(unexplained_price_gap, ("share", "days")),
}
