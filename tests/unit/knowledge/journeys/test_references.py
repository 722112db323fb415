"""Our models against published programs, on the field's usual set (B4: equal within 1e-9)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from knowledge.journeys.counts import Counts
from knowledge.journeys.model_settings import ModelSettings
from knowledge.journeys.models import Result, attribute
from knowledge.journeys.paths import Paths

Reference = Callable[[str], Any]


def credit(counts: Counts, model: str) -> Mapping[str, float]:
    result = attribute(counts, model)
    return dict(zip(result.channels, result.conversions, strict=True))


def in_order(result: Result, values: Any, names: Sequence[str]) -> list[float]:
    by_name = dict(zip(result.channels, values, strict=True))
    return [by_name[name] for name in names]


@pytest.fixture(scope="module")
def counts(pathdata: Paths) -> Counts:
    models = ("first", "last", "linear", "position", "shapley", "shapley_rate")
    return Counts.from_paths(pathdata, models=models, grouped=False)


@pytest.mark.parametrize("model", ["first", "last", "linear"])
def test_heuristics_equal_channelattribution(model: str, counts: Counts, reference: Reference) -> None:
    theirs, ours = reference("ca_heuristics"), attribute(counts, model)
    for kind, values in (("conversions", ours.conversions), ("value", ours.value)):
        expected = theirs[f"{model}_touch_{kind}"]
        assert in_order(ours, values, theirs["channel_name"]) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("model", "file"),
    [
        ("position", "mam211_position_based"),
        ("shapley_rate", "mam211_shapley_size12_conv_rate"),
        ("shapley", "shapley_attribution_simplified"),
    ],
)
def test_other_packages_say_the_same(model: str, file: str, counts: Counts, reference: Reference) -> None:
    assert credit(counts, model) == pytest.approx(reference(file), rel=1e-9)


@pytest.mark.parametrize(
    ("file", "order", "null"),
    [
        ("exact_markov_o1", 1, True),
        ("exact_markov_o1_nonull", 1, False),
        ("exact_markov_o2", 2, True),
        ("exact_markov_o3", 3, True),
    ],
)
def test_markov_is_the_exact_expectation(
    file: str, order: int, null: bool, pathdata: Paths, reference: Reference
) -> None:
    theirs = reference(file)
    settings = ModelSettings(order=order, null=null)
    ours = attribute(Counts.from_paths(pathdata, settings, ["markov"], grouped=False), "markov")
    assert ours.p_conversion == pytest.approx(theirs["p_conversion"], rel=1e-9)
    columns = {
        "total_conversions": ours.conversions,
        "total_conversion_value": ours.value,
        "removal_effect_conversion": ours.removal_effect,
        "removal_effect_value": ours.removal_effect_value,
    }
    for name, values in columns.items():
        assert in_order(ours, values, theirs["channel_name"]) == pytest.approx(theirs[name], rel=1e-9), name


def test_dealing_journeys_out_to_groups_changes_no_sum(pathdata: Paths, counts: Counts) -> None:
    grouped = Counts.from_paths(pathdata, models=("linear", "markov"))
    assert grouped.credits["linear"].shape[0] == 1024
    assert credit(grouped, "linear") == pytest.approx(credit(counts, "linear"), rel=1e-12)
    alone = Counts.from_paths(pathdata, models=("markov",), grouped=False)
    assert credit(grouped, "markov") == pytest.approx(credit(alone, "markov"), rel=1e-12)
    assert np.isclose(grouped.reach.journeys, 88_387)
