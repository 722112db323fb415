"""How sure a credit is: intervals for every model from the kept groups of journeys, without reading anything again.

Groups are redrawn 1000 times with replacement (Efron 1979, over groups of journeys instead of journeys) and every model
is answered for all draws at once. Where one answer is dear (Markov with hundreds of states, conversion-rate Shapley),
each of 32 groups is left out once instead (delete-a-group jackknife, Kott 2001) and Student's t gives the interval.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from knowledge.journeys.answer import answer, credits_of, losses, states_of
from knowledge.journeys.chain import chains
from knowledge.journeys.groups import COARSEST, evened, multinomial_weights
from knowledge.journeys.shapley_rate import rate_credits

if TYPE_CHECKING:
    from knowledge.journeys.counts import Counts
    from knowledge.journeys.model_settings import ModelSettings
    from knowledge.journeys.moves import Moves
    from knowledge.journeys.paths import Floats, Ints

DRAWS = 1000
LEVEL = 0.95
FEW_STATES = 160
"""States up to which every draw gets its own chain."""
MOST_STATES = 1500
"""States up to which 32 chains are solved; above, Markov has no interval."""
BATCH_CELLS = 2**21
THREADS = 2
STUDENT_31 = 2.0395
"""97.5 % point of Student's t with 31 degrees of freedom."""


@dataclass(frozen=True)
class Intervals:
    """95 % intervals of one model's credits; arrays (K, 2): conversions and value."""

    model: str
    low: Floats
    high: Floats
    standard_error: Floats
    ranks: Ints  # (K, 2) best and worst rank by conversions within the interval, 1 = first
    same_rank: Floats  # (K,) share of draws in which the channel keeps its rank, 0..1
    draws: int  # 32 where groups were left out instead of redrawn


def bootstrap(
    counts: Counts, models: Sequence[str], settings: ModelSettings | None = None, *, draws: int = DRAWS
) -> Mapping[str, Intervals]:
    """Intervals of each model. A model is missing where there is nothing to draw from or too many states."""
    chosen, weigh = settings or counts.settings, _Weights(counts, draws)
    found = {model: _of(counts, model, chosen, weigh) for model in models} if draws and counts.conversions else {}
    return {model: intervals for model, intervals in found.items() if intervals}


@dataclass(frozen=True)
class _Weights:
    """Reweightings of the groups, made once for all models that have as many groups."""

    counts: Counts
    draws: int
    made: dict[int, Floats] = field(default_factory=dict)

    def redrawn(self, groups: int) -> Floats:
        """(draws, groups) groups drawn with replacement."""
        if groups not in self.made:
            self.made[groups] = evened(multinomial_weights(groups, self.draws), self.counts.reach.by_group)
        return self.made[groups]

    def left_out(self, groups: int = COARSEST) -> Floats:
        """(32, groups): all but a thirty-second of the groups, together as heavy as all."""
        import numpy as np

        others = np.repeat(1.0 - np.eye(COARSEST), groups // COARSEST, axis=1)
        return evened(others, self.counts.reach.by_group)


def _of(counts: Counts, model: str, settings: ModelSettings, weigh: _Weights) -> Intervals | None:
    import numpy as np

    if model == "markov":
        return _markov(counts, settings, weigh)
    estimate = answer(counts, model, settings)
    credit = np.stack((estimate.conversions, estimate.value), axis=1)
    if model == "shapley_rate":
        if not counts.sets:
            return None
        return _left_out(model, credit, rate_credits(counts.sets, len(credit), weigh.left_out()))
    groups = counts.credits[model]
    drawn = weigh.redrawn(len(groups)) @ groups.reshape(len(groups), -1)
    return _redrawn(model, credit, drawn.reshape(-1, *credit.shape))


def _markov(counts: Counts, settings: ModelSettings, weigh: _Weights) -> Intervals | None:
    import numpy as np

    if counts.moves is None or len(counts.moves.states) > MOST_STATES:
        return None
    estimate = answer(counts, "markov", settings)
    credit = np.stack((estimate.conversions, estimate.value), axis=1)
    if len(counts.moves.states) <= FEW_STATES:
        return _redrawn("markov", credit, _markov_credits(counts, settings, weigh.redrawn(counts.moves.groups)))
    return _left_out("markov", credit, _markov_credits(counts, settings, weigh.left_out(counts.moves.groups)))


def _markov_credits(counts: Counts, settings: ModelSettings, weights: Floats) -> Floats:
    """(D, K, 2) credits under D reweightings, solved in batches that stay in memory."""
    import numpy as np

    states = states_of(counts)

    def solved(batch: tuple[Moves, Floats]) -> Floats:
        moves, some = batch
        chain = chains(moves, null=settings.null, self_loops=settings.self_loops, weights=some)
        won = moves.ends.weighted(some).sum(axis=1)
        pairs = [credits_of(lost, won[:, kind, None]) for kind, lost in enumerate(losses(chain, states), start=1)]
        return np.stack(pairs, axis=2)

    with ThreadPoolExecutor(THREADS) as pool:  # LAPACK works outside the interpreter's lock
        return np.concatenate(list(pool.map(solved, _batches(counts, weights))))


def _batches(counts: Counts, weights: Floats) -> Iterator[tuple[Moves, Floats]]:
    if counts.moves is None:
        return
    step = max(BATCH_CELLS // max(len(counts.moves.states) ** 2, 1), 1)
    for begin in range(0, len(weights), step):
        yield counts.moves, weights[begin : begin + step]


def _redrawn(model: str, credit: Floats, drawn: Floats) -> Intervals:
    import numpy as np

    tail = (1 - LEVEL) / 2
    low, high = np.quantile(drawn, (tail, 1 - tail), axis=0)
    best, worst, same = _ranks(credit, drawn)
    return Intervals(model, low, high, drawn.std(axis=0, ddof=1), np.stack((best, worst), 1), same, len(drawn))


def _left_out(model: str, credit: Floats, without: Floats) -> Intervals:
    import numpy as np

    error = np.sqrt((len(without) - 1) * without.var(axis=0))
    low, high = credit - STUDENT_31 * error, credit + STUDENT_31 * error
    low = np.where(credit >= 0, np.maximum(low, 0.0), low)  # a share isn't below nothing
    best, worst, same = _ranks(credit, without)
    return Intervals(model, low, high, error, np.stack((best, worst), 1), same, len(without))


def _ranks(credit: Floats, drawn: Floats) -> tuple[Ints, Ints, Floats]:
    """Best and worst rank in 95 % of the draws, and how often a channel has the rank that it has in the data."""
    import numpy as np

    def ranks(values: Floats) -> Ints:
        order = np.argsort(-values, axis=-1, kind="stable")
        return np.argsort(order, axis=-1) + 1

    here, there = ranks(credit[:, 0]), ranks(drawn[:, :, 0])
    tail = (1 - LEVEL) / 2
    best, worst = np.quantile(there, (tail, 1 - tail), axis=0, method="nearest")
    return best, worst, (there == here).mean(axis=0)
