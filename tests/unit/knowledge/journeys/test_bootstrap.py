"""Intervals, what is too thin, and where models disagree (B5)."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge.journeys.bootstrap import bootstrap
from knowledge.journeys.compare import disagreement, rank_agreement, too_little
from knowledge.journeys.counts import Counts
from knowledge.journeys.model_settings import ModelSettings
from knowledge.journeys.models import attribute
from knowledge.journeys.paths import Paths, paths_of
from knowledge.journeys.rounding import rounded_shares

MODELS = ("first", "linear", "position", "shapley", "markov")


def redrawn(paths: Paths, random: np.random.Generator) -> Paths:
    """The same journeys, each as often as it was drawn."""
    times = random.multinomial(len(paths.conversions), np.full(len(paths.conversions), 1 / len(paths.conversions)))
    kept = paths.pick(times > 0)
    often = times[times > 0].astype(float)
    weights = (kept.conversions * often, kept.value * often, kept.nulls * often)
    return Paths(kept.channels, kept.tokens, kept.starts, *weights)


def test_standard_errors_are_those_of_redrawing_journeys(journeys: Paths) -> None:
    """Goal 4: within 15 % of a full journey bootstrap, for every model, counts and value."""
    found = bootstrap(Counts.from_paths(journeys, models=MODELS), MODELS)
    random = np.random.default_rng(3)
    drawn: dict[str, list[object]] = {model: [] for model in MODELS}
    for _ in range(300):
        counts = Counts.from_paths(redrawn(journeys, random), models=MODELS, grouped=False)
        for model in MODELS:
            result = attribute(counts, model)
            drawn[model].append(np.stack((result.conversions, result.value), axis=1))
    for model in MODELS:
        full = np.std(np.array(drawn[model]), axis=0, ddof=1)
        assert found[model].standard_error / full == pytest.approx(np.ones_like(full), abs=0.15), model


def test_leaving_groups_out_comes_to_the_same(journeys: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where states are many, 32 chains stand for 1000: standard errors alike, within what 32 groups can tell."""
    counts = Counts.from_paths(journeys, ModelSettings(order=2), ["markov"])
    redraws = bootstrap(counts, ["markov"])["markov"]
    monkeypatch.setattr("knowledge.journeys.bootstrap.FEW_STATES", 1)
    left_out = bootstrap(counts, ["markov"])["markov"]
    assert (redraws.draws, left_out.draws) == (1000, 32)
    ratio = left_out.standard_error / redraws.standard_error
    assert np.median(ratio) == pytest.approx(1, abs=0.25)


def test_too_little_is_said_and_intervals_hold_the_credit(journeys: Paths) -> None:
    counts = Counts.from_paths(journeys, models=MODELS)
    intervals = bootstrap(counts, MODELS)
    for model in MODELS:
        result = attribute(counts, model)
        assert np.all(intervals[model].low[:, 0] <= result.conversions)
        assert np.all(result.conversions <= intervals[model].high[:, 0])
        assert not any(too_little(counts, result, intervals[model]))
    few = Counts.from_paths(paths_of([["a"]] * 40 + [["a", "b"]] * 3, [1.0] * 43), models=["linear"])
    assert too_little(few, attribute(few, "linear"), None) == (False, True)


def test_disagreement_is_flagged_where_it_is_wide_and_no_chance() -> None:
    rows = [["open", "close"]] * 300 + [["open"]] * 20 + [["mid", "mid"]] * 80
    counts = Counts.from_paths(paths_of(rows, [1.0] * len(rows)), models=("first", "last", "linear"))
    results = [attribute(counts, model) for model in ("first", "last", "linear")]
    found = {one.channel: one for one in disagreement(results, bootstrap(counts, ("first", "last", "linear")))}
    assert (found["open"].low_model, found["open"].high_model, found["open"].flagged) == ("last", "first", True)
    assert not found["mid"].flagged
    assert rank_agreement(results[0], results[0]) == pytest.approx(1)
    assert rank_agreement(results[0], results[1]) < 1


@pytest.mark.parametrize("values", [[1, 1, 1], [0.2, 99.8], [5], [1e-9, 1, 1e9], [3, -1, 2]], ids=str)
def test_shares_that_people_read_sum_to_a_hundred(values: list[float]) -> None:
    assert sum(round(share * 100) for share in rounded_shares(values)) == 10_000
    assert rounded_shares([0, 0]) == [0, 0]
