"""What a morning's brief is made of (B14, B15): numbers and facts only; `skills/briefing/words.py` says them. Pure.

Money is in yuan. A finding's money is the sum of its `amounts`, each keyed by what it is an amount of ("deal:O1"), so
that a total over several findings counts nothing twice. Its expected value is money × probability × share, each factor
with where it comes from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

Value = str | int | float | Decimal | date | None
Unit = Literal["count", "yuan", "rate", "days", "text", "day"]
ScopeKind = Literal["all", "region", "team", "own"]
Source = Literal["measured", "prior", "fixed"]


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence that is still to be said: a key of the locales below `briefing.`, and what it says."""

    key: str
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose morning it is. `name`: of the region or team; of a rep (`own`), the person's name."""

    kind: ScopeKind
    name: str = ""


@dataclass(frozen=True, slots=True)
class Who:
    """One of us, named only where the viewer may see the name."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Factor:
    """A number between 0 and 1 and its basis. `measured`: `hits` of `n` cases in the data (and, where it is what two
    rates differ by, `other_hits` of `other_n`); `prior`: from config/briefing, because `n` is too small or nothing in
    the data tells; `fixed`: true by definition."""

    value: float
    source: Source
    basis: Note
    hits: int = 0
    n: int = 0
    other_hits: int = 0
    other_n: int = 0


@dataclass(frozen=True, slots=True)
class Worth:
    """Expected value in yuan = money × probability × share, rounded to whole yuan."""

    money: Decimal
    probability: Factor
    share: Factor

    @property
    def expected(self) -> Decimal:
        """What the action is worth on average, in yuan."""
        exact = self.money * Decimal(repr(self.probability.value)) * Decimal(repr(self.share.value))
        return exact.quantize(Decimal(1), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Column:
    """Of a table of evidence: `briefing.column.<name>` is its title."""

    name: str
    unit: Unit


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One row that the viewer may open: what it is (deal, quote, payment, lead, source, …), its id, its cells."""

    kind: str
    id: str
    cells: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The rows behind a finding: the largest first, at most five; `ids` are all of them."""

    columns: tuple[Column, ...]
    rows: tuple[EvidenceRow, ...]
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """One bar or point. `label` is data (a name, a channel, 11-09); `marked`: the one that is talked about."""

    label: str
    value: float
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """A chart's numbers: `briefing.series.<key>` is its title. `line` over time, `bar` otherwise."""

    key: str
    kind: Literal["bar", "line"]
    unit: Unit
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """Who does what by when: `briefing.action.<what>` is the sentence, filled from `values`."""

    what: str
    who: Who
    by: date
    values: Mapping[str, Value] = field(default_factory=dict)
    others: tuple[Who, ...] = ()  # leaders of other teams whose work it takes, too; `who` has most of it and leads


@dataclass(frozen=True, slots=True)
class Finding:
    """One opportunity. `key`: what makes it the same finding on another day (finder and what it is about).

    `values` fill its sentences (`briefing.finding.<finder>.headline`, `.why`). `proposal`: one change of budget or
    incentive (B15). `since`, `until`: days that were looked at, None for a state of now.
    """

    finder: str
    key: str
    count: int
    amounts: Mapping[str, Decimal]
    worth: Worth
    evidence: Evidence
    series: Series
    action: Action
    owner: Who
    proposal: Note
    values: Mapping[str, Value] = field(default_factory=dict)
    since: date | None = None
    until: date | None = None
    worse: bool = False  # told before, and here again because it got worse
    same_as: str = ""  # key of a finding that is told, and has most of the money in common with this one

    @property
    def money(self) -> Decimal:
        """At stake, in yuan."""
        return sum(self.amounts.values(), Decimal())


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a finding of last week: measured then and now. `planned`: somebody took it on."""

    finder: str
    key: str
    told: date
    count_then: int
    count_now: int
    money_then: Decimal
    money_now: Decimal
    planned: bool = False

    @property
    def helped(self) -> bool:
        """Less of it than then."""
        return (self.count_now, self.money_now) < (self.count_then, self.money_then) and (
            self.money_now <= self.money_then
        )


@dataclass(frozen=True, slots=True)
class Brief:
    """One morning for one scope and viewer.

    `findings`: at most three, by expected value. `held`: found, but told before and not worse; `dismissed`: somebody
    said that it is no problem. `below`: found, but behind the first three. `missing`: parts that aren't connected.
    `notes`: what to know about the figures (late sources, a past day known only in part).
    """

    day: date
    scope: Scope
    findings: tuple[Finding, ...]
    below: tuple[Finding, ...] = ()
    held: tuple[Finding, ...] = ()
    dismissed: int = 0
    outcomes: tuple[Outcome, ...] = ()
    missing: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    working_day: bool = True
    as_of: datetime | None = None

    @property
    def total(self) -> Decimal:
        """Money at stake in the findings told, nothing twice, in yuan."""
        return total(self.findings)


def total(findings: Iterable[Finding]) -> Decimal:
    """Every amount once: where two findings put different amounts on one deal, the larger."""
    found: dict[str, Decimal] = {}
    for finding in findings:
        for key, amount in finding.amounts.items():
            found[key] = max(found.get(key, Decimal()), amount)
    return sum(found.values(), Decimal())
