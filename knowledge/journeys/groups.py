"""Groups of the bootstrap: every journey falls into one of 1024 by its hash; statistics are kept for each group.

Redrawing groups stands for redrawing journeys. The standard error found so is itself uncertain by about
1 / sqrt(2 G): 2 % with 1024 groups, 4 % with 256, 13 % with 32; where memory forbids, neighbouring groups are added up.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from knowledge.journeys.paths import FINEST, Paths, is_unit
from knowledge.journeys.summing import summed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from knowledge.journeys.paths import Floats, Ints

COARSEST = 32
MOST_CELLS = 2**23
"""Dense statistics are kept up to so many numbers (64 MB)."""
SEED = 20240501
"""Of everything that is drawn: the same data give the same interval."""


def group_count(cells: int, asked: int = 0) -> int:
    """The most groups for which `cells` numbers each stay within memory, a power of two from 1024 down to 32."""
    count = asked or FINEST
    while count > COARSEST and count * cells > MOST_CELLS:
        count //= 2
    return count


def group_of(paths: Paths, count: int) -> Ints:
    """(P,) group of each path among `count`; all in group 0 where nobody hashed them."""
    import numpy as np

    if paths.group is None or count == 1:
        return np.zeros(len(paths.conversions), dtype=np.int64)
    return (paths.group // (FINEST // count)).astype(np.int64)


def fold(statistics: Floats, count: int) -> Floats:
    """(G, …) added up to (count, …): what collecting with `count` groups would have given."""
    groups = statistics.shape[0]
    added: Floats = statistics.reshape(count, groups // count, *statistics.shape[1:]).sum(axis=1)
    return added


def hashed(keys: NDArray[np.uint64]) -> NDArray[np.uint16]:
    """(P,) 0..1023 for each key, whatever the order in which journeys come (splitmix64, Steele et al. 2014)."""
    import numpy as np

    mixed = keys + np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1)):
        mixed ^= mixed >> np.uint64(shift)
        mixed *= np.uint64(factor)
    mixed %= np.uint64(FINEST)
    return mixed.astype(np.uint16)


def dealt(paths: Paths, seed: int = SEED) -> Paths:
    """Paths that stand for several journeys, dealt out to groups one journey at a time, each at random.

    A row of a path table becomes one row for each group that it touches, with the value in proportion to the
    conversions: what single journeys brought is not known there, so intervals of value are a little too narrow.
    """
    import numpy as np

    random = np.random.default_rng((seed, len(paths.tokens), int(paths.conversions.sum() + paths.nulls.sum())))
    if is_unit(paths):
        return replace(paths, group=random.integers(0, FINEST, len(paths.conversions), dtype=np.uint16))
    won, lost = _shares(paths.conversions, random), _shares(paths.nulls, random)
    keys, place = np.unique(np.concatenate((won[0], lost[0])), return_inverse=True)
    rows, groups = keys // FINEST, keys % FINEST
    conversions = summed(place[: len(won[0])], won[1], len(keys))
    nulls = summed(place[len(won[0]) :], lost[1], len(keys))
    worth = np.divide(paths.value, paths.conversions, out=np.zeros_like(paths.value), where=paths.conversions > 0)
    lengths = paths.lengths[rows]
    starts = np.concatenate(([0], np.cumsum(lengths)))
    touches = np.repeat(paths.starts[rows] - starts[:-1], lengths) + np.arange(starts[-1])
    return replace(
        paths,
        tokens=paths.tokens[touches],
        starts=starts,
        conversions=conversions,
        value=conversions * worth[rows],
        nulls=nulls,
        hours=None if paths.hours is None else paths.hours[touches],
        milestones=None if paths.milestones is None else paths.milestones.pick(rows),
        group=groups.astype(np.uint16),
    )


def _shares(weights: Floats, random: np.random.Generator) -> tuple[Ints, Floats]:
    """Row * FINEST + group, and weight, of the journeys (the last one may be a part of one) of each row."""
    import numpy as np

    whole = np.ceil(weights).astype(np.int64)
    unit = np.divide(weights, whole, out=np.zeros_like(weights), where=whole > 0)
    few, many = np.flatnonzero((whole > 0) & (whole <= FINEST)), np.flatnonzero(whole > FINEST)
    rows = np.repeat(few, whole[few])
    keys, weight = [rows * FINEST + random.integers(0, FINEST, len(rows))], [unit[rows]]
    for row in many:
        drawn = random.multinomial(whole[row], np.full(FINEST, 1 / FINEST))
        keys.append(row * FINEST + np.flatnonzero(drawn))
        weight.append(drawn[drawn > 0] * unit[row])
    return np.concatenate(keys), np.concatenate(weight)


def evened(weights: Floats, journeys: Floats) -> Floats:
    """Reweightings of groups (D, G), scaled so that each stands for as many journeys as there are in all.

    Groups differ in size. Without this, standard errors of credits would hold the variation of a number of journeys
    that redrawing journeys keeps: up to 1 / sqrt(1 - conversion rate) too large.
    """
    import numpy as np

    drawn = weights @ fold(journeys, weights.shape[1])
    scale = np.divide(journeys.sum(), drawn, out=np.ones_like(drawn), where=drawn > 0)
    even: Floats = weights * scale[:, None]
    return even


@lru_cache(maxsize=4)
def multinomial_weights(groups: int, draws: int, seed: int = SEED) -> Floats:
    """(draws, groups) how often each group was drawn; rows sum to `groups`. Read only: all models share it.

    Counted from the groups drawn one by one: a multinomial generator goes through every group's binomial, 40 × slower.
    """
    import numpy as np

    drawn = np.random.default_rng((seed, groups)).integers(0, groups, (draws, groups))
    drawn += np.arange(draws)[:, None] * groups
    weights = summed(drawn.ravel(), None, draws * groups).reshape(draws, groups)
    weights.setflags(write=False)
    return weights
