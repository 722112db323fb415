"""B10: changes taken apart, held against numbers worked out by hand and against scipy."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from knowledge.metrics.decomposition import Cell, by, crossed_change, rate_change, sum_change
from knowledge.metrics.noise import chance, corrected
from knowledge.metrics.reasons import Cube, reasons

# Last week: 60 of 100 leads by search, 18 became opportunities; 40 by fairs, 4 did: 22 %.
# This week: 40 by search, 10 did; 60 by fairs, 6 did: 16 %.
BEFORE = {"搜索": Cell(60, 18), "展会": Cell(40, 4)}
AFTER = {"搜索": Cell(40, 10), "展会": Cell(60, 6)}


def test_a_rate_by_hand() -> None:
    """Rates 30→25 % and 10→10 %, shares 60→40 % and 40→60 %, middle of the wholes (22+16)/2 = 19 %.

    Search: rate (−5)·(0.6+0.4)/2 = −2.5 points, mix (−0.2)·(27.5−19) = −1.7. Fairs: rate 0, mix 0.2·(10−19) = −1.8.
    """
    found = rate_change(BEFORE, AFTER)
    parts = {one.category: (round(one.rate_effect, 10), round(one.mix_effect, 10)) for one in found.parts}
    assert parts == {"搜索": (-0.025, -0.017), "展会": (0.0, -0.018)}
    assert (round(found.rate_effect, 10), round(found.mix_effect, 10), round(found.change, 10)) == (
        -0.025,
        -0.035,
        -0.06,
    )
    assert [one.category for one in found.parts] == ["搜索", "展会"]


def test_a_sum_by_hand() -> None:
    """10 orders of 100 become 20 orders of 90: 1,000 → 1,800. Volume +10·95 = 950, amount −10·15 = −150."""
    found = sum_change({"a": Cell(10, 1000.0)}, {"a": Cell(20, 1800.0)})
    effects = found.volume_effect, found.rate_effect, found.mix_effect
    assert [round(one, 9) for one in effects] == [950, -150, 0]


def test_what_comes_and_goes_is_mix() -> None:
    found = rate_change({"a": Cell(10, 5)}, {"a": Cell(10, 5), "b": Cell(10, 1)})
    assert found.rate_effect == 0
    assert found.mix_effect == pytest.approx(found.change)
    assert rate_change({}, {"a": Cell(4, 1)}).change == sum(
        one.effect for one in rate_change({}, {"a": Cell(4, 1)}).parts
    )


def test_two_dimensions_tell_whose_mix_it_was() -> None:
    """Channels moved, regions did not, and rates depend on the channel alone: all of it is the channels' mix."""
    before: Cube = {
        ("搜索", "华东"): Cell(50, 20),
        ("搜索", "华南"): Cell(50, 20),
        ("展会", "华东"): Cell(50, 5),
        ("展会", "华南"): Cell(50, 5),
    }
    after: Cube = {
        ("搜索", "华东"): Cell(20, 8),
        ("搜索", "华南"): Cell(20, 8),
        ("展会", "华东"): Cell(80, 8),
        ("展会", "华南"): Cell(80, 8),
    }
    found = crossed_change(before, after)
    assert found.rate_effect == pytest.approx(0)
    assert found.second_effect == pytest.approx(0)
    assert found.first_effect == pytest.approx(found.change) == pytest.approx(0.16 - 0.25)


cells = st.builds(lambda n, k: Cell(n, min(n, k)), st.integers(0, 200), st.integers(0, 200))
cubes = st.dictionaries(st.tuples(st.sampled_from("abc"), st.sampled_from("xy")), cells, max_size=6)


@given(cubes, cubes)
@settings(max_examples=60, deadline=None)
def test_effects_always_add_up(before: Cube, after: Cube) -> None:
    one, crossed, total = rate_change(before, after), crossed_change(before, after), sum_change(before, after)
    assert sum(part.effect for part in one.parts) == pytest.approx(one.change, abs=1e-9)
    assert crossed.rate_effect + crossed.first_effect + crossed.second_effect == pytest.approx(crossed.change, abs=1e-9)
    assert sum(part.effect for part in total.parts) == pytest.approx(total.change, abs=1e-6)
    single = rate_change(by(before, 0), by(after, 0))
    assert single.change == pytest.approx(one.change, abs=1e-9)


@pytest.mark.parametrize(("k1", "n1", "k2", "n2"), [(2, 18, 9, 22), (0, 5, 5, 5), (3, 8, 3, 8)])
def test_small_numbers_are_tested_exactly(k1: int, n1: int, k2: int, n2: int) -> None:
    table = [[k1, n1 - k1], [k2, n2 - k2]]
    assert chance(Cell(n1, k1), Cell(n2, k2)) == pytest.approx(stats.fisher_exact(table).pvalue)


def test_larger_ones_like_the_chi_square_without_correction() -> None:
    expected = stats.chi2_contingency([[200, 300], [260, 240]], correction=False).pvalue
    assert chance(Cell(500, 200), Cell(500, 260)) == pytest.approx(expected)


def test_amounts_need_their_squares() -> None:
    assert chance(Cell(5, 10.0, 30.0), Cell(50, 10.0, 30.0)) is None
    assert (chance(Cell(50, 100.0, 400.0), Cell(50, 200.0, 1000.0)) or 1) < 0.001


def test_many_looks_are_paid_for() -> None:
    """Holm's: 0.01, 0.04, 0.03 become 0.03, 0.06, 0.06."""
    assert corrected([0.01, 0.04, None, 0.03]) == [pytest.approx(0.03), pytest.approx(0.06), None, pytest.approx(0.06)]


def test_the_reason_is_found_and_noise_is_not() -> None:
    """华东 × 展会 falls from 30 to 5 %; everything else stays."""
    dimensions = ("channel", "region")
    base: dict[tuple[str, ...], Cell] = {
        (c, r): Cell(200, 60) for c in ("搜索", "展会", "直播") for r in ("华东", "华南")
    }
    found = reasons(base, base | {("展会", "华东"): Cell(200, 10)}, dimensions)
    assert found.look is not None
    assert (found.look.kind, set(found.look.values) >= {"华东"} or "展会" in found.look.values) == ("rate", True)
    top = {one.values for one in found.findings[:3]}
    assert ("展会", "华东") in top
    still = reasons(base, base | {("展会", "华东"): Cell(200, 55)}, dimensions)
    assert still.look is None
    assert not any(one.is_sure for one in still.findings)
