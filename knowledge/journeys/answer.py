"""From kept statistics to the answer of one model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.contracts.errors import BadInput
from config.languages import operator_language
from config.locales import t
from knowledge.journeys.large_chain import LargeChain, chain_of
from knowledge.journeys.models import MODELS, Result
from knowledge.journeys.shapley_rate import rate_credits

if TYPE_CHECKING:
    from knowledge.journeys.chain import Chains
    from knowledge.journeys.counts import Counts
    from knowledge.journeys.model_settings import ModelSettings
    from knowledge.journeys.paths import Floats, Ints


def answer(counts: Counts, model: str, settings: ModelSettings) -> Result:
    """See `models.attribute`."""
    check(counts, model, settings)
    if model == "markov":
        return _markov(counts, settings)
    if model == "shapley_rate":
        credit = rate_credits(counts.sets, len(counts.channels))[0] if counts.sets else _nothing(counts)
        return _result(counts, model, credit, ("shapley_rate",))
    return _result(counts, model, counts.credits[model].sum(axis=0), _notes(counts, model))


def check(counts: Counts, model: str, settings: ModelSettings) -> None:
    """Raises BadInput when the statistics can't answer this model with these settings."""
    lang = operator_language()
    if model not in MODELS:
        raise BadInput(t("attribution_engine.unknown_model", lang, model=model, known=", ".join(MODELS)))
    if model not in counts.models:
        key = "attribution_engine.needs_hours" if model == "time_decay" else "attribution_engine.not_collected"
        raise BadInput(t(key, lang, model=model))
    kept = counts.settings
    for name in ("order", "half_life_hours", "direct", "rate_size"):
        if getattr(kept, name) != getattr(settings, name):
            raise BadInput(t("attribution_engine.other_settings", lang, name=name, kept=getattr(kept, name)))


def states_of(counts: Counts) -> tuple[Ints, ...]:
    """For each channel the states that contain it."""
    import numpy as np

    if counts.moves is None:
        return ()
    if counts.moves.order == 1:
        number = np.full(len(counts.channels) + 1, -1, dtype=np.int64)
        number[counts.moves.states[:, 0]] = np.arange(len(counts.moves.states))
        return tuple(number[1:, None][at][number[1:, None][at] >= 0] for at in range(len(counts.channels)))
    held = counts.moves.holds(len(counts.channels))
    return tuple(np.flatnonzero(held[:, channel]) for channel in range(len(counts.channels)))


def credits_of(effects: Floats, total: float) -> Floats:
    """Credits in proportion to removal effects, summing to the total; none where nothing is lost by any removal."""
    everything = effects.sum(axis=-1, keepdims=True)
    everything[everything == 0] = 1.0
    shares: Floats = effects / everything * total
    return shares


def _markov(counts: Counts, settings: ModelSettings) -> Result:
    import numpy as np

    if counts.moves is None or not counts.conversions:
        return _result(counts, "markov", _nothing(counts), ("no_conversions",))
    chain = chain_of(counts.moves, null=settings.null, self_loops=settings.self_loops)
    lost, lost_value = (effects[0] for effects in losses(chain, states_of(counts)))
    chance, worth = float(chain.p_conversion[0]), float(chain.p_value[0])
    credit = np.stack((credits_of(lost, counts.conversions), credits_of(lost_value, counts.value)), axis=1)
    effects = (lost / chance, lost_value / worth if worth else None)
    return _result(counts, "markov", credit, ("descriptive",), effects, chance)


def losses(chain: Chains | LargeChain, states: tuple[Ints, ...]) -> tuple[Floats, Floats]:
    """(D, K) chance and value lost without each channel; nothing without a channel that no walk visits."""
    import numpy as np

    met = [index for index, one in enumerate(states) if len(one)]
    some = chain.lost_without([states[index] for index in met])
    whole = [np.zeros((len(part), len(states))) for part in some]
    for part, into in zip(some, whole, strict=True):
        into[:, met] = part
    return whole[0], whole[1]


def _result(
    counts: Counts,
    model: str,
    credit: Floats,
    notes: tuple[str, ...],
    effects: tuple[Floats | None, Floats | None] = (None, None),
    chance: float | None = None,
) -> Result:
    return Result(
        model,
        counts.channels,
        credit[:, 0],
        credit[:, 1],
        counts.conversions,
        counts.value,
        effects[0],
        effects[1],
        chance,
        notes if counts.conversions else ("no_conversions",),
    )


def _nothing(counts: Counts) -> Floats:
    import numpy as np

    return np.zeros((len(counts.channels), 2))


def _notes(counts: Counts, model: str) -> tuple[str, ...]:
    return ("no_milestones",) if model in {"w_shaped", "full_path"} and "no_milestones" in counts.notes else ()
