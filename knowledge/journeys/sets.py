"""Journeys by the set of their channels: what the conversion-rate Shapley needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from knowledge.journeys.credits import distinct_pairs
from knowledge.journeys.groups import COARSEST, group_of
from knowledge.journeys.summing import summed

if TYPE_CHECKING:
    from knowledge.journeys.paths import Floats, Ints, Paths


@dataclass(frozen=True)
class Sets:
    """Distinct sets of channels; `members[i]` are sorted indices; weights (32, sets, 3): lost, won, value."""

    members: tuple[tuple[int, ...], ...]
    weights: Floats


@dataclass
class SetTally:
    """Collects them chunk by chunk. With `size`, only the last so many channels of a set by name are kept."""

    size: int = 0
    rows: dict[tuple[int, ...], int] = field(default_factory=dict)
    parts: list[tuple[Ints, Ints, Floats]] = field(default_factory=list)

    def add(self, paths: Paths) -> None:
        """Count one chunk."""
        import numpy as np

        owner, channel = distinct_pairs(paths)
        if self.size:
            owner, channel = _last_by_name(owner, channel, paths.channels, self.size)
        starts = np.flatnonzero(np.diff(owner, prepend=-1))
        kind, first = _kinds(owner, channel, starts)
        bounds = np.append(starts, len(owner))
        names = [tuple(channel[bounds[i] : bounds[i + 1]].tolist()) for i in first]
        row = np.array([self.rows.setdefault(name, len(self.rows)) for name in names], dtype=np.int64)[kind]
        place, inverse = np.unique(row * COARSEST + group_of(paths, COARSEST), return_inverse=True)
        kinds = (paths.nulls, paths.conversions, paths.value)
        sums = np.stack([summed(inverse, weight, len(place)) for weight in kinds], axis=1)
        self.parts.append((place // COARSEST, place % COARSEST, sums))

    def finish(self) -> Sets:
        """The sets with their weights."""
        import numpy as np

        weights = np.zeros((COARSEST, len(self.rows), 3))
        for row, group, sums in self.parts:
            weights[group, row] += sums
        return Sets(tuple(self.rows), weights)


def _kinds(owner: Ints, channel: Ints, starts: Ints) -> tuple[Ints, Ints]:
    """(P,) number of each path's set among the distinct ones, and a path that has it, for each of these.

    Sets are compared by their size and two independent 64-bit sums of random numbers, one for each channel.
    """
    import numpy as np

    random = np.random.default_rng(0)
    marks = random.integers(1, 2**63, size=(int(channel.max(initial=0)) + 1, 2), dtype=np.uint64)
    sums = np.add.reduceat(marks[channel], starts, axis=0)
    keys = np.column_stack((sums, np.diff(np.append(starts, len(owner))).astype(np.uint64)))
    packed = np.ascontiguousarray(keys).view([("a", "u8"), ("b", "u8"), ("n", "u8")])[:, 0]
    _, first, kind = np.unique(packed, return_index=True, return_inverse=True)
    return kind, first


def _last_by_name(owner: Ints, channel: Ints, names: tuple[str, ...], size: int) -> tuple[Ints, Ints]:
    import numpy as np

    by_name = np.argsort(np.argsort(np.array(names)))
    order = np.lexsort((by_name[channel], owner))
    owner, channel = owner[order], channel[order]
    last = np.cumsum(np.bincount(owner))[owner] - 1
    kept = last - np.arange(len(owner)) < size
    owner, channel = owner[kept], channel[kept]
    order = np.lexsort((channel, owner))
    return owner[order], channel[order]
