"""Shares that people read: rounded so that they still add up to 100.00 %."""

from __future__ import annotations

import math
from collections.abc import Sequence


def rounded_shares(values: Sequence[float], decimals: int = 2, whole: float = 100.0) -> list[float]:
    """Shares of `whole` by largest remainder (Hamilton): the rounded ones sum to `whole` exactly.

    Ties go to the earlier value. All zero when the values sum to nothing. Negative values are possible
    (the conversion-rate Shapley): they are rounded down like the others.
    """
    total = math.fsum(values)
    if not total:
        return [0.0] * len(values)
    unit = 10**decimals
    exact = [value / total * whole * unit for value in values]
    floors = [math.floor(value) for value in exact]
    missing = round(whole * unit) - sum(floors)
    order = sorted(range(len(values)), key=lambda index: (floors[index] - exact[index], index))
    for index in order[:missing]:
        floors[index] += 1
    return [value / unit for value in floors]
