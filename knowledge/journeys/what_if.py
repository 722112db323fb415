"""What would be lost without some channels ("去掉展会会怎样"): groups removed from the same solved chain.

Descriptive, not causal: nobody knows where the customers would have gone instead.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.contracts.errors import BadInput
from config.languages import operator_language
from config.locales import t
from knowledge.journeys.answer import check, states_of
from knowledge.journeys.large_chain import chain_of

if TYPE_CHECKING:
    from knowledge.journeys.counts import Counts
    from knowledge.journeys.model_settings import ModelSettings
    from knowledge.journeys.paths import Ints


@dataclass(frozen=True)
class Removal:
    """What the journeys would have brought if every visit to these channels had ended them."""

    channels: tuple[str, ...]
    effect: float  # share of the conversions that is lost, 0..1
    effect_value: float  # share of the value
    conversions_lost: float
    value_lost: float


def what_if(
    counts: Counts, groups: Sequence[Collection[str]], settings: ModelSettings | None = None
) -> tuple[Removal, ...]:
    """Remove each group of channels by itself, all from one factorisation. Raises BadInput at unknown channels."""
    import numpy as np

    chosen = settings or counts.settings
    check(counts, "markov", chosen)
    names = [tuple(dict.fromkeys(group)) for group in groups]
    _known(counts, names)
    if counts.moves is None or not counts.conversions:
        return tuple(Removal(group, 0.0, 0.0, 0.0, 0.0) for group in names)
    at = {channel: place for place, channel in enumerate(counts.channels)}
    states = states_of(counts)
    chain = chain_of(counts.moves, null=chosen.null, self_loops=chosen.self_loops)
    wanted = [_union([states[at[channel]] for channel in group]) for group in names]
    lost, lost_value = (one[0] for one in chain.lost_without(wanted))
    effect = lost / chain.p_conversion[0]
    worth = chain.p_value[0]
    effect_value = lost_value / worth if worth else np.zeros(len(names))
    return tuple(
        Removal(group, float(one), float(two), float(one) * counts.conversions, float(two) * counts.value)
        for group, one, two in zip(names, effect, effect_value, strict=True)
    )


def _union(states: Sequence[Ints]) -> Ints:
    import numpy as np

    return np.unique(np.concatenate(states)) if states else np.zeros(0, dtype=np.int64)


def _known(counts: Counts, groups: Sequence[tuple[str, ...]]) -> None:
    unknown = sorted({channel for group in groups for channel in group} - set(counts.channels))
    if unknown:
        known = ", ".join(counts.channels[:20]) + ("…" if len(counts.channels) > 20 else "")
        raise BadInput(
            t("attribution_engine.unknown_channel", operator_language(), names=", ".join(unknown), known=known)
        )
