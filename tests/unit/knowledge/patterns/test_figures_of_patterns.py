"""A14: the figures behind a pattern, against published examples and by hand."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge.patterns.effect import Counts, counts, within
from knowledge.patterns.luck import chances
from knowledge.patterns.sequences import frequent, holds, places


# R. G. Newcombe (1998), table II, method 10: 56/70 - 48/80, 9/10 - 3/10, 10/10 - 0/10.
@pytest.mark.parametrize(
    ("table", "low", "high"),
    [
        (Counts(56, 70, 48, 80), 0.0524, 0.3339),
        (Counts(9, 10, 3, 10), 0.1705, 0.8090),
        (Counts(10, 10, 0, 10), 0.6075, 1.0),
    ],
    ids=["a", "b", "h"],
)
def test_newcombes_interval(table: Counts, low: float, high: float) -> None:
    """A14: the interval of the win rates' difference is the published one."""
    found = table.interval()
    assert found is not None
    assert found == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_fishers_tea() -> None:
    """A14: the lady tasting tea has three of four right: 17/70; and all four: 1/70."""
    assert Counts(3, 4, 1, 4).chance() == pytest.approx(17 / 70)
    assert Counts(4, 4, 0, 4).chance() == pytest.approx(1 / 70)
    assert Counts(0, 4, 4, 4).chance() == pytest.approx(1.0)


def test_an_empty_group_has_no_difference() -> None:
    """A14: where nobody does without it, nothing can be said."""
    assert Counts(3, 4, 0, 0).difference is None
    assert Counts(3, 4, 0, 0).interval() is None


def test_differences_within_strata_by_hand() -> None:
    """A14: (2·2/4)·0.5 + (4·4/8)·0.25 over 1 + 2 = 1/3; a stratum of one kind says nothing."""
    strata = [Counts(2, 2, 1, 2), Counts(2, 4, 1, 4), Counts(5, 5, 0, 0)]
    assert within(strata) == pytest.approx(1 / 3)
    assert within([Counts(5, 5, 0, 0)]) is None


def test_only_deals_that_can_be_compared_are_counted() -> None:
    """A14: three flags a deal: has it, won, counts."""
    found = counts([True, True, False, False], [True, False, True, True], [True, True, True, False])
    assert found == Counts(1, 2, 1, 1)


def test_a_reps_habit_is_no_effect() -> None:
    """A14: who wins anyway and always says it makes it look good; within each rep it makes no difference."""
    dice = np.random.default_rng(3)
    good = np.arange(400) < 200
    has = np.where(good, dice.random(400) < 0.9, dice.random(400) < 0.1)
    won = np.where(good, dice.random(400) < 0.8, dice.random(400) < 0.2)
    everywhere = np.ones((1, 400), dtype=bool)
    alike = chances(has[None, :], everywhere, won, ["" for _ in good], 400, 1)
    by_rep = chances(has[None, :], everywhere, won, ["a" if one else "b" for one in good], 400, 1)
    assert alike[0] < 0.01
    assert by_rep[0] > 0.05


def test_trying_many_is_paid_for() -> None:
    """A14: of 300 orders that mean nothing, one looks good by itself and none against the best of all shuffles."""
    dice = np.random.default_rng(5)
    has, won = dice.random((300, 120)) < 0.4, dice.random(120) < 0.5
    everywhere = np.ones_like(has)
    alone = [counts(row, won, everywhere[0]).chance() for row in has]
    together = chances(has, everywhere, won, [""] * 120, 400, 1)
    assert min(alone) < 0.02
    assert together.min() > 0.05


def test_a_real_effect_stands_out_among_many() -> None:
    """A14: one of fifty orders wins; it alone is left."""
    dice = np.random.default_rng(7)
    has, won = dice.random((50, 200)) < 0.4, dice.random(200) < 0.5
    has[17] = np.where(won, dice.random(200) < 0.7, dice.random(200) < 0.2)
    found = chances(has, np.ones_like(has), won, [""] * 200, 400, 1)
    assert np.flatnonzero(found < 0.05).tolist() == [17]


def test_orders_are_counted_with_anything_between() -> None:
    """A14: PrefixSpan by hand: a pattern is an order, not a neighbourhood; nothing comes twice in it."""
    talks = [("a", "x", "b", "c"), ("a", "b", "b"), ("b", "a", "c"), ("c",)]
    found = frequent(talks, 2, 3)
    assert found == {
        ("a",): frozenset({0, 1, 2}),
        ("a", "b"): frozenset({0, 1}),
        ("a", "c"): frozenset({0, 2}),
        ("b",): frozenset({0, 1, 2}),
        ("b", "c"): frozenset({0, 2}),
        ("c",): frozenset({0, 2, 3}),
    }
    assert frequent(talks, 2, 1).keys() == {("a",), ("b",), ("c",)}
    assert places(("a", "x", "b", "a", "c"), ("a", "c")) == [0, 4]
    assert not holds(("c", "a"), ("a", "c"))
