"""Credit of every single touch, so that a number can be traced to journeys and rows, and summed back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.journeys.models import ADDITIVE
from knowledge.journeys.summing import summed
from knowledge.journeys.weights import touch_weights

if TYPE_CHECKING:
    from knowledge.journeys.model_settings import ModelSettings
    from knowledge.journeys.models import Result
    from knowledge.journeys.paths import Floats, Paths


def touch_credit(paths: Paths, result: Result, settings: ModelSettings) -> Floats:
    """(T, 2) conversions and value that fall on each touch; summed by channel they are the result's credits.

    Additive models divide each journey's outcome by their own weights. The others know channels only: a channel's
    credit is divided among the touches it has in converting journeys, in proportion to the journeys' outcomes; or,
    as Markov also credits channels that only led to others on the way, among all its touches where it has none such.
    `paths` are those that the result was made from, channels in the same order.
    """
    import numpy as np

    lengths = paths.lengths
    outcome = np.stack((np.repeat(paths.conversions, lengths), np.repeat(paths.value, lengths)), axis=1)
    if result.model in ADDITIVE:
        weights: Floats = touch_weights(paths, result.model, settings)
        return outcome * weights[:, None]
    journeys = np.repeat(paths.conversions + paths.nulls, lengths)
    parts = [_spread(paths, result.conversions, outcome[:, 0], journeys)]
    parts.append(_spread(paths, result.value, outcome[:, 1], journeys))
    return np.stack(parts, axis=1)


def _spread(paths: Paths, credit: Floats, outcome: Floats, journeys: Floats) -> Floats:
    """(T,) a channel's credit in proportion to its touches' outcomes; to their journeys where no outcome is."""
    import numpy as np

    size = len(credit)
    earned, met = summed(paths.tokens, outcome, size), summed(paths.tokens, journeys, size)
    base = np.where((earned > 0)[paths.tokens], outcome, journeys)
    whole = np.where(earned > 0, earned, met)
    all_ = whole[paths.tokens]  # a part of it first: parts are at most 1, however small the numbers are
    part = np.divide(base, all_, out=np.zeros_like(base), where=all_ > 0)
    spread: Floats = part * credit[paths.tokens]
    return spread
