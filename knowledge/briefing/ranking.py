"""Which three are told: the most valuable that weren't told lately, or got worse; what became of last week's. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from config.briefing import BriefRules
from knowledge.briefing.types import Finding, Outcome, total
from storage.repositories.brief_kept import Told

MOST = 5  # outcomes of last week


@dataclass(frozen=True, slots=True)
class Chosen:
    """Told, behind the first three, and held back because they were told lately."""

    findings: tuple[Finding, ...]
    below: tuple[Finding, ...]
    held: tuple[Finding, ...]


def ranked(findings: Iterable[Finding], rules: BriefRules) -> list[Finding]:
    """Those with enough cases, by expected value, then by money."""
    enough = [one for one in findings if one.count >= rules.finders[one.finder].least and rules.finders[one.finder].on]
    return sorted(enough, key=lambda one: (-one.worth.expected, -one.money, one.key))


def choose(findings: Sequence[Finding], told: Iterable[Told], rules: BriefRules, day: date) -> Chosen:
    """`findings` as ranked; `told`: before the day, the latest first."""
    lately: dict[str, Told] = {}
    for one in told:
        if day - timedelta(days=rules.again_days) <= one.day < day:
            lately.setdefault(one.key, one)
    new = [one for one in findings if one.key not in lately]
    worse = [
        replace(one, worse=True) for one in findings if one.key in lately and is_worse(one, lately[one.key], rules)
    ]
    kept = ranked([*new, *worse], rules)
    names = {one.key for one in kept}
    shown, below = _different(kept, rules)
    return Chosen(tuple(shown), tuple(below), tuple(one for one in findings if one.key not in names))


def _different(findings: Sequence[Finding], rules: BriefRules) -> tuple[list[Finding], list[Finding]]:
    """The first ones, without those that are about the same deals as one before them: stalled ones and those without
    contact, mostly. A few of many deals are not the same: why these are in danger is another matter."""
    shown: list[Finding] = []
    below: list[Finding] = []
    for one in findings:
        like = next((before.key for before in shown if _in_common(one, before) >= Decimal(str(rules.same))), "")
        if like or len(shown) == rules.shown:
            below.append(replace(one, same_as=like))
        else:
            shown.append(one)
    return shown, below


def _in_common(one: Finding, other: Finding) -> Decimal:
    """Money that both name, as a part of what either names (Jaccard, 1912); each deal with the larger amount."""
    keys = one.amounts.keys() & other.amounts.keys()
    both = sum((max(one.amounts[key], other.amounts[key]) for key in keys), Decimal())
    either = total((one, other))
    return both / either if either else Decimal()


def is_worse(now: Finding, then: Told, rules: BriefRules) -> bool:
    """More cases or more money than when it was told, by the part that the rules say."""
    more = 1 + Decimal(str(rules.worse_by))
    return _grew(Decimal(now.count), Decimal(then.count), more) or _grew(now.money, then.money, more)


def _grew(now: Decimal, then: Decimal, more: Decimal) -> bool:
    return now > then and now >= then * more


def last_weeks(told: Iterable[Told], day: date) -> list[Told]:
    """What was told in the calendar week before the day's: of each finding the first time, the largest first."""
    monday = day - timedelta(days=day.weekday())
    first: dict[str, Told] = {}
    for one in sorted(told, key=lambda one: one.day):
        if monday - timedelta(days=7) <= one.day < monday:
            first.setdefault(one.key, one)
    return sorted(first.values(), key=lambda one: (-one.money, one.key))[:MOST]


def outcomes(told: Iterable[Told], now: Mapping[str, Finding], planned: frozenset[str]) -> tuple[Outcome, ...]:
    """Each beside what it is now; what isn't found any more is nothing."""
    found = []
    for one in told:
        again = now.get(one.key)
        found.append(
            Outcome(
                one.finder,
                one.key,
                one.day,
                one.count,
                again.count if again else 0,
                one.money,
                again.money if again else one.money * 0,
                one.key in planned,
            )
        )
    return tuple(found)
