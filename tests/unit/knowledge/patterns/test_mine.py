"""A14: which orders of moves are kept, on talks made here of bare moves."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest

from knowledge.patterns.case import Case, Quote, Step
from knowledge.patterns.mine import Mined, Rules, mine

RULES = Rules(rounds=399)


def case(number: int, won: bool, moves: Sequence[str], heard: str = "", rep: str = "") -> Case:
    """A closed deal. `heard`: a signal that the customer gave before the first move."""
    quote = Quote(f"d{number}", "u", "…", "张敏", rep, None)
    after = {heard: quote} if heard else {}
    steps = tuple(Step(move, 0.9, quote, after) for move in moves)
    return Case(f"O{number}", won, steps, frozenset({heard} - {""}), {"rep": rep or f"E{number % 5}"})


def names(mined: Mined) -> list[tuple[str, ...]]:
    """The stages of what was found."""
    return [one.moves for one in mined.found]


def company(dice: Random, hello: bool = False) -> list[Case]:
    """Won: a → b → c in three of four. Lost: a alone, a → b, c → a, b alone, or a jumble of others."""
    lost = (["a"], ["a", "b"], ["c", "a"], ["c", "x"], ["b", "y"], ["x"])
    found = []
    for number in range(240):
        won = dice.random() < 0.5
        moves = (["a", "b", "c"] if dice.random() < 0.75 else ["x", "y"]) if won else dice.choice(lost)
        found.append(case(number, won, ["hello", *moves] if hello else moves))
    return found


def test_the_order_that_wins_is_found_once_with_all_its_stages() -> None:
    """A14: a → b → c; a → c and b → c, which the same deals hold, are told by it."""
    mined = mine(company(Random(1)), RULES)
    assert names(mined) == [("a", "b", "c")]
    effect = mined.found[0].effect
    assert effect.chance <= 0.01
    assert 0.5 < effect.low < effect.difference < effect.high
    assert set(effect.within) == {"rep"}


def test_what_everybody_does_is_no_stage() -> None:
    """A14: a greeting comes before every win, and before every loss as well."""
    assert names(mine(company(Random(1), hello=True), RULES)) == [("a", "b", "c")]


@pytest.mark.parametrize("seed", range(8))
def test_shuffled_outcomes_show_nothing(seed: int) -> None:
    """A14: the same talks with outcomes dealt anew."""
    cases = company(Random(1))
    outcomes = [one.won for one in cases]
    Random(seed).shuffle(outcomes)
    shuffled = [case(n, won, one.moves) for n, (one, won) in enumerate(zip(cases, outcomes, strict=True))]
    assert names(mine(shuffled, RULES)) == []


def test_answers_are_compared_among_those_who_asked() -> None:
    """A14: who never objects wins more often; yet among those who object, the answer in two steps wins."""
    dice, cases = Random(2), []
    for number in range(300):
        objects = number % 2 == 0
        answered = objects and dice.random() < 0.5
        won = dice.random() < (0.6 if answered else 0.2 if objects else 0.9)
        moves = ["answer", "value"] if answered and won else ["answer"] if answered else ["x"]
        cases.append(case(number, won, moves, "price_objection" if objects else ""))
    found = mine(cases, RULES).found
    assert [one.moves for one in found] == [("answer", "value")]
    assert found[0].trigger == "price_objection"
    counted = found[0].effect.counts
    assert counted.with_ + counted.without == 150, "only deals in which the customer objected"


def test_one_good_salespersons_habit_is_not_a_pattern() -> None:
    """A14: confounders: E1 always says it and always wins."""
    dice = Random(4)
    cases = []
    for number in range(200):
        good = number % 4 == 0
        won = dice.random() < (0.95 if good else 0.3)
        cases.append(case(number, won, ["a", "b"] if good else ["x"], rep="E1" if good else "E2"))
    assert names(mine(cases, RULES)) == []


def test_few_deals_say_nothing() -> None:
    """A14: an order that fewer deals hold than the rules ask for isn't even tried."""
    mined = mine([case(n, n % 2 == 0, ["a", "b"] if n % 2 == 0 else ["x"]) for n in range(18)], RULES)
    assert (names(mined), mined.tried) == ([], 0)
    assert mine([], RULES) == Mined((), 0, 0, 0)
