"""Whether a difference is more than chance, where many are looked at at once. Pure, and quick: without a library."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb, erfc, sqrt

from knowledge.metrics.decomposition import Cell

SURE = 0.05
"""A difference that chance makes as rarely as this, after correction, is called one."""
_EXACT_UP_TO = 2000  # cases of both sides: Fisher's test adds up that many terms
_EXPECTED = 5  # cases in each field below which the normal approximation isn't used


def chance(before: Cell, after: Cell) -> float | None:
    """How often chance alone makes a difference of rates as large; None where it can't be told.

    Successes: two-proportion z-test, pooled; Fisher's exact test where a field would have fewer than 5 cases.
    Amounts: Welch's test, normal for the large n it is used with here; None below 10 cases a side.
    """
    if not before.n or not after.n:
        return None
    return _welch(before, after) if before.squares is not None or after.squares is not None else _shares(before, after)


def share_chance(part: int, whole: int, other_part: int, other_whole: int) -> float | None:
    """The same for two shares: 30 of 100 and 50 of 100."""
    return chance(Cell(whole, part), Cell(other_whole, other_part))


def corrected(chances: Sequence[float | None]) -> list[float | None]:
    """S. Holm's (1979) correction: the more is looked at, the rarer must be what is believed."""
    known = sorted((p, at) for at, p in enumerate(chances) if p is not None)
    found: list[float | None] = [None] * len(chances)
    so_far = 0.0
    for rank, (p, at) in enumerate(known):
        so_far = max(so_far, min(1.0, p * (len(known) - rank)))
        found[at] = so_far
    return found


def _shares(before: Cell, after: Cell) -> float:
    n, hits = before.n + after.n, round(before.total + after.total)
    smallest = min(before.n, after.n) * min(hits, n - hits) / n
    if smallest < _EXPECTED and n <= _EXACT_UP_TO:
        return _fisher(round(before.total), before.n, hits, n)
    spread = sqrt(hits / n * (1 - hits / n) * (1 / before.n + 1 / after.n))
    return _two_sided((after.rate - before.rate) / spread) if spread else 1.0


def _fisher(hits: int, n: int, all_hits: int, all_n: int) -> float:
    """Two-sided: every table with the same margins that is as unlikely."""
    whole = comb(all_n, n)
    terms = [
        comb(all_hits, one) * comb(all_n - all_hits, n - one)
        for one in range(max(0, n - (all_n - all_hits)), min(n, all_hits) + 1)
    ]
    here = comb(all_hits, hits) * comb(all_n - all_hits, n - hits)
    return min(1.0, sum(one for one in terms if one <= here) / whole)


def _welch(before: Cell, after: Cell) -> float | None:
    if min(before.n, after.n) < 10:
        return None
    spread = sqrt(_variance(before) / before.n + _variance(after) / after.n)
    return _two_sided((after.rate - before.rate) / spread) if spread else None


def _variance(cell: Cell) -> float:
    return max(0.0, ((cell.squares or 0.0) - cell.total**2 / cell.n) / (cell.n - 1))


def _two_sided(z: float) -> float:
    return erfc(abs(z) / sqrt(2))
