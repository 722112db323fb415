"""Why a rate changed: every dimension and pair of dimensions taken apart, tested, ranked. Pure.

One finding is one category of one dimension (or combination of two) and one kind of effect: its rate changed, or its
share did. All findings of one question are tested together (Holm), so that looking at everything finds no more than
chance allows.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from knowledge.metrics.decomposition import Cell, Crossed, Decomposition, Part, crossed_change, rate_change
from knowledge.metrics.noise import SURE, chance, corrected, share_chance

Cube = Mapping[tuple[str, ...], Cell]
"""Cells by the values of all dimensions, in their order."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason: what it adds to the change, and how often chance alone makes such a difference."""

    dimensions: tuple[str, ...]
    values: tuple[str, ...]
    kind: Literal["rate", "mix", "sum"]  # sum: of a count or an amount, all that the category adds
    effect: float
    part: Part
    chance: float | None  # corrected for all that was looked at

    @property
    def is_sure(self) -> bool:
        """Whether it's more than chance."""
        return self.chance is not None and self.chance < SURE


@dataclass(frozen=True, slots=True)
class Reasons:
    """The whole answer to a why."""

    before: Cell
    after: Cell
    chance: float | None  # that the whole change is chance
    dimensions: Mapping[str, Decomposition]
    pairs: Mapping[tuple[str, str], Crossed]
    findings: tuple[Finding, ...]  # the sure ones first, then by effect

    @property
    def change(self) -> float:
        """Of the rate."""
        return self.after.rate - self.before.rate

    @property
    def look(self) -> Finding | None:
        """What to look at first: the largest sure effect in the change's direction; None when all may be chance."""
        sure = (one for one in self.findings if one.is_sure and one.effect * self.change > 0)
        return next(sure, None)


def reasons(before: Cube, after: Cube, dimensions: Sequence[str], *, tested: bool = True) -> Reasons:
    """Take the change of the overall rate apart. `dimensions` name the places of the cubes' keys.

    `tested` False: of ratios of amounts, for whose noise no test here is right; nothing is sure then.
    """
    singles = {name: rate_change(_along(before, (at,)), _along(after, (at,))) for at, name in enumerate(dimensions)}
    pairs = {
        (dimensions[i], dimensions[j]): crossed_change(_two(before, i, j), _two(after, i, j))
        for i, j in combinations(range(len(dimensions)), 2)
    }
    whole = sum(before.values(), Cell()), sum(after.values(), Cell())
    taken = [((name,), found) for name, found in singles.items()] + [
        (names, found.parts) for names, found in pairs.items()
    ]
    return Reasons(*whole, chance(*whole) if tested else None, singles, pairs, _findings(taken, whole, tested))


def _findings(
    taken: Sequence[tuple[tuple[str, ...], Decomposition]], whole: tuple[Cell, Cell], tested: bool
) -> tuple[Finding, ...]:
    found: list[Finding] = []
    for names, parts in taken:
        for part in parts.parts:
            values = _values(part.category)
            alone = chance(part.before, part.after) if tested else None
            share = share_chance(part.before.n, whole[0].n, part.after.n, whole[1].n) if tested else None
            found.append(Finding(names, values, "rate", part.rate_effect, part, alone))
            found.append(Finding(names, values, "mix", part.mix_effect, part, share))
    chances = corrected([one.chance for one in found])
    ranked = [
        Finding(one.dimensions, one.values, one.kind, one.effect, one.part, p)
        for one, p in zip(found, chances, strict=True)
        if one.effect
    ]
    return tuple(sorted(ranked, key=lambda one: (not one.is_sure, -abs(one.effect), len(one.dimensions), one.values)))


def _values(category: Hashable) -> tuple[str, ...]:
    return tuple(str(one) for one in category) if isinstance(category, tuple) else (str(category),)


def _along(cube: Cube, places: tuple[int, ...]) -> dict[tuple[str, ...], Cell]:
    found: dict[tuple[str, ...], Cell] = {}
    for key, cell in cube.items():
        short = tuple(key[place] for place in places)
        found[short] = found.get(short, Cell()) + cell
    return found


def _two(cube: Cube, i: int, j: int) -> dict[tuple[str, ...], Cell]:
    return {(key[0], key[1]): cell for key, cell in _along(cube, (i, j)).items()}
