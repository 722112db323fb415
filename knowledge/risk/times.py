"""Time: the customer's reply latency, days since two-way contact, contact with those who decide."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from statistics import fmean, median

from bot.contracts.listening import Dialogue, Side
from knowledge.risk.constants import (
    DECISION_MAKER_HALF_LIFE_DAYS,
    ENOUGH_CONTACTS,
    FEWEST_EARLIER_REPLIES,
    QUICKEST_REPLY_HOURS,
    RECENT_REPLIES,
)
from knowledge.risk.inputs import TimeFacts
from knowledge.risk.turns import changes


def times(dialogue: Dialogue, facts: TimeFacts | None) -> Mapping[str, float | None]:
    """The three; None each where dates, or what is usual, aren't known."""
    facts = facts or TimeFacts()
    return {
        "reply_latency": _latency(dialogue, facts),
        "days_since_contact": _days(facts.as_of, facts.two_way_at or _last_answer(dialogue)),
        "decision_maker": _decision_maker(facts),
    }


def _latency(dialogue: Dialogue, facts: TimeFacts) -> float | None:
    replies = _replies(dialogue)
    earlier, recent = replies[:-RECENT_REPLIES], replies[-RECENT_REPLIES:]
    usual = facts.usual_reply_hours
    if usual is None and len(earlier) >= FEWEST_EARLIER_REPLIES:
        usual = median(earlier)
    waiting = _waiting(dialogue, facts.as_of)
    if usual is None or (not recent and waiting is None):
        return None
    now = max(median(recent) if recent else 0.0, waiting or 0.0)
    return max(now, QUICKEST_REPLY_HOURS) / max(usual, QUICKEST_REPLY_HOURS)


def _replies(dialogue: Dialogue) -> list[float]:
    """Hours from our message to the customer's answer, in order."""
    return [
        max(_hours(ours.at, theirs.at), 0.0)
        for ours, theirs in changes(dialogue, Side.OURS, Side.THEIRS)
        if ours.at and theirs.at
    ]


def _waiting(dialogue: Dialogue, as_of: datetime | None) -> float | None:
    """Hours that we have been waiting for an answer; None while it is our turn."""
    last = dialogue.utterances[-1] if dialogue.utterances else None
    if last is None or last.side is not Side.OURS or last.at is None or as_of is None:
        return None
    return max(_hours(last.at, as_of), 0.0)


def _last_answer(dialogue: Dialogue) -> datetime | None:
    both = [*changes(dialogue, Side.OURS, Side.THEIRS), *changes(dialogue, Side.THEIRS, Side.OURS)]
    return max((answer.at for _, answer in both if answer.at), default=None)


def _decision_maker(facts: TimeFacts) -> float | None:
    """Mean of recency (halved every fortnight) and breadth, of whichever is known."""
    found = []
    days = _days(facts.as_of, facts.decision_maker_at)
    if days is not None:
        found.append(0.5 ** (days / DECISION_MAKER_HALF_LIFE_DAYS))
    if facts.contacts is not None:
        found.append(min(facts.contacts, ENOUGH_CONTACTS) / ENOUGH_CONTACTS)
    return fmean(found) if found else None


def _days(as_of: datetime | None, then: datetime | None) -> float | None:
    return None if as_of is None or then is None else max(_hours(then, as_of), 0.0) / 24


def _hours(before: datetime, after: datetime) -> float:
    return (after - before).total_seconds() / 3600
