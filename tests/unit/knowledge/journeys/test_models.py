"""The models' definitions by hand, and what must hold whatever the data (B4)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.contracts.errors import BadInput
from knowledge.journeys.answer import losses, states_of
from knowledge.journeys.chain import chains
from knowledge.journeys.counts import Counts
from knowledge.journeys.large_chain import large_chain
from knowledge.journeys.model_settings import ModelSettings
from knowledge.journeys.models import MODELS, USUAL, attribute
from knowledge.journeys.paths import UNKNOWN, Paths, paths_of
from knowledge.journeys.touch_credit import touch_credit
from knowledge.journeys.weights import touch_weights
from knowledge.journeys.what_if import what_if

FIXED = ModelSettings()
drawn_paths = st.lists(
    st.tuples(
        st.lists(st.sampled_from("abcd"), min_size=1, max_size=7),
        st.integers(0, 3),
        st.floats(0, 50),
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=25,
)
Drawn = list[tuple[list[str], int, float, int]]


def made(rows: Drawn) -> Paths:
    return paths_of(
        [row[0] for row in rows],
        [float(row[1]) for row in rows],
        [row[2] if row[1] else 0.0 for row in rows],
        [float(row[3] if row[1] + row[3] else 1) for row in rows],
        hours=[[float(3 * (len(row[0]) - place)) for place in range(len(row[0]))] for row in rows],
    )


def weights(model: str, path: str, **marks: int) -> list[float]:
    places = [(marks.get("lead", UNKNOWN), marks.get("opportunity", UNKNOWN), marks.get("close", UNKNOWN))]
    paths = paths_of([list(path)], [1.0], milestones=places if marks else None)
    return list(touch_weights(paths, model, FIXED))


@pytest.mark.parametrize(
    ("model", "path", "marks", "expected"),
    [
        ("position", "a", {}, [1]),
        ("position", "ab", {}, [0.5, 0.5]),
        ("position", "abcd", {}, [0.4, 0.1, 0.1, 0.4]),
        ("w_shaped", "abcde", {"lead": 1, "opportunity": 3}, [0.3, 0.3, 0.05, 0.3, 0.05]),
        ("w_shaped", "abcde", {"lead": 0, "opportunity": 4}, [0.6, 0.1 / 3, 0.1 / 3, 0.1 / 3, 0.3]),
        ("w_shaped", "abc", {"lead": 1, "opportunity": UNKNOWN}, [3 / 7, 3 / 7, 1 / 7]),
        ("w_shaped", "abcd", {"lead": UNKNOWN}, [0.4, 0.1, 0.1, 0.4]),
        ("full_path", "abcde", {"lead": 1, "opportunity": 3, "close": 4}, [0.225, 0.225, 0.1, 0.225, 0.225]),
        ("full_path", "abcde", {"lead": 1, "opportunity": 3}, [0.225, 0.225, 0.1, 0.225, 0.225]),
        ("full_path", "abcd", {"close": 2}, [0.4, 0.1, 0.1, 0.4]),
        ("linear", "aab", {}, [1 / 3, 1 / 3, 1 / 3]),
        ("shapley", "aab", {}, [0.5, 0, 0.5]),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_weights_by_hand(model: str, path: str, marks: dict[str, int], expected: Sequence[float]) -> None:
    assert weights(model, path, **marks) == pytest.approx(expected)


def test_time_decay_halves_with_each_half_life_and_survives_old_journeys() -> None:
    paths = paths_of([["a", "b"], ["a", "b"]], [1, 1], hours=[[168.0, 0.0], [1e7 + 168, 1e7]])
    assert touch_weights(paths, "time_decay", FIXED) == pytest.approx([1 / 3, 2 / 3] * 2)


def test_last_non_direct_is_direct_only_where_nothing_else_was() -> None:
    paths = paths_of([["搜索", "直接访问"], ["Direct"], ["邮件", "搜索", "direct", "direct"]], [1, 2, 4])
    result = attribute(Counts.from_paths(paths), "last_non_direct")
    credits = dict(zip(result.channels, result.conversions, strict=True))
    assert credits == {"搜索": 5, "直接访问": 0, "Direct": 2, "邮件": 0, "direct": 0}


@settings(max_examples=12, deadline=None)
@given(drawn_paths)
def test_credits_sum_to_the_total_and_order_of_rows_is_no_matter(rows: Drawn) -> None:
    """Shares sum to 100 % in every model; touches' credits sum back to the channels'."""
    paths = made(rows)
    counts, turned = (
        Counts.from_paths(paths, models=tuple(MODELS)),
        Counts.from_paths(made(rows[::-1]), models=tuple(MODELS)),
    )
    for model in MODELS:
        result, other = attribute(counts, model), attribute(turned, model)
        assert result.conversions.sum() == pytest.approx(counts.conversions)
        assert result.value.sum() == pytest.approx(counts.value, abs=1e-9)
        assert dict(zip(other.channels, other.conversions, strict=True)) == pytest.approx(
            dict(zip(result.channels, result.conversions, strict=True)), abs=1e-9
        )
        by_touch = touch_credit(paths, result, FIXED)
        again = np.bincount(paths.tokens, by_touch[:, 0], len(paths.channels))
        assert again == pytest.approx(result.conversions, abs=1e-9)


def walk_chance(rows: Drawn, order: int, removed: Collection[str], null: bool, self_loops: bool) -> float:
    """P(conversion) by explicit states in dictionaries, visits to removed channels ending in null: nothing shared."""
    flow: dict[object, dict[object, float]] = {}
    for path, won, _, missed in rows:
        lost = missed if won + missed else 1
        grams = [tuple(path[at : at + order]) for at in range(max(len(path) - order + 1, 1))]
        if not self_loops:
            grams = [gram for at, gram in enumerate(grams) if not at or gram != grams[at - 1]]
        weight = won + (lost if null else 0)
        for one, two in zip(["begin", *grams], grams, strict=False):
            flow.setdefault(one, {}).setdefault(two, 0)
            flow[one][two] += weight
        for end, count in (("won", won), ("lost", lost if null else 0)):
            flow.setdefault(grams[-1], {}).setdefault(end, 0)
            flow[grams[-1]][end] += count
    states = [state for state in flow if sum(flow[state].values()) > 0]
    if "begin" not in states:
        return 0.0
    number = {state: at for at, state in enumerate(states)}
    matrix, right = np.eye(len(states)), np.zeros(len(states))
    for state, after in flow.items():
        if state not in number or (state != "begin" and set(state) & set(removed)):  # type: ignore[arg-type]  # all but "begin" are tuples
            continue
        for target, count in after.items():
            share = count / sum(after.values())
            if target == "won":
                right[number[state]] = share
            elif target in number:
                matrix[number[state], number[target]] -= share
    return float(np.linalg.solve(matrix, right)[number["begin"]])


@settings(max_examples=12, deadline=None)
@given(drawn_paths, st.integers(1, 3), st.booleans(), st.booleans())
def test_removal_from_one_factorisation_equals_solving_anew(
    rows: Drawn, order: int, null: bool, self_loops: bool
) -> None:
    """Single channels and groups, any order, against an explicit expansion of the states."""
    chosen = ModelSettings(order=order, null=null, self_loops=self_loops)
    counts = Counts.from_paths(made(rows), chosen, ["markov"])
    whole = walk_chance(rows, order, (), null, self_loops)
    if not counts.conversions:
        assert attribute(counts, "markov").removal_effect is None
        return
    names = counts.channels
    result = attribute(counts, "markov")
    assert result.p_conversion == pytest.approx(whole)
    assert result.removal_effect is not None
    for name, effect in zip(names, result.removal_effect, strict=True):
        assert effect == pytest.approx(1 - walk_chance(rows, order, name, null, self_loops) / whole, abs=1e-9)
    for removal in what_if(counts, [names[:2], names[-2:], names]):
        expected = 1 - walk_chance(rows, order, removal.channels, null, self_loops) / whole
        assert removal.effect == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("order", [1, 2])
def test_large_chains_answer_like_small_ones(order: int, journeys: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands of states go another way (a diagonal by parts, or sparse walks) to the same numbers."""
    counts = Counts.from_paths(journeys, ModelSettings(order=order), ["markov"])
    assert counts.moves is not None
    states = states_of(counts)
    small = losses(chains(counts.moves, null=True, self_loops=False), states)
    monkeypatch.setattr("knowledge.journeys.inverse.CELLS", 1)
    by_rows = losses(chains(counts.moves, null=True, self_loops=False), states)
    large = losses(large_chain(counts.moves, null=True, self_loops=False), states)
    for one, two, three in zip(small, by_rows, large, strict=True):
        assert two == pytest.approx(one, rel=1e-9)
        assert three == pytest.approx(one, rel=1e-9)


def test_journeys_that_go_round_are_not_walked_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where walks don't end in patience, a matrix answers instead."""
    counts = Counts.from_paths(made([(["a", "b"] * 2000, 1, 1.0, 0), (["a", "c"], 1, 1.0, 1)]), models=["markov"])
    assert counts.moves is not None
    assert not large_chain(counts.moves, null=True, self_loops=False).converges()
    expected = attribute(counts, "markov").conversions
    monkeypatch.setattr("knowledge.journeys.large_chain.SMALL", 0)
    monkeypatch.setattr("knowledge.journeys.large_chain.WALK_COST", 0)
    assert attribute(counts, "markov").conversions == pytest.approx(expected)


def test_nothing_converted_and_nothing_at_all() -> None:
    for rows in ([(["a", "b"], 0, 0.0, 5)], []):
        counts = Counts.from_paths(made(rows))
        for model in USUAL:
            if model not in counts.models:
                continue
            result = attribute(counts, model)
            assert result.conversions.sum() == 0
            assert result.notes == ("no_conversions",)


def test_settings_other_than_those_collected_are_refused() -> None:
    counts = Counts.from_paths(made([(["a"], 1, 1.0, 0)]), models=["markov"])
    with pytest.raises(BadInput, match="order"):
        attribute(counts, "markov", ModelSettings(order=2))
    with pytest.raises(BadInput):
        attribute(counts, "linear")
    with pytest.raises(BadInput, match="zzz"):
        what_if(counts, [["zzz"]])


def test_cyclic_long_and_wide_paths() -> None:
    """A path of 5,000 touches, cycles, 700 channels: shares still sum to the whole."""
    names = [f"c{at}" for at in range(700)]
    long = [names[at % 7] for at in range(5000)]
    rows: Drawn = [(long, 1, 9.0, 1), (["c1", "c2", "c1", "c2"], 1, 1.0, 0)]
    rows += [([name, names[(at * 7) % 700]], 1, 2.0, 1) for at, name in enumerate(names)]
    for chosen in (ModelSettings(), ModelSettings(order=2)):
        counts = Counts.from_paths(made(rows), chosen)
        for model in ("linear", "markov", "shapley"):
            assert attribute(counts, model).conversions.sum() == pytest.approx(702)


def test_touches_in_any_order() -> None:
    """Unordered touches are sorted within their journey; those of the same moment stay as they came."""
    counts = Counts.from_touches(
        ["2", "1", "2", "1", "1", "3"],
        ["b", "z", "a", "x", "y", "q"],
        {"1": (1, 10.0), "2": (1, 5.0), "4": (1, 1.0)},
        order=[2, 9, 1, 5, 5, 0],
    )
    assert counts.reach.journeys == 3  # "3" has no outcome: not converted; "4" has no touches: left out
    first, last = (attribute(counts, model) for model in ("first", "last"))
    assert [first.channels[at] for at in np.flatnonzero(first.conversions)] == ["a", "x"]
    assert [last.channels[at] for at in np.flatnonzero(last.conversions)] == ["b", "z"]


def test_channels_that_appear_later_change_nothing() -> None:
    """Chunks whose channels grow, also from dense statistics to sparse ones, add up to what one chunk gives."""
    names = [f"c{at}" for at in range(700)]
    rows: Drawn = [([names[at % 5], names[at % 3]], 1, 2.0, 1) for at in range(50)]
    rows += [([name, names[at % 11], names[at // 2]], 1, 1.0, 2) for at, name in enumerate(names)]
    paths = made(rows)
    head = made(rows[:50])
    tail = paths.pick(np.arange(len(rows)) >= 50)
    split = Counts.from_paths(iter([head, tail]), ModelSettings(order=1))
    whole = Counts.from_paths(paths, ModelSettings(order=1))
    for model in ("markov", "linear", "shapley"):
        assert attribute(split, model).conversions == pytest.approx(attribute(whole, model).conversions, rel=1e-9)
