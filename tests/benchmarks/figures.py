"""From measured values to what is printed: percentiles, medians, tables."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least `percent` % of the values don't exceed; NaN of nothing."""
    if not values:
        return math.nan
    rank = math.ceil(len(values) * percent / 100)
    return sorted(values)[max(0, rank - 1)]


def seconds(value: float) -> str:
    """A duration as people read it: ms below ten seconds, "–" when nothing was measured."""
    if math.isnan(value):
        return "–"
    return f"{value:.1f} s" if value >= 10 else f"{value * 1000:,.0f} ms"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; numbers are aligned to the right, except in the first column."""
    lines = [head, ["---", *("---:" for _ in head[1:])], *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines)
