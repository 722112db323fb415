"""Why a count or an amount changed: what each category of each dimension, and of each two, adds to it. Pure.

Chance, in spans of the same length: rows come independently of each other, so a sum S = Σ x of theirs varies by Σ x²
(compound Poisson: Var S = λ E[x²]), and S₂ − S₁ by the sum of both; counts below twenty by the exact binomial test that
a row belongs to either span equally (J. Przyborowski, H. Wilenski, Biometrika 31 (1940) 313–323).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb, erfc, sqrt

from knowledge.metrics.decomposition import Cell, Decomposition, sum_change
from knowledge.metrics.noise import corrected
from knowledge.metrics.reasons import Cube, Finding

_EXACT_BELOW = 20  # rows of both spans
_FEWEST = 10  # rows of both spans below which nothing is said about amounts


@dataclass(frozen=True, slots=True)
class SumReasons:
    """The whole answer to why a sum changed. `dimensions`: name → its parts (volume, mix and rate effects)."""

    before: float
    after: float
    chance: float | None
    dimensions: Mapping[str, Decomposition]
    findings: tuple[Finding, ...]  # the sure ones first, then by effect

    @property
    def change(self) -> float:
        """After less before."""
        return self.after - self.before

    @property
    def look(self) -> Finding | None:
        """What to look at first: the largest sure effect in the change's direction; None when all may be chance."""
        return next((one for one in self.findings if one.is_sure and one.effect * self.change > 0), None)


def sum_reasons(before: Cube, after: Cube, dimensions: Sequence[str]) -> SumReasons:
    """Take the change of the whole sum apart. Cells count rows; `squares` None where each row counts one."""
    whole = sum(before.values(), Cell()), sum(after.values(), Cell())
    singles = {name: sum_change(along(before, (at,)), along(after, (at,))) for at, name in enumerate(dimensions)}
    taken: list[tuple[tuple[str, ...], Decomposition]] = [((name,), one) for name, one in singles.items()]
    for i, j in combinations(range(len(dimensions)), 2):
        crossed = sum_change(along(before, (i, j)), along(after, (i, j)))
        taken.append(((dimensions[i], dimensions[j]), crossed))
    return SumReasons(whole[0].total, whole[1].total, sum_chance(*whole), singles, _findings(taken))


def sum_chance(before: Cell, after: Cell) -> float | None:
    """How often chance alone makes a difference of the two sums as large; None where it can't be told."""
    n = before.n + after.n
    counts = before.squares is None and after.squares is None
    if not n or (not counts and n < _FEWEST):
        return None
    if counts and n < _EXACT_BELOW:
        tail = sum(comb(n, k) for k in range(min(before.n, after.n) + 1))
        return min(1.0, tail / float(2 ** (n - 1)))
    spread = sqrt(_squares(before) + _squares(after))
    return erfc(abs(after.total - before.total) / spread / sqrt(2)) if spread else None


def along(cube: Cube, places: tuple[int, ...]) -> dict[tuple[str, ...], Cell]:
    """A cube added up over all dimensions but these."""
    found: dict[tuple[str, ...], Cell] = {}
    for key, cell in cube.items():
        short = tuple(key[place] for place in places)
        found[short] = found.get(short, Cell()) + cell
    return found


def _squares(cell: Cell) -> float:
    return float(cell.n) if cell.squares is None else cell.squares


def _findings(taken: Sequence[tuple[tuple[str, ...], Decomposition]]) -> tuple[Finding, ...]:
    parts = [(names, part) for names, one in taken for part in one.parts]
    chances = corrected([sum_chance(part.before, part.after) for _, part in parts])
    found = [
        Finding(names, _values(part.category), "sum", part.after.total - part.before.total, part, p)
        for (names, part), p in zip(parts, chances, strict=True)
        if part.after.total != part.before.total
    ]
    return tuple(sorted(found, key=lambda one: (not one.is_sure, -abs(one.effect), len(one.dimensions), one.values)))


def _values(category: object) -> tuple[str, ...]:
    return tuple(str(one) for one in category) if isinstance(category, tuple) else (str(category),)
