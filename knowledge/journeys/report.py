"""Everything that one run answers: models, intervals, what is thin, where models disagree, what removal would cost."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from knowledge.journeys.bootstrap import DRAWS, Intervals, bootstrap
from knowledge.journeys.compare import Disagreement, disagreement, too_little
from knowledge.journeys.compatibility import Convention, DecayByPlace, adapted, by_journey
from knowledge.journeys.counts import Counts
from knowledge.journeys.model_settings import ModelSettings
from knowledge.journeys.models import Result, attribute
from knowledge.journeys.paths import Paths
from knowledge.journeys.what_if import Removal, what_if


@dataclass(frozen=True)
class Report:
    """Answers in the order in which models were asked for; `thin` holds, by model, a flag for each channel."""

    counts: Counts
    results: tuple[Result, ...]
    intervals: Mapping[str, Intervals]
    thin: Mapping[str, tuple[bool, ...]]
    disagreements: tuple[Disagreement, ...]
    removals: tuple[Removal, ...]


def report(
    chunks: Iterable[Paths],
    models: Sequence[str],
    settings: ModelSettings,
    *,
    draws: int = DRAWS,
    removals: Sequence[Collection[str]] = (),
    like: Convention | None = None,
) -> Report:
    """Collect once and answer everything. `chunks` can be iterated more than once (a list or a file)."""
    chosen = like or Convention()
    settings = adapted(settings, chosen)
    source = DecayByPlace(chunks) if chosen.decay_by_place else chunks
    asked = tuple(dict.fromkeys(chosen.models.get(model, model) for model in models))
    wanted = (*asked, "markov") if removals and "markov" not in asked else asked
    counts = Counts.from_paths(source, settings, wanted, grouped=draws > 0)
    results = tuple(_one(counts, model, settings, chosen, source) for model in asked if model in counts.models)
    own = [result.model for result in results if not (chosen.markov_by_journey and result.model == "markov")]
    intervals = bootstrap(counts, own, settings, draws=draws)
    return Report(
        counts,
        results,
        intervals,
        {result.model: too_little(counts, result, intervals.get(result.model)) for result in results},
        disagreement(results, intervals) if len(results) > 1 else (),
        what_if(counts, removals, settings) if removals else (),
    )


def _one(counts: Counts, model: str, settings: ModelSettings, like: Convention, chunks: Iterable[Paths]) -> Result:
    result = attribute(counts, model, settings)
    return by_journey(result, chunks) if like.markov_by_journey and model == "markov" else result
