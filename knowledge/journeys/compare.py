"""Models held against each other: where they disagree, how alike their orders are, and where data is too thin."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from knowledge.journeys.bootstrap import Intervals
    from knowledge.journeys.counts import Counts
    from knowledge.journeys.models import Result

FEWEST_CONVERSIONS = 10
"""Converting journeys that a channel took part in, below which its number says nothing."""
LARGEST_ERROR = 0.5
"""Standard error as a share of the credit, above which its number says nothing."""
POINTS = 0.05
TIMES = 1.5
"""Models disagree about a channel when its largest and smallest share differ by 5 points and by half as much again."""


@dataclass(frozen=True)
class Disagreement:
    """The widest gap between two models about one channel; shares 0..1."""

    channel: str
    low: float
    low_model: str
    high: float
    high_model: str
    flagged: bool


def disagreement(
    results: Sequence[Result], intervals: Mapping[str, Intervals] | None = None, *, of_value: bool = False
) -> tuple[Disagreement, ...]:
    """For each channel, in the order of the results. A gap is flagged when it is wide (POINTS, TIMES) and, with
    intervals, when those of the two models don't overlap: then it isn't chance but another way of looking.
    """
    import numpy as np

    if not results:
        return ()
    shares = np.stack([result.shares(of_value) for result in results])
    low, high = shares.argmin(axis=0), shares.argmax(axis=0)
    rows = []
    for channel, name in enumerate(results[0].channels):
        small, large = float(shares[low[channel], channel]), float(shares[high[channel], channel])
        pair = (results[low[channel]].model, results[high[channel]].model)
        wide = large - small >= POINTS and large >= TIMES * small
        apart = _apart(intervals or {}, pair, channel, int(of_value))
        rows.append(Disagreement(name, small, pair[0], large, pair[1], wide and apart))
    return tuple(rows)


def _apart(intervals: Mapping[str, Intervals], pair: tuple[str, str], channel: int, kind: int) -> bool:
    if not set(pair) <= set(intervals):
        return True
    below, above = intervals[pair[0]], intervals[pair[1]]
    return bool(below.high[channel, kind] < above.low[channel, kind])


def rank_agreement(one: Result, other: Result, *, of_value: bool = False) -> float:
    """Kendall's tau-b of two models' orders of channels, -1..1; 1 where there is nothing to order."""
    from scipy.stats import kendalltau

    tau = float(kendalltau(one.shares(of_value), other.shares(of_value)).statistic)
    return 1.0 if math.isnan(tau) else tau


def too_little(counts: Counts, result: Result, intervals: Intervals | None) -> tuple[bool, ...]:
    """For each channel, whether its number shouldn't be relied on: it took part in fewer than FEWEST_CONVERSIONS
    conversions, or the standard error of its credit is above LARGEST_ERROR of the credit.
    """
    thin = counts.reach.converting < FEWEST_CONVERSIONS
    if intervals is not None:
        thin = thin | (intervals.standard_error[:, 0] > LARGEST_ERROR * abs(result.conversions))
    return tuple(bool(one) for one in thin)
