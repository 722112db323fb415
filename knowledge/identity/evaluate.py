"""How well pairs are found, against known ones."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from knowledge.identity.match import Candidate, Limits, find_pairs


@dataclass(frozen=True, slots=True)
class At:
    """From one probability on. Without any found pair precision is 1: nothing wrong was said."""

    least: float
    found: int
    right: int
    pairs: int

    @property
    def precision(self) -> float:
        """Share of the found pairs that are true."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of the true pairs that were found."""
        return self.right / self.pairs if self.pairs else 1.0


@dataclass(frozen=True, slots=True)
class Report:
    """What was found at each probability; `hits`: true pairs found at the lowest."""

    rows: int
    pairs: int
    at: tuple[At, ...]
    hits: frozenset[frozenset[str]]


def evaluate(
    candidates: Sequence[Candidate],
    pairs: Collection[frozenset[str]],
    leasts: Sequence[float],
    limits: Limits | None = None,
) -> Report:
    """`pairs`: the ids of those that are one; `leasts`: probabilities, the lowest first."""
    known = frozenset(pairs)
    found = [
        (frozenset((one.left.id, one.right.id)), one.probability)
        for one in find_pairs(candidates, min(leasts), limits=limits)
    ]
    at = []
    for least in leasts:
        said = {pair for pair, probability in found if probability >= least}
        at.append(At(least, len(said), len(said & known), len(known)))
    return Report(len(candidates), len(known), tuple(at), frozenset(pair for pair, _ in found) & known)
