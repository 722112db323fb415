"""One question answered by every model: statistics once, then results, intervals, flags. Blocking, pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge.journeys.models import USUAL, Result, attribute
from knowledge.journeys.rounding import rounded_shares

if TYPE_CHECKING:
    from knowledge.journeys.bootstrap import Intervals
    from knowledge.journeys.built import Journeys, Value
    from knowledge.journeys.compare import Disagreement
    from knowledge.journeys.counts import Counts
    from knowledge.journeys.model_settings import ModelSettings
    from knowledge.journeys.paths import Paths
    from knowledge.journeys.what_if import Removal


@dataclass(frozen=True)
class Answer:
    """Of one value of one set of journeys."""

    journeys: Journeys
    paths: Paths  # with the value that was asked for
    counts: Counts
    settings: ModelSettings
    results: Mapping[str, Result]
    intervals: Mapping[str, Intervals]
    of_value: bool

    @property
    def total(self) -> float:
        """Of the conversions that have touches."""
        return self.counts.value if self.of_value else self.counts.conversions

    def credit(self, model: str, channel: str) -> float:
        """What a model gives to a channel, in conversions or value; 0 where it isn't known."""
        result = self.results[model]
        credit = result.value if self.of_value else result.conversions
        return float(credit[result.channels.index(channel)]) if channel in result.channels else 0.0

    def shares(self, model: str) -> dict[str, float]:
        """Percent of each channel, two decimals, together 100.00."""
        result = self.results[model]
        credit = result.value if self.of_value else result.conversions
        return dict(zip(result.channels, rounded_shares([float(one) for one in credit]), strict=True))

    def interval(self, model: str, channel: str) -> tuple[float, float] | None:
        """95 % interval of the share, in percent; None where there is none."""
        found, kind = self.intervals.get(model), int(self.of_value)
        if found is None or not self.total or channel not in self.counts.channels:
            return None
        at = self.counts.channels.index(channel)
        low, high = float(found.low[at, kind]), float(found.high[at, kind])
        return 100 * low / self.total, 100 * high / self.total

    def ranks(self, model: str, channel: str) -> tuple[int, int] | None:
        """Best and worst place by conversions within the interval."""
        found = self.intervals.get(model)
        if found is None or channel not in self.counts.channels:
            return None
        best, worst = found.ranks[self.counts.channels.index(channel)]
        return int(best), int(worst)

    def thin(self, model: str) -> frozenset[str]:
        """Channels of which there is too little to say."""
        from knowledge.journeys.compare import too_little

        flags = too_little(self.counts, self.results[model], self.intervals.get(model))
        return frozenset(name for name, one in zip(self.counts.channels, flags, strict=True) if one)

    def disagreement(self) -> dict[str, Disagreement]:
        """By channel."""
        from knowledge.journeys.compare import disagreement

        found = disagreement(list(self.results.values()), self.intervals, of_value=self.of_value)
        return {one.channel: one for one in found}

    def without(self, channels: Sequence[str]) -> Removal | None:
        """What is lost without some channels; None when none of them is known."""
        from knowledge.journeys.what_if import what_if

        known = [name for name in channels if name in self.counts.channels]
        return what_if(self.counts, [known], self.settings)[0] if known and self.counts.conversions else None


def answer(journeys: Journeys, value: Value, settings: ModelSettings, draws: int) -> Answer:
    """All usual models. Blocking: a second for a million journeys."""
    from knowledge.journeys.bootstrap import bootstrap
    from knowledge.journeys.counts import Counts

    paths = journeys.valued(value)
    counts = Counts.from_paths(paths, settings)
    models = [model for model in USUAL if model in counts.models]
    results = {model: attribute(counts, model, settings) for model in models}
    intervals = bootstrap(counts, models, settings, draws=draws) if draws else {}
    return Answer(journeys, paths, counts, settings, results, intervals, value != "count")
