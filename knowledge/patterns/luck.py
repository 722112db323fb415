"""How likely luck alone makes some pattern look so good: outcomes are dealt again, many times.

Single-step maxT (P. H. Westfall and S. S. Young, Resampling-Based Multiple Testing, 1993): the best score over all
patterns under shuffled outcomes is what each pattern's score is held against, so that trying hundreds of patterns is
paid for, however much they overlap. Outcomes are shuffled within strata: a pattern that only good salespeople use, or
that only easy customers hear, doesn't stand out.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
Reals = NDArray[np.float64]
_AT_ONCE = 128  # shuffles in one product of matrices


def chances(has: Flags, among: Flags, won: Flags, strata: Sequence[str], rounds: int, seed: int) -> Reals:
    """For each pattern the chance that any pattern scores as well by luck, (0, 1].

    `has`, `among`: one row for each pattern, one column for each deal: whether it holds the pattern, and whether it
    counts for it. `won`, `strata`: one for each deal.
    """
    if not len(has):
        return np.zeros(0)
    holds = has & among
    observed = _scores(holds, among, won[:, None])[:, 0]
    dice, places = np.random.default_rng(seed), _places(strata)
    better = np.zeros(len(has))
    for begin in range(0, rounds, _AT_ONCE):
        many = min(_AT_ONCE, rounds - begin)
        dealt = np.column_stack([_shuffled(won, places, dice) for _ in range(many)])
        best = _scores(holds, among, dealt).max(axis=0)
        better += (best[None, :] >= observed[:, None] - 1e-9).sum(axis=1)
    return np.asarray((1 + better) / (1 + rounds), dtype=np.float64)


def _scores(holds: Flags, among: Flags, won: Flags) -> Reals:
    """How many standard errors above expectation the wins of a pattern's deals are (hypergeometric)."""
    wins = won.astype(np.float32)
    n, everybody = holds.sum(axis=1)[:, None].astype(np.float64), among.sum(axis=1)[:, None].astype(np.float64)
    rate = (among.astype(np.float32) @ wins) / np.maximum(everybody, 1)
    variance = n * rate * (1 - rate) * (everybody - n) / np.maximum(everybody - 1, 1)
    above = (holds.astype(np.float32) @ wins) - n * rate
    return np.where(variance > 1e-9, above / np.sqrt(np.maximum(variance, 1e-9)), 0.0)


def _places(strata: Sequence[str]) -> list[NDArray[np.int_]]:
    names = np.asarray(strata)
    return [np.flatnonzero(names == name) for name in dict.fromkeys(strata)]


def _shuffled(won: Flags, places: Sequence[NDArray[np.int_]], dice: np.random.Generator) -> Flags:
    dealt = won.copy()
    for some in places:
        dealt[some] = dice.permutation(won[some])
    return dealt
