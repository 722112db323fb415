"""Shapley values of conversion rates, as marketing-attribution-models has them: for comparison only.

The worth of a coalition is the conversion rate of the journeys whose channels are exactly that set (0 where none
converted). More channels may be worth less, so credits can be negative: it says little about what a channel adds.
"""

from __future__ import annotations

from functools import cache
from math import factorial
from typing import TYPE_CHECKING

from bot.contracts.errors import BadInput
from config.languages import operator_language
from config.locales import t
from knowledge.journeys.moves import LOST, WON, WORTH
from knowledge.journeys.sets import Sets
from knowledge.journeys.summing import summed

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from knowledge.journeys.paths import Floats, Ints

LARGEST_SET = 20
MOST_COALITIONS = 2**27
BLOCK = 2**20


def rate_credits(sets: Sets, channels: int, weights: Floats | None = None) -> Floats:
    """(D, channels, 2) credits of conversions and value; D = 1, or one for each reweighting of the groups (D, 32).

    A set's Shapley values sum to its rate; they are scaled to its conversions and its value.
    Raises BadInput where there are too many coalitions to go through.
    """
    import numpy as np

    flat = sets.weights.sum(axis=0)[None] if weights is None else np.tensordot(weights, sets.weights, axes=1)
    won, total = flat[:, :, WON], flat[:, :, WON] + flat[:, :, LOST]
    rate = np.divide(won, total, out=np.zeros_like(won), where=won > 0)
    credit = np.zeros((len(flat), channels, 2))
    for rows, members, coalitions in _blocks(sets, channels):
        worth = np.where(coalitions >= 0, rate[:, coalitions], 0.0)
        values = worth @ _marginal(members.shape[1])  # (D, rows, n)
        for kind, amount in ((0, won[:, rows]), (1, flat[:, rows, WORTH])):
            scale = np.divide(amount, rate[:, rows], out=np.zeros_like(amount), where=rate[:, rows] > 0)
            for draw in range(len(flat)):
                scaled = (values[draw] * scale[draw][:, None]).ravel()
                credit[draw, :, kind] += summed(members.ravel(), scaled, channels)
    return credit


@cache
def _marginal(size: int) -> Floats:
    """(2^n - 1, n) weight of each coalition's worth in each member's Shapley value."""
    import numpy as np

    table = np.zeros(((1 << size) - 1, size))
    for mask in range(1, 1 << size):
        count = mask.bit_count()
        joined = factorial(count - 1) * factorial(size - count) / factorial(size)
        left = -factorial(count) * factorial(size - count - 1) / factorial(size) if count < size else 0.0
        table[mask - 1] = [joined if mask >> place & 1 else left for place in range(size)]
    return table


def _blocks(sets: Sets, channels: int) -> Iterator[tuple[Ints, Ints, Ints]]:
    """For sets that converted, some of one size at a time: their rows, members and the rows of their coalitions."""
    import numpy as np

    converted = np.flatnonzero(sets.weights[:, :, WON].sum(axis=0) > 0)
    sizes = np.array([len(sets.members[row]) for row in converted], dtype=np.int64)
    _check(sizes)
    marks = _marks(channels)
    keys = np.array([marks[list(members)].sum(dtype=np.uint64) for members in sets.members], dtype=np.uint64)
    order = np.argsort(keys)
    for size in np.unique(sizes):
        rows = converted[sizes == size]
        chosen = np.arange(1, 1 << size)[:, None] >> np.arange(size) & 1
        for begin in range(0, len(rows), step := max(BLOCK >> size, 1)):
            here = rows[begin : begin + step]
            members = np.array([sets.members[row] for row in here])
            wanted = marks[members] @ chosen.T.astype(np.uint64)
            place = np.minimum(np.searchsorted(keys, wanted, sorter=order), len(keys) - 1)
            yield here, members, np.where(keys[order[place]] == wanted, order[place], -1)


def _marks(channels: int) -> NDArray[np.uint64]:
    """(K,) one bit for each channel; where 64 bits don't suffice, random numbers, of which sums are distinct enough."""
    import numpy as np

    if channels <= 63:
        return np.uint64(1) << np.arange(channels, dtype=np.uint64)
    return np.random.default_rng(0).integers(1, 2**63, size=channels, dtype=np.uint64)


def _check(sizes: Ints) -> None:
    import numpy as np

    if len(sizes) and (sizes.max() > LARGEST_SET or np.sum(2.0**sizes) > MOST_COALITIONS):
        raise BadInput(t("attribution_engine.too_many_coalitions", operator_language(), size=int(sizes.max())))
