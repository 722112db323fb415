"""Weights of the touches within each path, by the rule of each heuristic. They sum to 1 in every path."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from knowledge.journeys.model_settings import ModelSettings

if TYPE_CHECKING:
    from knowledge.journeys.paths import Floats, Ints, Paths

ENDS = 0.4
"""Position-based (U): first and last touch have 40 % each, those between share the rest."""
W_ANCHOR, FULL_ANCHOR = 0.3, 0.225
"""W: 30 % for first touch, lead and opportunity creation; full path: 22.5 % for these and the close; the rest 10 %."""


def linear(paths: Paths, settings: ModelSettings) -> Floats:
    """Every touch alike; repeats count."""
    shares: Floats = (1.0 / paths.lengths).take(paths.owner)
    return shares


def position(paths: Paths, settings: ModelSettings) -> Floats:
    """U 40/20/40; two touches share evenly, a single one has all."""
    import numpy as np

    lengths, starts = paths.lengths, paths.starts
    between = np.where(lengths > 2, (1 - 2 * ENDS) / np.maximum(lengths - 2, 1), 0.0)
    ends = np.where(lengths > 2, ENDS, np.where(lengths == 2, 0.5, 1.0))
    weights: Floats = between.take(paths.owner)
    weights[starts[1:] - 1] = ends
    weights[starts[:-1]] = ends
    return weights


def time_decay(paths: Paths, settings: ModelSettings) -> Floats:
    """`0.5 ** (hours / half-life)`, normalised within the path; hours are taken from the path's latest touch on.

    A factor common to a path's touches cancels out, so a journey that ended years ago doesn't underflow to 0/0.
    """
    import numpy as np

    if paths.hours is None:
        raise ValueError("time decay needs hours")
    heads, owner = paths.starts[:-1], paths.owner
    hours = paths.hours - np.minimum.reduceat(paths.hours, heads).take(owner)
    decayed = np.exp2(hours * (-1.0 / settings.half_life_hours))
    weights: Floats = decayed / np.add.reduceat(decayed, heads).take(owner)
    return weights


def w_shaped(paths: Paths, settings: ModelSettings) -> Floats:
    """30/30/30/10: first touch, lead creation, opportunity creation, the rest."""
    marks = paths.milestones
    return position(paths, settings) if marks is None else _anchored(paths, (marks.lead, marks.opportunity), W_ANCHOR)


def full_path(paths: Paths, settings: ModelSettings) -> Floats:
    """22.5 × 4 + 10: first touch, lead and opportunity creation, close (where unknown: the last touch), the rest."""
    import numpy as np

    marks = paths.milestones
    if marks is None:
        return position(paths, settings)
    close = np.where(marks.close < 0, paths.lengths - 1, marks.close)
    return _anchored(paths, (marks.lead, marks.opportunity, close), FULL_ANCHOR, needed=2)


def _anchored(paths: Paths, places: tuple[Ints, ...], anchor: float, needed: int | None = None) -> Floats:
    """First touch and known places have `anchor` each, the rest shares 10 %; then normalised.

    So the share of a milestone that nobody recorded, or of a rest that doesn't exist, goes to the others in
    proportion; touches that are two milestones at once have both shares. A path with neither lead nor opportunity
    (the first `needed` places) known is divided by U.
    """
    import numpy as np

    heads, lengths = paths.starts[:-1], paths.lengths
    weights = np.zeros(len(paths.tokens))
    weights[heads] = anchor
    for place in places:
        known = np.flatnonzero((place >= 0) & (place < lengths))
        np.add.at(weights, heads[known] + place[known], anchor)
    rest = weights == 0
    count = np.add.reduceat(rest.astype(np.int64), heads)
    weights += np.where(rest, (0.1 / np.maximum(count, 1)).take(paths.owner), 0.0)
    weights /= np.add.reduceat(weights, heads).take(paths.owner)
    bare = np.ones(len(lengths), dtype=bool)
    for place in places[:needed]:
        bare &= place < 0
    return np.where(bare.take(paths.owner), position(paths, ModelSettings()), weights) if bare.any() else weights


def shapley(paths: Paths, settings: ModelSettings) -> Floats:
    """Unanimity Shapley: the path's channels share alike, however often each occurs; its first touch carries it."""
    import numpy as np

    first = first_of_channel(paths)
    weights: Floats = first / np.add.reduceat(first, paths.starts[:-1]).take(paths.owner)
    return weights


def first_of_channel(paths: Paths) -> Floats:
    """(T,) 1.0 at the first touch of each channel in its path, 0.0 at repeats."""
    import numpy as np

    size = len(paths.tokens)
    pairs = paths.owner * len(paths.channels) + paths.tokens
    order = np.argsort(pairs, kind="stable")
    ordered = pairs[order]
    fresh = np.ones(size)
    fresh[order[1:]] = ordered[1:] != ordered[:-1]
    return fresh


def last_non_direct(paths: Paths, settings: ModelSettings) -> Ints:
    """(P,) index into `tokens` of each path's last touch that is not direct; of its last touch where all are."""
    import numpy as np

    direct = np.array([settings.is_direct(channel) for channel in paths.channels], dtype=bool)
    last = paths.starts[1:] - 1
    if not direct.any():
        return last
    place = np.where(direct[paths.tokens], -1, np.arange(len(paths.tokens)))
    found = np.maximum.reduceat(place, paths.starts[:-1])
    return np.where(found < 0, last, found)


def first(paths: Paths, settings: ModelSettings) -> Ints:
    """(P,) index of each path's first touch."""
    return paths.starts[:-1]


def last(paths: Paths, settings: ModelSettings) -> Ints:
    """(P,) index of each path's last touch."""
    return paths.starts[1:] - 1


SINGLE: Mapping[str, Callable[[Paths, ModelSettings], Ints]] = {
    "first": first,
    "last": last,
    "last_non_direct": last_non_direct,
}
"""Models that give everything to one touch."""
SPREAD: Mapping[str, Callable[[Paths, ModelSettings], Floats]] = {
    "linear": linear,
    "time_decay": time_decay,
    "position": position,
    "w_shaped": w_shaped,
    "full_path": full_path,
    "shapley": shapley,
}
"""Models that divide among the touches."""


def touch_weights(paths: Paths, model: str, settings: ModelSettings) -> Floats:
    """(T,) share of each touch in its path by an additive model: what a drill-down multiplies with the path's value."""
    import numpy as np

    if model in SPREAD:
        return SPREAD[model](paths, settings)
    weights = np.zeros(len(paths.tokens))
    weights[SINGLE[model](paths, settings)] = 1.0
    return weights
