"""Putting a finding together: what all finders share. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from config.briefing import BriefRules
from knowledge.briefing.facts import Facts, after_working_days
from knowledge.briefing.history import prior
from knowledge.briefing.types import (
    Action,
    Column,
    Evidence,
    EvidenceRow,
    Factor,
    Finding,
    Note,
    Point,
    Series,
    Value,
    Who,
    Worth,
)

SHOWN = 5  # rows of evidence
WEEKS = 8  # of a line over time


@dataclass(frozen=True, slots=True)
class Case:
    """One row that a finder found. `key`: what its amount is an amount of; "" when no money hangs on it (any more)."""

    row: EvidenceRow
    owner_id: str
    key: str = ""
    amount: Decimal = Decimal()


def amounts(cases: Iterable[Case]) -> dict[str, Decimal]:
    """Each key once, with its largest amount."""
    found: dict[str, Decimal] = {}
    for case in cases:
        if case.key:
            found[case.key] = max(found.get(case.key, Decimal()), case.amount)
    return found


def make(
    facts: Facts,
    rules: BriefRules,
    finder: str,
    cases: Sequence[Case],
    columns: Sequence[Column],
    series: Series,
    probability: Factor,
    *,
    share: Factor | None = None,
    key: str = "",
    values: Mapping[str, Value] | None = None,
    since: date | None = None,
    until: date | None = None,
    who: Who | None = None,
    money: Mapping[str, Decimal] | None = None,
    count: int | None = None,
) -> Finding:
    """A finding of these cases. `share` None: the finder's prior; `money`: instead of the cases' amounts."""
    rule = rules.finders[finder]
    stake = dict(money) if money is not None else amounts(cases)
    largest = sorted(cases, key=lambda one: (-one.amount, one.row.id))
    who, *others = (who,) if who else facts.leaders(one.owner_id for one in cases)
    values = {"count": len(cases) if count is None else count, **(values or {})}
    return Finding(
        finder=finder,
        key=f"{finder}:{key}" if key else finder,
        count=len(cases) if count is None else count,
        amounts=stake,
        worth=Worth(sum(stake.values(), Decimal()), probability, share or prior(rule.share)),
        evidence=Evidence(
            tuple(columns),
            tuple(one.row for one in largest[:SHOWN]),
            tuple(dict.fromkeys(one.row.id for one in largest)),
        ),
        series=series,
        action=Action(finder, who, after_working_days(facts.day, rule.within), values, tuple(others)),
        owner=who,
        proposal=Note(f"proposal.{finder}", values),
        values=values,
        since=since,
        until=until,
    )


def wanted(facts: Facts, finder: str, cases: Iterable[Case]) -> list[Case]:
    """Without those of which somebody said that they are no problem."""
    gone = facts.dismissed.get(finder, frozenset())
    return [one for one in cases if one.row.id not in gone]


def last_week(day: date) -> tuple[date, date]:
    """Monday and Sunday of the week before the one that a day is in."""
    monday = day - timedelta(days=day.weekday() + 7)
    return monday, monday + timedelta(days=6)


def weekly(key: str, days: Iterable[date], last_monday: date) -> Series:
    """How many in each of the last weeks, the last one marked; a week is called by its Monday."""
    mondays = [last_monday - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    counts = dict.fromkeys(mondays, 0)
    for day in days:
        monday = day - timedelta(days=day.weekday())
        if monday in counts:
            counts[monday] += 1
    points = tuple(Point(f"{one:%m-%d}", count, one == last_monday) for one, count in counts.items())
    return Series(key, "line", "count", points)


def banded(key: str, values: Iterable[int], limits: Sequence[int]) -> Series:
    """How many lie above each limit and up to the next: 15–21, 22–30, …, the last one open and marked."""
    found, values = [], list(values)
    for at, low in enumerate(limits):
        high = limits[at + 1] if at + 1 < len(limits) else None
        label = f"{low}–{high - 1}" if high else f"≥{low}"
        count = sum(low <= one and (high is None or one < high) for one in values)
        found.append(Point(label, count, high is None))
    return Series(key, "bar", "count", tuple(found))
