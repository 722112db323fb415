"""What was counted of two files: groups, their sum, and the rows that are not as they should be."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from knowledge.funnel.cells import says_unknown
from knowledge.funnel.columns import Dates, Question
from knowledge.risk.figures import Share, share


@dataclass(frozen=True, slots=True)
class Count:
    """Leads, how many of them were won, and what the won ones are worth (None: nobody asked)."""

    leads: int = 0
    won: int = 0
    value: Decimal | None = None

    @property
    def rate(self) -> float | None:
        """Won of leads; None without leads."""
        return self.won / self.leads if self.leads else None

    @property
    def interval(self) -> Share | None:
        """Wilson's, 95 %."""
        return share(self.won, self.leads)

    def __add__(self, other: Count) -> Count:
        value = None if self.value is None or other.value is None else self.value + other.value
        return Count(self.leads + other.leads, self.won + other.won, value)


@dataclass(frozen=True, slots=True)
class Group:
    """One combination of the columns asked for; "" where the cell says nothing."""

    names: tuple[str, ...]
    count: Count

    @property
    def is_missing(self) -> bool:
        """Whether one of its columns says nothing."""
        return "" in self.names

    @property
    def is_unknown(self) -> bool:
        """Whether one of its columns says nothing, or says so ("unknown")."""
        return self.is_missing or any(says_unknown(name) for name in self.names)


@dataclass(frozen=True, slots=True)
class Flag:
    """Rows that are not as they should be. `counted`: whether the numbers have them all the same."""

    kind: str
    file: str  # "leads" or "won"
    count: int
    counted: bool
    impossible: bool = False
    value: Decimal | None = None  # what these rows are worth, where that says something
    rows: tuple[dict[str, Any], ...] = ()  # the first of them: line, key, dates, value


@dataclass(frozen=True, slots=True)
class Funnel:
    """What was counted."""

    question: Question
    total: Count
    groups: tuple[Group, ...]  # the largest first; their sum is the total
    lead_rows: int
    won_rows: int
    orphans: Count  # won rows whose key no lead has: `won` of them, and their value
    flags: tuple[Flag, ...]
    lead_dates: Dates
    won_dates: Dates
    loose_keys: bool = False  # keys were equal only without case and ".0"
    currencies: tuple[str, ...] = ()

    @property
    def unknown(self) -> Count:
        """Leads of groups that say nothing, or that they are unknown."""
        return sum((one.count for one in self.groups if one.is_unknown), Count(value=self._zero))

    @property
    def missing(self) -> Count:
        """Leads of groups that say nothing."""
        return sum((one.count for one in self.groups if one.is_missing), Count(value=self._zero))

    @property
    def _zero(self) -> Decimal | None:
        return None if self.total.value is None else Decimal(0)
