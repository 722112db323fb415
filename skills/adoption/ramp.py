"""From hiring days and first won deals to curves: how many have won by which day (Kaplan–Meier). Pure.

Who has no deal yet still counts: they have waited at least as long as they are here. Leaving them out would make every
ramp look shorter than it is.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

FEW = 10
"""Fewer people than these are named as few wherever their figures stand."""
LANDMARK = 30
"""Days after hiring in which a prompt must have come for somebody to count as one who works with prompts."""
HALF = 0.5


@dataclass(frozen=True, slots=True)
class Start:
    """One new person."""

    hired: date
    won: date | None = None  # their first deal since
    prompted: date | None = None  # their first prompt

    def days(self, today: date) -> int:
        """From hiring to the first deal; without one, until today."""
        return ((self.won or today) - self.hired).days


@dataclass(frozen=True, slots=True)
class Curve:
    """One group. Days are counted from hiring; None: not reached by half of them, or not to be told from so few."""

    n: int
    won: int  # of them, who have won
    median: int | None = None
    low: int | None = None  # 95 % interval of the median
    high: int | None = None
    steps: tuple[tuple[int, float], ...] = ()  # from this day on, so large a share has won

    @property
    def few(self) -> bool:
        """Whether this is too few to build on."""
        return self.n < FEW


@dataclass(frozen=True, slots=True)
class Comparison:
    """With and without prompts, among those who had no deal at the landmark and were here longer."""

    with_: Curve
    without: Curve
    left_out: int  # who won before the landmark, or hasn't reached it
    chance: float | None  # log-rank test: how often chance alone makes such a difference; None: not to be told


def curve(starts: Sequence[Start], today: date) -> Curve:
    """The estimate, with the interval of Brookmeyer and Crowley on the log-log scale."""
    won = sum(one.won is not None for one in starts)
    if not won:
        return Curve(len(starts), won)
    from scipy.stats import ecdf

    waiting = ecdf(_censored(starts, today)).sf
    with warnings.catch_warnings():  # where everybody waits, or nobody, there is no interval
        warnings.simplefilter("ignore", RuntimeWarning)
        band = waiting.confidence_interval(method="log-log")
    days = [int(day) for day in waiting.quantiles]
    shares = [float(share) for share in waiting.probabilities]
    return Curve(
        len(starts),
        won,
        _falls_to_half(days, shares),
        _falls_to_half(days, band.low.probabilities),
        _falls_to_half(days, band.high.probabilities),
        tuple((day, round(1 - share, 4)) for day, share in zip(days, shares, strict=True)),
    )


def compare(starts: Sequence[Start], today: date) -> Comparison:
    """A landmark analysis: groups are made by what happened in the first LANDMARK days, times compared after them.

    Else whoever takes long would have had more time to get a prompt, and prompts would look slow.
    """
    fair = [one for one in starts if one.days(today) > LANDMARK]
    with_ = [one for one in fair if _is_prompted(one)]
    without = [one for one in fair if not _is_prompted(one)]
    curves = curve(with_, today), curve(without, today)
    return Comparison(*curves, len(starts) - len(fair), _chance(with_, without, today))


def cohorts(starts: Iterable[Start], today: date) -> list[tuple[int, int, Curve]]:
    """(year, half of the year, curve) by hiring day, the latest first."""
    groups: dict[tuple[int, int], list[Start]] = {}
    for one in starts:
        groups.setdefault((one.hired.year, 1 if one.hired.month <= 6 else 2), []).append(one)
    return [(*half, curve(groups[half], today)) for half in sorted(groups, reverse=True)]


def _is_prompted(one: Start) -> bool:
    return one.prompted is not None and one.prompted <= one.hired + timedelta(days=LANDMARK)


def _chance(with_: Sequence[Start], without: Sequence[Start], today: date) -> float | None:
    if not any(one.won for one in with_) or not any(one.won for one in without):
        return None
    from scipy.stats import logrank

    return float(logrank(_censored(with_, today), _censored(without, today)).pvalue)


def _censored(starts: Sequence[Start], today: date) -> object:
    from scipy.stats import CensoredData

    return CensoredData.right_censored([one.days(today) for one in starts], [one.won is None for one in starts])


def _falls_to_half(days: Sequence[int], shares: Iterable[float]) -> int | None:
    """The first day on which no more than half still wait."""
    return next((day for day, share in zip(days, shares, strict=True) if share <= HALF), None)
