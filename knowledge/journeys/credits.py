"""Credits of the additive models: every journey's conversions and value divided among its touches, by group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from knowledge.journeys.groups import fold, group_count, group_of
from knowledge.journeys.model_settings import ModelSettings
from knowledge.journeys.paths import is_unit
from knowledge.journeys.summing import summed
from knowledge.journeys.weights import SINGLE, SPREAD

if TYPE_CHECKING:
    from knowledge.journeys.paths import Floats, Ints, Paths


@dataclass
class CreditTally:
    """Collects (G, K, 2) credits of conversions and value for each model; and how many journeys met each channel."""

    models: Sequence[str]
    settings: ModelSettings
    sums: dict[str, Floats] = field(default_factory=dict)
    groups: int = 0

    def add(self, won: Paths, pairs: tuple[Ints, Ints]) -> None:
        """Count one chunk of paths that converted (others earn nothing); `pairs` are their distinct channels."""
        self._make_room(len(won.channels))
        group = group_of(won, self.groups) * len(won.channels)
        done: dict[str, Floats] = {}
        for model in self.models:
            same = _same_as(model, won)
            done[model] = done[same] if same in done else self._credits(model, won, group, pairs)
            self.sums[model] += done[model]

    def finish(self, channels: int) -> dict[str, Floats]:
        """(G, K, 2) for each model."""
        self._make_room(channels)
        return {model: self.sums[model] for model in self.models}

    def _credits(self, model: str, won: Paths, group: Ints, pairs: tuple[Ints, Ints]) -> Floats:
        import numpy as np

        if model in SINGLE:
            place = group + won.tokens[SINGLE[model](won, self.settings)]
            return self._sum(place, won.conversions, won.value)
        if model == "shapley":
            return self._shapley(won, group, *pairs)
        lengths, weights = won.lengths, SPREAD[model](won, self.settings)
        place = np.repeat(group, lengths) + won.tokens
        shares = weights if is_unit(won) else weights * np.repeat(won.conversions, lengths)
        return self._sum(place, shares, weights * np.repeat(won.value, lengths))

    def _shapley(self, won: Paths, group: Ints, paths: Ints, channels: Ints) -> Floats:

        size = summed(paths, None, len(won.conversions))
        return self._sum(group[paths] + channels, (won.conversions / size)[paths], (won.value / size)[paths])

    def _sum(self, place: Ints, conversions: Floats, value: Floats) -> Floats:
        import numpy as np

        shape = next(iter(self.sums.values())).shape
        cells = shape[0] * shape[1]
        pair = (summed(place, conversions, cells), summed(place, value, cells))
        return np.stack(pair, axis=1).reshape(shape)

    def _make_room(self, channels: int) -> None:
        import numpy as np

        groups = group_count(channels * 2, self.settings.groups)
        self.groups = min(self.groups or groups, groups)
        for model in self.models:
            old = self.sums.get(model, np.zeros((self.groups, 0, 2)))
            room = np.zeros((self.groups, channels, 2))
            room[:, : old.shape[1]] = fold(old, self.groups)
            self.sums[model] = room


def _same_as(model: str, won: Paths) -> str:
    """W and full path are U where no path has a milestone."""
    return "position" if model in {"w_shaped", "full_path"} and won.milestones is None else model


def distinct_pairs(paths: Paths) -> tuple[Ints, Ints]:
    """Path and channel of every channel that occurs in a path, once each, sorted by path and channel."""
    import numpy as np

    bits = max(len(paths.channels) - 1, 1).bit_length()
    pairs = (np.repeat(np.arange(len(paths.conversions)), paths.lengths) << bits) | paths.tokens
    pairs.sort(kind="stable")  # nearly in order already, which timsort makes use of
    fresh = np.ones(len(pairs), dtype=bool)
    fresh[1:] = pairs[1:] != pairs[:-1]
    pairs = pairs[fresh]
    return pairs >> bits, pairs & ((1 << bits) - 1)
