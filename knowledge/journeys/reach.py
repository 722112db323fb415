"""How much there is to go on: journeys and conversions in all, and for each channel those that met it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from knowledge.journeys.groups import group_of
from knowledge.journeys.paths import FINEST
from knowledge.journeys.summing import summed

if TYPE_CHECKING:
    from knowledge.journeys.paths import Floats, Ints, Paths


@dataclass(frozen=True)
class Reach:
    """Totals, and (K,) for each channel."""

    journeys: float
    conversions: float
    value: float
    touches: float  # of all journeys
    converting: Floats  # (K,) conversions of journeys that the channel took part in
    by_group: Floats  # (FINEST,) journeys


@dataclass
class ReachTally:
    """Collects it chunk by chunk."""

    sums: list[Floats] = field(default_factory=list)
    converting: Floats | None = None
    by_group: Floats | None = None

    def add(self, paths: Paths, won: Paths, pairs: tuple[Ints, Ints]) -> None:
        """Count one chunk; `won` are its paths that converted, `pairs` their distinct channels."""
        import numpy as np

        weight = paths.conversions + paths.nulls
        totals = (weight.sum(), paths.conversions.sum(), paths.value.sum(), (weight * paths.lengths).sum())
        self.sums.append(np.array(totals))
        found = summed(group_of(paths, FINEST), weight, FINEST)
        self.by_group = found if self.by_group is None else self.by_group + found
        owner, channel = pairs
        met = summed(channel, won.conversions.take(owner), len(paths.channels))
        if self.converting is not None:
            met[: len(self.converting)] += self.converting
        self.converting = met

    def finish(self, channels: int) -> Reach:
        """The sums."""
        import numpy as np

        journeys, conversions, value, touches = (
            (float(total) for total in np.sum(self.sums, axis=0)) if self.sums else (0.0,) * 4
        )
        met = np.zeros(channels) if self.converting is None else self.converting
        groups = np.zeros(FINEST) if self.by_group is None else self.by_group
        return Reach(journeys, conversions, value, touches, met, groups)
