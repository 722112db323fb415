"""Weights added up by gram and group: dense while that fits into memory, else only what occurs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from knowledge.journeys.grams import recode
from knowledge.journeys.groups import COARSEST, MOST_CELLS, fold, group_count
from knowledge.journeys.summing import add_at, summed

if TYPE_CHECKING:
    from knowledge.journeys.paths import Floats, Ints


@dataclass(frozen=True)
class Grouped:
    """Finished sums: `codes` (U,) sorted, weights of each kind by group; `total` (U, kinds) over all groups."""

    codes: Ints
    total: Floats
    groups: int
    dense: Floats | None  # (G, U, kinds)
    sparse: tuple[Any, ...] = ()  # scipy CSR (G, U) for each kind, where dense would be too large

    def merged(self, kinds: Sequence[int]) -> Grouped:
        """The same with one kind, the sum of some."""
        picked = list(kinds)
        dense = None if self.dense is None else self.dense[:, :, picked].sum(axis=2, keepdims=True)
        sparse = (sum(self.sparse[kind] for kind in picked),) if self.dense is None else ()
        return Grouped(self.codes, self.total[:, picked].sum(axis=1, keepdims=True), self.groups, dense, sparse)

    def weighted(self, weights: Floats) -> Floats:
        """(D, U, kinds) sums under D reweightings of the groups (D, G)."""
        import numpy as np

        if self.dense is not None:
            flat = self.dense.reshape(self.groups, -1)
            return np.asarray((weights @ flat).reshape(len(weights), *self.total.shape))
        return np.stack([weights @ kind for kind in self.sparse], axis=-1)


@dataclass
class Tally:
    """Collects weights of `kinds` kinds for grams of `width` digits."""

    width: int
    kinds: int
    base: int = 1
    groups: int = 0
    dense: Floats | None = None
    ones: Ints | None = None  # (G * base^width * kinds,) journeys of weight one, counted apart
    parts: list[tuple[int, Ints, Ints, Floats]] = field(default_factory=list)  # base, codes, groups, weights

    def prepare(self, base: int, asked: int) -> None:
        """Make room for grams in `base`; what was counted in a smaller one is put aside."""
        import numpy as np

        if base == self.base and self.groups:
            return
        self._put_aside()
        cells = base**self.width * self.kinds
        self.base, self.groups = base, group_count(cells, asked)
        if self.groups * cells <= MOST_CELLS:
            self.dense = np.zeros((self.groups, base**self.width, self.kinds))

    def add(self, codes: Ints, groups: Ints, weights: list[Floats]) -> None:
        """Add one chunk; `weights` has one array for each kind."""
        import numpy as np

        if self.dense is not None:
            place = (groups * self.base**self.width + codes) * self.kinds
            flat = self.dense.reshape(-1)
            for kind, weight in enumerate(weights):
                add_at(flat, place + kind, weight)
            return
        keys, inverse = np.unique(codes * self.groups + groups, return_inverse=True)
        sums = np.stack([summed(inverse, weight, len(keys)) for weight in weights], axis=1)
        self.parts.append((self.base, keys // self.groups, keys % self.groups, sums))

    def add_flagged(self, places: Ints) -> None:
        """Add ones: `places` are (group * grams + gram) * 2 + kind. The quick way for journeys of weight one."""
        import numpy as np

        if self.dense is None:
            raise ValueError("only where sums are dense")
        if self.ones is None:
            self.ones = np.zeros(self.dense.size, dtype=np.int64)
        if self.dense.size <= len(places):
            self.ones += np.bincount(places, minlength=self.dense.size)
        else:
            np.add.at(self.ones, places, 1)

    def finish(self) -> Grouped:
        """The sums of everything that was added, in the last base."""
        import numpy as np

        self._settle()
        if self.dense is not None and not self.parts:
            total = self.dense.sum(axis=0)
            used = np.flatnonzero(total.any(axis=1))
            return Grouped(used, total[used], self.groups, self.dense[:, used])
        self._put_aside()
        return self._merged()

    def _settle(self) -> None:
        if self.dense is not None and self.ones is not None:
            self.dense += self.ones.reshape(self.dense.shape)
        self.ones = None

    def _put_aside(self) -> None:
        import numpy as np

        self._settle()
        if self.dense is None:
            return
        groups, codes = np.nonzero(self.dense.any(axis=2))
        self.parts.append((self.base, codes, groups * COARSEST // self.groups, self.dense[groups, codes]))
        self.dense = None

    def _merged(self) -> Grouped:
        """All parts, added up by gram and group; groups are the coarsest ones, which every part can be folded to."""
        import numpy as np

        ratio = [part[2] for part in self.parts]
        codes = np.concatenate([recode(part[1], self.width, part[0], self.base) for part in self.parts])
        groups, weights = np.concatenate(ratio), np.concatenate([part[3] for part in self.parts])
        names, column = np.unique(codes, return_inverse=True)
        total = np.stack([summed(column, weights[:, k], len(names)) for k in range(self.kinds)], axis=1)
        if COARSEST * total.size <= MOST_CELLS:
            place = groups * len(names) + column
            dense = np.stack([summed(place, weights[:, k], COARSEST * len(names)) for k in range(self.kinds)], -1)
            return Grouped(names, total, COARSEST, dense.reshape(COARSEST, len(names), self.kinds))
        from scipy.sparse import coo_array

        shape = (COARSEST, len(names))
        kinds = (coo_array((weights[:, k], (groups, column)), shape=shape).tocsr() for k in range(self.kinds))
        return Grouped(names, total, COARSEST, None, tuple(kinds))


def coarser(grouped: Grouped, count: int) -> Grouped:
    """The same sums with fewer groups."""
    if grouped.groups == count or grouped.dense is None:
        return grouped
    return Grouped(grouped.codes, grouped.total, count, fold(grouped.dense, count))
