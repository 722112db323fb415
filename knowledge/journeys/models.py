"""The models by name, and what they answer: credits of conversions and of value for each channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge.journeys.model_settings import ModelSettings

if TYPE_CHECKING:
    from knowledge.journeys.counts import Counts
    from knowledge.journeys.paths import Floats

MODELS: Mapping[str, str] = {
    "first": "attribution_engine.model.first",
    "last": "attribution_engine.model.last",
    "last_non_direct": "attribution_engine.model.last_non_direct",
    "linear": "attribution_engine.model.linear",
    "time_decay": "attribution_engine.model.time_decay",
    "position": "attribution_engine.model.position",
    "w_shaped": "attribution_engine.model.w_shaped",
    "full_path": "attribution_engine.model.full_path",
    "markov": "attribution_engine.model.markov",
    "shapley": "attribution_engine.model.shapley",
    "shapley_rate": "attribution_engine.model.shapley_rate",
}
"""Name of a model -> key of the sentence that says what it does."""
ADDITIVE = ("first", "last", "last_non_direct", "linear", "time_decay", "position", "w_shaped", "full_path", "shapley")
"""Models whose credit is a sum over journeys: each journey's conversions are divided among its own touches."""
USUAL = tuple(name for name in MODELS if name != "shapley_rate")
"""What "all" means: the conversion-rate form is asked for by name only."""


@dataclass(frozen=True)
class Result:
    """What one model says; arrays are (K,), in the order of `channels`. Credits sum to the totals."""

    model: str
    channels: tuple[str, ...]
    conversions: Floats
    value: Floats
    total_conversions: float
    total_value: float
    removal_effect: Floats | None = None  # Markov: share of conversions lost without the channel, 0..1
    removal_effect_value: Floats | None = None
    p_conversion: float | None = None  # Markov: chance that a walk converts
    notes: tuple[str, ...] = ()  # keys of locale sentences under attribution_engine.note that belong beside it

    def shares(self, of_value: bool = False) -> Floats:
        """(K,) share of each channel, 0..1, summing to 1; all 0 where nothing was converted."""
        credit = self.value if of_value else self.conversions
        total = credit.sum()
        return credit / total if total else credit * 0.0


def attribute(counts: Counts, model: str, settings: ModelSettings | None = None) -> Result:
    """Answer one model from kept statistics: microseconds to milliseconds, however many journeys there were.

    `settings` may differ from those of the counts in what the counts leave open (null, self_loops); else
    ConfigurationError: the counts have to be collected anew.
    """
    from knowledge.journeys.answer import answer

    return answer(counts, model, settings or counts.settings)
