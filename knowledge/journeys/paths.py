"""Paths: what every model counts. Touches in order as small integers, one weight for each path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

UNKNOWN = -1
"""Place of a milestone that nobody recorded."""
FINEST = 1024
"""Groups into which journeys are hashed; models with many channels put several of them together."""


@dataclass(frozen=True)
class Milestones:
    """Place of the touch (0 = first) at which each path became a lead, an opportunity, a won deal; UNKNOWN (-1)."""

    lead: Ints
    opportunity: Ints
    close: Ints

    def pick(self, rows: NDArray[np.bool_] | Ints) -> Milestones:
        """Those of some paths."""
        return Milestones(self.lead[rows], self.opportunity[rows], self.close[rows])


@dataclass(frozen=True)
class Paths:
    """P paths of at least one touch each, T touches in all, clustered by path and in the order of time.

    A path is one journey or several that are alike. `starts[p]:starts[p + 1]` are the touches of path p.
    """

    channels: tuple[str, ...]  # names; may hold names that no touch here has
    tokens: NDArray[np.int32]  # (T,) index of each touch's channel
    starts: Ints  # (P + 1,)
    conversions: Floats  # (P,) journeys, or parts of them, that converted
    value: Floats  # (P,) what they brought, in the unit of the source
    nulls: Floats  # (P,) journeys that did not convert
    hours: Floats | None = None  # (T,) hours before conversion; NaN where unknown
    milestones: Milestones | None = None
    group: NDArray[np.uint16] | None = None  # (P,) hash of the journey, 0..FINEST-1; None: drawn when needed

    @property
    def lengths(self) -> Ints:
        """(P,) number of touches of each path."""
        return self.starts[1:] - self.starts[:-1]

    @cached_property
    def owner(self) -> Ints:
        """(T,) the path of each touch. Taking by it spreads what paths have over touches, at a third of a repeat."""
        import numpy as np

        begins = np.zeros(len(self.tokens), dtype=np.int64)
        begins[self.starts[1:-1]] = 1
        return np.cumsum(begins, out=begins)  # ten times as quick as from a narrower type

    def pick(self, chosen: NDArray[np.bool_]) -> Paths:
        """The paths for which `chosen` (P,) is true."""
        import numpy as np

        rows = np.flatnonzero(chosen)
        touched = np.flatnonzero(chosen.take(self.owner))
        starts = np.concatenate(([0], np.cumsum(self.lengths[rows])))
        return Paths(
            self.channels,
            self.tokens[touched],
            starts,
            self.conversions[rows],
            self.value[rows],
            self.nulls[rows],
            None if self.hours is None else self.hours[touched],
            None if self.milestones is None else self.milestones.pick(rows),
            None if self.group is None else self.group[rows],
        )


def is_unit(paths: Paths) -> bool:
    """Whether every path is one journey that either converted once or didn't."""
    import numpy as np

    won = paths.conversions
    return bool(np.all((won == 0) | (won == 1)) and np.all(paths.nulls == 1 - won))


def paths_of(
    paths: Sequence[Sequence[str]],
    conversions: Sequence[float],
    value: Sequence[float] | None = None,
    nulls: Sequence[float] | None = None,
    *,
    hours: Sequence[Sequence[float]] | None = None,
    milestones: Sequence[tuple[int, int, int]] | None = None,
    group: Sequence[int] | None = None,
) -> Paths:
    """Paths from lists, channels numbered as they appear. Empty paths are left out: nobody can be credited for them.

    `milestones` are (lead, opportunity, close) for each path, places in it or UNKNOWN.
    """
    import numpy as np

    kept = [index for index, path in enumerate(paths) if len(path)]
    numbers: dict[str, int] = {}
    tokens = [numbers.setdefault(channel, len(numbers)) for index in kept for channel in paths[index]]
    zeros = [0.0] * len(paths)

    def row(values: Sequence[float] | None) -> Floats:
        return np.array([(values or zeros)[index] for index in kept], dtype=np.float64)

    marks = None if milestones is None else np.array([milestones[i] for i in kept], dtype=np.int64).reshape(-1, 3)
    return Paths(
        tuple(numbers),
        np.array(tokens, dtype=np.int32),
        np.cumsum([0, *(len(paths[index]) for index in kept)], dtype=np.int64),
        row(conversions),
        row(value),
        row(nulls),
        None if hours is None else np.array([hour for index in kept for hour in hours[index]], dtype=np.float64),
        None if marks is None else Milestones(marks[:, 0], marks[:, 1], marks[:, 2]),
        None if group is None else np.array([group[index] for index in kept], dtype=np.uint16),
    )
