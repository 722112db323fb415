"""The conventions of published packages by name, so that a user can move and find his old numbers again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.contracts.errors import BadInput
from config.languages import operator_language
from config.locales import t
from knowledge.journeys.models import Result
from knowledge.journeys.summing import summed

if TYPE_CHECKING:
    from knowledge.journeys.model_settings import ModelSettings
    from knowledge.journeys.paths import Paths

MAM_SIZE = 4


@dataclass(frozen=True)
class Convention:
    """Where a package differs from our definitions; the others are equal to ours."""

    models: Mapping[str, str] = field(default_factory=dict)  # name asked for -> ours that it means there
    rate_size: int = 0
    markov_by_journey: bool = False  # Markov's shares divide every journey's outcome anew
    decay_by_place: bool = False  # time decay halves with every touch, not with time


CONVENTIONS: Mapping[str, Convention] = {
    # its simulation's expectation, which is our default; heuristics equal
    "channelattribution": Convention(),
    # marketing-attribution-models 2.1: Shapley of conversion rates over the last 4 channels of a set by name
    "mam": Convention(models={"shapley": "shapley_rate"}, rate_size=MAM_SIZE, markov_by_journey=True),
    # 2.1, with normalize=False: unanimity Shapley, our default; decay_rate 0.5
    "shapley-attribution": Convention(decay_by_place=True),
}


def convention(name: str) -> Convention:
    """The convention of a package; our own for an empty name. Raises BadInput at unknown names."""
    if name and name not in CONVENTIONS:
        known = ", ".join(CONVENTIONS)
        raise BadInput(t("attribution_engine.unknown_package", operator_language(), name=name, known=known))
    return CONVENTIONS.get(name, Convention())


def adapted(settings: ModelSettings, chosen: Convention) -> ModelSettings:
    """Settings under a convention; what somebody chose himself stays."""
    changed = replace(settings, rate_size=settings.rate_size or chosen.rate_size)
    return replace(changed, half_life_hours=1.0) if chosen.decay_by_place else changed


@dataclass(frozen=True)
class DecayByPlace:
    """The same chunks with the number of touches after each one in the place of its hours."""

    chunks: Iterable[Paths]

    def __iter__(self) -> Iterator[Paths]:
        import numpy as np

        for paths in self.chunks:
            last = np.repeat(paths.starts[1:] - 1, paths.lengths)
            yield replace(paths, hours=(last - np.arange(len(paths.tokens))).astype(np.float64))


def by_journey(result: Result, chunks: Iterable[Paths]) -> Result:
    """Every journey's outcome divided among its touches in proportion to their channels' shares in `result`.

    A second pass over the journeys: channels that always come along with strong ones get less than their removal
    effects say. Counts and value by the same shares, as there.
    """
    import numpy as np

    share = result.shares()
    credit = np.zeros((len(share), 2))
    for paths in chunks:
        weight, heads = share[paths.tokens], paths.starts[:-1]
        whole = np.add.reduceat(weight, heads)
        scale = np.divide(1.0, whole, out=np.zeros_like(whole), where=whole > 0)
        for kind, amount in enumerate((paths.conversions, paths.value)):
            parts = weight * np.repeat(scale * amount, paths.lengths)
            credit[:, kind] += summed(paths.tokens, parts, len(share))
    return replace(result, conversions=credit[:, 0], value=credit[:, 1])
