"""What a way of talking is worth: win rates with and without it, how sure that is, and what else may explain it.

Sources. Difference of two shares with interval: R. G. Newcombe, Statistics in Medicine 17 (1998) 873-890, method 10
(Wilson's intervals combined). Difference within strata: weights of Mantel and Haenszel, as S. Greenland and
J. M. Robins, Biometrics 41 (1985) 55-68, use them. Test: Fisher's exact one, one-sided.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from knowledge.risk.figures import share


@dataclass(frozen=True, slots=True)
class Counts:
    """Deals with and without something, and how many of them were won."""

    won_with: int
    with_: int
    won_without: int
    without: int

    @property
    def difference(self) -> float | None:
        """Win rate with it less win rate without, -1..1; None when one of the two groups is empty."""
        if not self.with_ or not self.without:
            return None
        return self.won_with / self.with_ - self.won_without / self.without

    def interval(self) -> tuple[float, float] | None:
        """95 % interval of the difference; None when one of the two groups is empty."""
        one, other = share(self.won_with, self.with_), share(self.won_without, self.without)
        if one is None or other is None:
            return None
        difference = one.value - other.value
        low = difference - math.hypot(one.value - one.low, other.high - other.value)
        high = difference + math.hypot(one.high - one.value, other.value - other.low)
        return max(-1.0, low), min(1.0, high)

    def chance(self) -> float:
        """How likely at least so many wins with it are if it makes no difference: one-sided p, 0..1."""
        won, everybody = self.won_with + self.won_without, self.with_ + self.without
        most = min(won, self.with_)
        ways = (_log_ways(won, k) + _log_ways(everybody - won, self.with_ - k) for k in range(self.won_with, most + 1))
        return min(1.0, math.fsum(math.exp(way - _log_ways(everybody, self.with_)) for way in ways))


@dataclass(frozen=True, slots=True)
class Effect:
    """The measured effect of one pattern on the win rate, among deals that can be compared."""

    counts: Counts
    low: float  # 95 % interval of the difference
    high: float
    chance: float  # p over all patterns that were tried, 0..1
    tried: int  # how many that were
    within: Mapping[str, float | None] = field(default_factory=dict)  # the difference within each confounder's strata

    @property
    def difference(self) -> float:
        """Win rate with the pattern less win rate without."""
        return self.counts.difference or 0.0


def counts(with_: Iterable[bool], won: Iterable[bool], among: Iterable[bool]) -> Counts:
    """Count deals: whether each has it, was won, and counts at all."""
    tally = {(has, win): 0 for has in (True, False) for win in (True, False)}
    for has, win, counted in zip(with_, won, among, strict=True):
        if counted:
            tally[bool(has), bool(win)] += 1
    yes, no = tally[True, True], tally[False, True]
    return Counts(yes, yes + tally[True, False], no, no + tally[False, False])


def within(strata: Iterable[Counts]) -> float | None:
    """The difference as it is within strata, weighted; None when no stratum has deals of both kinds."""
    both = [(one.with_ * one.without / (one.with_ + one.without), one) for one in strata if one.with_ and one.without]
    total = math.fsum(weight for weight, _ in both)
    return math.fsum(weight * (one.difference or 0.0) for weight, one in both) / total if total else None


def _log_ways(n: int, k: int) -> float:
    """The logarithm of "n choose k"; minus infinity where there is no way."""
    if k < 0 or k > n:
        return -math.inf
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
