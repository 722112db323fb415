"""Credits of the additive models: every journey's conversions and value divided among its touches, by group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from knowledge.journeys.groups import fold, group_count, group_of
from knowledge.journeys.model_settings import ModelSettings
from knowledge.journeys.paths import is_unit
from knowledge.journeys.summing import add_at, summed
from knowledge.journeys.weights import SINGLE, SPREAD

if TYPE_CHECKING:
    from knowledge.journeys.paths import Floats, Ints, Paths

TICKED = 64
"""Distinct pairs are ticked off in a table of all pairs while it has at most so many cells for each touch."""


@dataclass
class CreditTally:
    """Collects credits of conversions and value for each model, (2, G, K) while it goes on."""

    models: Sequence[str]
    settings: ModelSettings
    asked: int = 0  # groups; 0: as many as fit
    sums: dict[str, Floats] = field(default_factory=dict)
    groups: int = 0
    channels: int = 0

    def add(self, won: Paths, pairs: tuple[Ints, Ints]) -> None:
        """Count one chunk of paths that converted (others earn nothing); `pairs` are their distinct channels."""
        self._make_room(len(won.channels))
        group = group_of(won, self.groups) * self.channels
        for model in self.models:
            if model in SINGLE:
                place = group + won.tokens[SINGLE[model](won, self.settings)]
                self._add(model, place, won.conversions, won.value)
        if "shapley" in self.models:
            self._add_shapley(won, group, *pairs)
        self._add_spread([model for model in self.models if model in SPREAD and model != "shapley"], won, group)

    def finish(self, channels: int) -> dict[str, Floats]:
        """(G, K, 2) for each model."""
        import numpy as np

        self._make_room(channels)
        return {model: np.ascontiguousarray(np.moveaxis(self.sums[model], 0, 2)) for model in self.models}

    def _add_spread(self, models: Sequence[str], won: Paths, group: Ints) -> None:
        if not models:
            return
        place, value = group.take(won.owner) + won.tokens, won.value.take(won.owner)
        conversions = None if is_unit(won) else won.conversions.take(won.owner)
        shares: dict[str, tuple[Floats, Floats]] = {}
        for model in models:
            same = _same_as(model, won)
            if same not in shares:
                weights = SPREAD[same](won, self.settings)
                shares[same] = (weights if conversions is None else weights * conversions, weights * value)
            self._add(model, place, *shares[same])

    def _add_shapley(self, won: Paths, group: Ints, paths: Ints, channels: Ints) -> None:
        size = summed(paths, None, len(won.conversions))
        place = group.take(paths) + channels
        self._add("shapley", place, (won.conversions / size).take(paths), (won.value / size).take(paths))

    def _add(self, model: str, place: Ints, conversions: Floats, value: Floats) -> None:
        for kind, weights in enumerate((conversions, value)):
            add_at(self.sums[model][kind].reshape(-1), place, weights)

    def _make_room(self, channels: int) -> None:
        import numpy as np

        if channels == self.channels and self.sums:
            return
        groups = group_count(channels * 2, self.asked)
        self.groups, self.channels = min(self.groups or groups, groups), channels
        for model in self.models:
            room = np.zeros((2, self.groups, channels))
            for kind, old in enumerate(self.sums.get(model, ())):
                room[kind, :, : old.shape[1]] = fold(old, self.groups)
            self.sums[model] = room


def _same_as(model: str, won: Paths) -> str:
    """W and full path are U where no path has a milestone."""
    return "position" if model in {"w_shaped", "full_path"} and won.milestones is None else model


def distinct_pairs(paths: Paths) -> tuple[Ints, Ints]:
    """Path and channel of every channel that occurs in a path, once each, sorted by path and channel."""
    import numpy as np

    bits = max(len(paths.channels) - 1, 1).bit_length()
    pairs = (paths.owner << bits) | paths.tokens
    if len(paths.conversions) << bits <= TICKED * len(pairs):
        ticked = np.zeros(len(paths.conversions) << bits, dtype=bool)
        ticked[pairs] = True
        pairs = np.flatnonzero(ticked)
    else:
        pairs.sort(kind="stable")  # nearly in order already, which timsort makes use of
        pairs = pairs[np.diff(pairs, prepend=-1) > 0]
    return pairs >> bits, pairs & ((1 << bits) - 1)
