"""A5, A6: learning from outcomes: masked, calibrated, honest about how little is known, never for the worse."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.contracts.errors import BadInput
from knowledge.risk.cases import Case, known_labels
from knowledge.risk.dividing import divide
from knowledge.risk.figures import ONE_SIDE_90, TARGET_PRECISION, share
from knowledge.risk.fitting import as_terms, fit, matrix, pipeline, threshold
from knowledge.risk.learning import Lesson, Teacher, figures_of, train
from knowledge.risk.model import RiskModel, assess
from knowledge.risk.prior import prior_model
from tests.unit.knowledge.risk.made_up import cases, write


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Lesson:
    return _train(tmp_path_factory.mktemp("risk"), cases(700), prior_model())


def test_what_loses_deals_is_learned_and_what_does_not_is_small(lesson: Lesson) -> None:
    weights = {key: term.weight for key, term in lesson.model.terms.items()}
    assert weights["days_since_contact"] > 1
    assert weights["commitment"] < -1
    assert abs(weights["talk_ratio"]) < 0.5
    assert weights["sentiment_slope"] == 0, "never known, so nothing was learned"
    assert lesson.model.terms["sentiment_slope"].missing == 0, "always missing tells nothing"
    assert lesson.model.terms["voice_deviation"].known == pytest.approx(245, abs=40)


def test_warnings_are_as_right_as_asked_for_on_customers_never_seen(lesson: Lesson) -> None:
    """A6: precision of at least 91.3 % on held-out conversations, where the data allow it."""
    assert lesson.new.precision is not None
    assert lesson.new.precision.n >= 20
    assert lesson.new.precision.value >= TARGET_PRECISION
    fresh = figures_of(lesson.model, cases(3000, seed=7)).precision
    assert fresh is not None
    assert fresh.value >= TARGET_PRECISION


def test_probabilities_are_calibrated(lesson: Lesson) -> None:
    """Of those with a prediction of 70 %, about 70 % go wrong: on fresh conversations of the same kind."""
    fresh = figures_of(lesson.model, cases(3000, seed=7))
    assert [one.happened for one in fresh.curve] == pytest.approx([one.predicted for one in fresh.curve], abs=0.06)


def test_the_plain_model_says_what_scikit_learn_says() -> None:
    """Contributions are no story beside the model: they are the calibrated pipeline, in other words."""
    learn = cases(300)
    inputs, labels = matrix(learn), known_labels(learn)
    fitted = pipeline().fit(inputs, labels)
    bias, terms = as_terms(fitted, slope=1.7, offset=-0.3, cases=learn)
    ours = prior_model().model_copy(update={"bias": bias, "terms": terms})
    theirs = [1.7 * float(score) - 0.3 for score in fitted.decision_function(inputs)]
    assert [assess(ours, case.values).score for case in learn] == pytest.approx(theirs)


def test_one_customer_is_on_one_side_and_stays_there() -> None:
    learn, held_out = divide(cases(300))
    assert not {case.group for case in learn} & {case.group for case in held_out}
    _, more = divide(cases(600))
    assert {case.group for case in held_out} <= {case.group for case in more}
    assert 0.2 < len(held_out) / 300 < 0.4


@pytest.mark.parametrize("count", [1, 40, 79])
def test_too_few_are_refused_with_a_sentence(count: int, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=rf"只有 {count} 段"):
        _train(tmp_path, cases(count), prior_model())


def test_one_sided_outcomes_and_few_customers_are_refused(tmp_path: Path) -> None:
    won = [_relabelled(case, 0) for case in cases(200)]
    with pytest.raises(BadInput, match="不好 0"):
        _train(tmp_path, won, prior_model())
    with pytest.raises(BadInput, match="1 个客户"):
        _train(tmp_path, cases(200, customers=1), prior_model())


def test_outcomes_by_chance_teach_nothing_and_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="看不出什么样的对话会出问题"):
        _train(tmp_path, _noise(seed=3), prior_model())


def test_a_model_of_noise_never_warns() -> None:
    """A6: no threshold is right often enough, so there is none."""
    assert fit(_noise(seed=5)).high is None


def test_a_worse_model_does_not_take_a_better_ones_place(lesson: Lesson, tmp_path: Path) -> None:
    """Fewer conversations, and a fifth of their outcomes wrong: held back."""
    poor = [_relabelled(case, 1 - (case.label or 0)) if case.line % 5 == 0 else case for case in cases(120, seed=4)]
    assert not _train(tmp_path, poor, lesson.model).better


def test_the_same_data_do_not_replace_their_own_model(lesson: Lesson, tmp_path: Path) -> None:
    again = _train(tmp_path, cases(700), lesson.model)
    assert not again.better
    assert again.old == again.new


def test_a_better_model_does_take_its_place(lesson: Lesson) -> None:
    assert lesson.better
    assert lesson.new.brier < lesson.old.brier


def test_the_threshold_is_the_lowest_that_is_right_often_enough() -> None:
    chances = [number / 1000 for number in range(1000)]
    labels = [int(number >= 700 or number % 2) for number in range(1000)]
    high = threshold(chances, labels)
    assert high is not None
    warned = [label for chance, label in zip(chances, labels, strict=True) if chance >= high]
    lower = [label for chance, label in zip(chances, labels, strict=True) if chance >= high - 0.02]
    found = share(sum(warned), len(warned), ONE_SIDE_90)
    more = share(sum(lower), len(lower), ONE_SIDE_90)
    assert found is not None
    assert more is not None
    assert found.low >= TARGET_PRECISION > more.low


@pytest.mark.parametrize(
    ("right", "wrong", "expected"),
    [(17, 0, None), (18, 0, 0.9), (18, 1, None), (60, 3, None), (60, 1, 0.9)],
    ids=["too few", "just enough", "one wrong", "right, but not surely", "surely right"],
)
def test_few_warnings_are_no_finding(right: int, wrong: int, expected: float | None) -> None:
    """A6: a threshold holds only if its warnings are right in 91.3 % of cases with nine chances of ten."""
    high = threshold([0.9] * (right + wrong) + [0.1] * 50, [1] * right + [0] * (wrong + 50))
    assert high == expected


def _train(folder: Path, found: list[Case], current: RiskModel) -> Lesson:
    data = write(folder / "outcomes.jsonl", found)
    return train(found, current, current.version + 1, Teacher("张敏", datetime(2026, 3, 2, tzinfo=UTC), data))


def _noise(seed: int) -> list[Case]:
    return [_relabelled(case, number % 2) for number, case in enumerate(cases(400, seed=seed))]


def _relabelled(case: Case, label: int) -> Case:
    return Case(case.line, case.id, case.group, case.values, label)
