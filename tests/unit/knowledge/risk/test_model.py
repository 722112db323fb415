"""A5: contributions add up to the score, a missing value never counts as 0, and reasons can be read."""

from __future__ import annotations

import math
from pathlib import Path
from random import Random

import pytest

from knowledge.risk.features import FEATURES, complete
from knowledge.risk.model import RiskModel, Term, assess
from knowledge.risk.prior import prior_model
from knowledge.risk.words import sentence, verdict

PRIOR = prior_model()
ORDINARY = {
    "voice_deviation": 0.9,
    "patience": 0.8,
    "interruptions": 2.0,
    "talk_ratio": 0.55,
    "longest_monologue": 1.5,
    "question_rate": 0.3,
    "sentiment_slope": 0.0,
    "objection": 0.4,
    "commitment": 0.4,
    "reply_latency": 1.0,
    "days_since_contact": 5.0,
    "decision_maker": 0.5,
}
TROUBLE = {**ORDINARY, "longest_monologue": 4.0, "commitment": 0.0, "days_since_contact": 30.0, "reply_latency": 8.0}


@pytest.mark.parametrize("seed", range(40))
def test_contributions_add_up_to_the_score(seed: int) -> None:
    """A5: each feature's contribution to the score; together they are the score, whatever is missing."""
    dice = Random(seed)
    drawn = {one.key: dice.choice([None, dice.uniform(one.low, one.high), one.low, one.high]) for one in FEATURES}
    values = complete(drawn)
    found = assess(PRIOR, values)
    total = PRIOR.bias + sum(one.amount for one in found.contributions)
    assert found.probability == pytest.approx(1 / (1 + math.exp(-total)))
    assert found.score == pytest.approx(total)
    assert [one.feature for one in found.contributions] == list(FEATURES)


@pytest.mark.parametrize("key", [feature.key for feature in FEATURES if feature.low <= 0])
def test_missing_is_not_zero(key: str) -> None:
    """A5: missing, never 0: a missing value leaves the score alone, a 0 moves it."""
    model = _with_mean_away_from_zero(key)
    without, zero = (assess(model, complete({**ORDINARY, key: value})) for value in (None, 0.0))
    assert without.score == pytest.approx(assess(model, complete(ORDINARY)).score - _amount(model, key))
    assert abs(zero.score - without.score) > 0.05


def test_what_was_learned_of_missing_values_is_its_own_contribution() -> None:
    terms = {**PRIOR.terms, "decision_maker": PRIOR.terms["decision_maker"].model_copy(update={"missing": 0.7})}
    model = PRIOR.model_copy(update={"terms": terms})
    found = {one.feature.key: one for one in assess(model, complete({})).contributions}
    assert found["decision_maker"].amount == 0.7
    assert "没有数据" in sentence(found["decision_maker"])
    assert "推高风险" in sentence(found["decision_maker"])


def test_an_outlier_does_not_decide_alone() -> None:
    year, decade = (assess(PRIOR, complete({"days_since_contact": days})).score for days in (365.0, 3650.0))
    assert year == decade


def test_trouble_is_above_an_ordinary_conversation() -> None:
    ordinary, trouble = (assess(PRIOR, complete(values)) for values in (ORDINARY, TROUBLE))
    assert ordinary.probability == pytest.approx(0.4, abs=0.03), "the assumed share of lost deals"
    assert trouble.level == "high"
    assert ordinary.level == "low"


def test_with_little_known_there_is_no_verdict() -> None:
    found = assess(PRIOR, complete({"days_since_contact": 300.0, "commitment": 0.0, "reply_latency": 32.0}))
    assert found.probability > 0.85
    assert found.level == "unknown"
    assert "3/12" in verdict(found)


def test_without_a_threshold_nothing_is_called_high() -> None:
    """A6: no threshold reached the precision, so there is no warning."""
    never = PRIOR.model_copy(update={"high": None})
    assert assess(never, complete(TROUBLE)).level == "watch"


def test_reasons_are_sentences() -> None:
    """A5: contributions in words."""
    found = assess(PRIOR, complete({**TROUBLE, "patience": None}))
    said = {one.feature.key: sentence(one) for one in found.contributions}
    assert said["longest_monologue"] == "我方最长连续讲了 4.0 分钟，推高风险"
    assert said["patience"] == "停顿与耐心：没有数据，不计入"
    assert said["talk_ratio"] == "我方说了 55% 的话，影响很小"
    english = {one.feature.key: sentence(one, "en") for one in found.contributions}
    assert english["longest_monologue"] == "We talk for up to 4.0 minutes on end, which raises the risk"
    assert [one.feature.key for one in found.reasons(2)] == ["days_since_contact", "reply_latency"]
    assert verdict(found).startswith("风险高（")


def test_the_prior_names_a_source_for_every_number() -> None:
    """Nothing assumed is called measured."""
    assert all(len(term.source) > 30 for term in PRIOR.terms.values())
    assert PRIOR.origin.validation is None
    assert PRIOR.origin.held_out is None


def test_the_page_shows_the_features_and_weights_that_are() -> None:
    """A number that drifts away from its page doesn't pass."""
    page = (Path(__file__).parents[4] / "docs" / "risk.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines() if line.startswith("| `")]
    shown = [(row[0], row[1], row[2], row[4]) for row in rows]
    assert shown == [
        (f"`{one.key}`", one.family.value, one.unit, f"{PRIOR.terms[one.key].weight:+.2f}") for one in FEATURES
    ]


def _with_mean_away_from_zero(key: str) -> RiskModel:
    term = PRIOR.terms[key]
    moved = Term(mean=term.mean or 0.5, spread=term.spread, weight=term.weight)
    return PRIOR.model_copy(update={"terms": {**PRIOR.terms, key: moved}})


def _amount(model: RiskModel, key: str) -> float:
    found = assess(model, complete(ORDINARY))
    return next(one.amount for one in found.contributions if one.feature.key == key)
