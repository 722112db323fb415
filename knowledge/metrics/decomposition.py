"""A change of a rate or a sum taken apart, exactly: what each category did, and what the mix of categories did. Pure.

Rates, after E. M. Kitagawa, "Components of a Difference Between Two Rates", JASA 50 (1955) 1168–1194. With the share w
and the rate r of each category, before and after:

    R₂ − R₁ = Σ (r₂ − r₁)·(w₁ + w₂)/2  +  Σ (w₂ − w₁)·((r₁ + r₂)/2 − c)
              rate effects                mix effects

Both sums are exact for any c, for the shares' changes add up to nothing; c is the mean of the two overall rates, so
that a category's mix effect says whether more of it raised or lowered the whole.

Sums S = N·Σ w·r, and two dimensions at once, have three factors: P. Das Gupta, "Standardization and Decomposition of
Rates: A User's Manual" (US Census Bureau P23-186, 1993), chapters 2 and 4: of a product a·b·c, the effect of a is
(a₂ − a₁)·((b₁c₁ + b₂c₂)/3 + (b₁c₂ + b₂c₁)/6).

A category that one side doesn't have has no rate there: it is given the other side's, so its coming or going is mix.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import TypeVar

Category = TypeVar("Category", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Cell:
    """So many cases, and what they add up to: how many of them succeeded, or their amounts.

    `squares`: the sum of the amounts' squares; None when each case counts 0 or 1.
    """

    n: int = 0
    total: float = 0.0
    squares: float | None = None

    @property
    def rate(self) -> float:
        """Total of one case; 0 without any."""
        return self.total / self.n if self.n else 0.0

    def __add__(self, other: Cell) -> Cell:
        squares = None if self.squares is None and other.squares is None else (self.squares or 0) + (other.squares or 0)
        return Cell(self.n + other.n, self.total + other.total, squares)


Cells = Mapping[Category, Cell]


@dataclass(frozen=True, slots=True)
class Part:
    """What one category adds to the change."""

    category: Hashable
    before: Cell
    after: Cell
    share_before: float
    share_after: float
    rate_effect: float
    mix_effect: float
    volume_effect: float = 0.0  # of a sum: because there were more or fewer cases altogether

    @property
    def effect(self) -> float:
        """All it adds."""
        return self.rate_effect + self.mix_effect + self.volume_effect


@dataclass(frozen=True, slots=True)
class Decomposition:
    """A change, and its parts, the weightiest first. The parts' effects add up to the change."""

    before: float
    after: float
    parts: tuple[Part, ...]

    @property
    def change(self) -> float:
        """After less before."""
        return self.after - self.before

    @property
    def rate_effect(self) -> float:
        """What changed within the categories."""
        return sum(one.rate_effect for one in self.parts)

    @property
    def mix_effect(self) -> float:
        """What changed because there was more of one category and less of another."""
        return sum(one.mix_effect for one in self.parts)

    @property
    def volume_effect(self) -> float:
        """What changed because there was more or less of everything; 0 for rates."""
        return sum(one.volume_effect for one in self.parts)


@dataclass(frozen=True, slots=True)
class Crossed:
    """A change of a rate along two dimensions at once; the four effects add up to it."""

    before: float
    after: float
    rate_effect: float
    first_effect: float  # the mix of the first dimension
    second_effect: float  # the mix of the second
    parts: Decomposition  # by combination

    @property
    def change(self) -> float:
        """After less before."""
        return self.after - self.before


def rate_change(before: Cells[Category], after: Cells[Category]) -> Decomposition:
    """The change of the overall rate. A side without any case has rate 0, and everything is mix."""
    whole = whole_of(before.values()), whole_of(after.values())
    middle = (whole[0].rate + whole[1].rate) / 2
    empty = not (whole[0].n and whole[1].n)
    parts = [_rate_part(key, *pair, whole, 0.0 if empty else middle) for key, pair in _pairs(before, after).items()]
    return Decomposition(whole[0].rate, whole[1].rate, _ranked(parts))


def sum_change(before: Cells[Category], after: Cells[Category]) -> Decomposition:
    """The change of the overall sum: more cases, another mix, other amounts a case."""
    whole = whole_of(before.values()), whole_of(after.values())
    parts = [_sum_part(key, *pair, whole) for key, pair in _pairs(before, after).items()]
    return Decomposition(float(whole[0].total), float(whole[1].total), _ranked(parts))


def crossed_change(before: Mapping[tuple[str, ...], Cell], after: Mapping[tuple[str, ...], Cell]) -> Crossed:
    """The change of the overall rate by two dimensions: a combination's share is I·J, its two dimensions' mixes.

    I = √(nᵢⱼ/n.ⱼ · nᵢ./n), J = √(nᵢⱼ/nᵢ. · n.ⱼ/n), whose product is nᵢⱼ/n (Das Gupta 1993, chapter 4).
    """
    mixes = _mixes(before), _mixes(after)
    rate = first = second = 0.0
    for key, (old, new) in _pairs(before, after).items():
        r1, r2 = _rates(old, new)
        (i1, j1), (i2, j2) = (mix.get(key, (0.0, 0.0)) for mix in mixes)
        rate += _third(r1, r2, i1, i2, j1, j2)
        first += _third(i1, i2, j1, j2, r1, r2)
        second += _third(j1, j2, i1, i2, r1, r2)
    parts = rate_change(before, after)
    return Crossed(parts.before, parts.after, rate, first, second, parts)


def by(cells: Mapping[tuple[str, ...], Cell], place: int) -> dict[str, Cell]:
    """Combinations added up along one of their dimensions."""
    found: dict[str, Cell] = {}
    for key, cell in cells.items():
        found[key[place]] = found.get(key[place], Cell()) + cell
    return found


def whole_of(cells: Iterable[Cell]) -> Cell:
    """All of them together."""
    return sum(cells, Cell())


def _pairs(before: Cells[Category], after: Cells[Category]) -> dict[Category, tuple[Cell, Cell]]:
    return {key: (before.get(key, Cell()), after.get(key, Cell())) for key in [*before, *(set(after) - set(before))]}


def _rates(old: Cell, new: Cell) -> tuple[float, float]:
    return (old.rate if old.n else new.rate), (new.rate if new.n else old.rate)


def _shares(old: Cell, new: Cell, whole: tuple[Cell, Cell]) -> tuple[float, float]:
    return (old.n / whole[0].n if whole[0].n else 0.0), (new.n / whole[1].n if whole[1].n else 0.0)


def _rate_part(key: Hashable, old: Cell, new: Cell, whole: tuple[Cell, Cell], middle: float) -> Part:
    (r1, r2), (w1, w2) = _rates(old, new), _shares(old, new, whole)
    return Part(key, old, new, w1, w2, (r2 - r1) * (w1 + w2) / 2, (w2 - w1) * ((r1 + r2) / 2 - middle))


def _sum_part(key: Hashable, old: Cell, new: Cell, whole: tuple[Cell, Cell]) -> Part:
    (r1, r2), (w1, w2) = _rates(old, new), _shares(old, new, whole)
    n1, n2 = whole[0].n, whole[1].n
    rate, mix = _third(r1, r2, w1, w2, n1, n2), _third(w1, w2, r1, r2, n1, n2)
    return Part(key, old, new, w1, w2, rate, mix, _third(n1, n2, w1, w2, r1, r2))


def _third(a1: float, a2: float, b1: float, b2: float, c1: float, c2: float) -> float:
    """The effect of `a` on the change of a·b·c."""
    return (a2 - a1) * ((b1 * c1 + b2 * c2) / 3 + (b1 * c2 + b2 * c1) / 6)


def _mixes(cells: Mapping[tuple[str, ...], Cell]) -> dict[tuple[str, ...], tuple[float, float]]:
    whole, rows, columns = whole_of(cells.values()).n, by(cells, 0), by(cells, 1)
    return {
        key: (
            sqrt(cell.n / columns[key[1]].n * rows[key[0]].n / whole),
            sqrt(cell.n / rows[key[0]].n * columns[key[1]].n / whole),
        )
        for key, cell in cells.items()
        if cell.n
    }


def _ranked(parts: Iterable[Part]) -> tuple[Part, ...]:
    return tuple(sorted(parts, key=lambda one: (-abs(one.effect), str(one.category))))
