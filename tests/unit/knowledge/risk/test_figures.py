"""A6: precision, recall and their intervals are what statistics says they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from knowledge.risk.figures import auc, measure_predictions, share


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    # Wilson's interval: Brown, Cai and DasGupta (2001), and the closed form at the ends, n / (n + z²).
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634), (95, 100, 0.8882, 0.9785)],
)
def test_wilsons_interval(hits: int, n: int, low: float, high: float) -> None:
    found = share(hits, n)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-4)


def test_nothing_measured_is_no_share() -> None:
    assert share(0, 0) is None
    found = measure_predictions([0.2, 0.3], [0, 1], 0.9)
    assert found.precision is None
    assert found.recall is not None
    assert found.recall.hits == 0
    assert auc([0.1, 0.2], [1, 1]) is None


@given(st.lists(st.tuples(st.sampled_from([0.01, 0.2, 0.2001, 0.5, 0.8, 0.99]), st.integers(0, 1)), min_size=4))
def test_measures_agree_with_scikit_learn(pairs: list[tuple[float, int]]) -> None:
    chances, labels = [chance for chance, _ in pairs] + [0.3, 0.6], [label for _, label in pairs] + [0, 1]
    found = measure_predictions(chances, labels, 0.5)
    assert found.auc == pytest.approx(roc_auc_score(labels, chances))
    assert found.brier == pytest.approx(brier_score_loss(labels, chances))
    assert found.log_loss == pytest.approx(log_loss(labels, chances))
    assert sum(one.n for one in found.curve) == found.n == len(labels)


def test_warnings_begin_at_the_threshold() -> None:
    found = measure_predictions([0.5, 0.9, 0.91, 0.91], [1, 1, 0, 1], 0.9)
    assert found.precision is not None
    assert (found.precision.hits, found.precision.n) == (2, 3)
    assert found.recall is not None
    assert (found.recall.hits, found.recall.n) == (2, 3)
