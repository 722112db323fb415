"""A14: mining the sample company's conversations finds the planted three-stage pattern, with quotes, and no other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise
from random import Random

import pytest

from knowledge.patterns.mine import Mined, Rules, mine
from knowledge.patterns.move import Move
from knowledge.patterns.record import pattern_of
from tests.unit.knowledge.patterns.company import Sample

STAGES = ("concern_response", "value_reanchor", "timed_close")
RULES = Rules(rounds=999)
RUN = 8  # characters: a run of so many in common is a copy


@pytest.fixture(scope="module")
def mined(sample: Sample) -> Mined:
    """What the sample shows."""
    return mine(sample.cases, RULES)


def test_the_planted_pattern_is_found(mined: Mined) -> None:
    """A14: 异议响应 → 价值重锚 → 限时促成, triggered by the objection to the price, and it alone."""
    assert [one.moves for one in mined.found] == [STAGES]
    found = mined.found[0]
    assert found.trigger == "price_objection"
    assert found.effect.chance <= 0.01
    assert found.effect.low > 0.5
    assert all(value is not None and value > 0.5 for value in found.effect.within.values())


def test_its_quotes_are_the_planted_messages(sample: Sample, mined: Mined, moves: Mapping[str, Move]) -> None:
    """A14: each step is quoted word for word, in order of time, from a won deal; the messages are the planted ones."""
    pattern = pattern_of(
        mined.found[0], sample.cases, moves, mined, date(2024, 9, 16), datetime(2026, 3, 18, tzinfo=UTC), "E4001"
    )
    quotes = [quote for quote in pattern.quotes if quote["stage"]]
    assert all(sample.texts[quote["utterance_id"]] == quote["text"] for quote in pattern.quotes)
    examples = {number: [q for q in quotes if q["example"] == number] for number in {q["example"] for q in quotes}}
    assert len(examples) == 24
    assert len({quote["person_id"] for quote in quotes}) >= 15, "of as many people as there are"
    for some in examples.values():
        assert [quote["stage"] for quote in some] == [1, 2, 3]
        assert all(one["at"] < other["at"] for one, other in pairwise(some))
    planted = {(d.objection_response, d.value_reanchor, d.timed_close) for d in sample.planted}
    right = [tuple(quote["utterance_id"] for quote in some) in planted for some in examples.values()]
    assert sum(right) >= 22


@pytest.mark.parametrize("seed", range(10))
def test_it_is_not_found_when_outcomes_are_shuffled(sample: Sample, seed: int) -> None:
    """A14: the same talks, won and lost dealt anew: neither this pattern nor any other."""
    outcomes = [case.won for case in sample.cases]
    Random(seed).shuffle(outcomes)
    cases = [replace(case, won=won) for case, won in zip(sample.cases, outcomes, strict=True)]
    assert [one.moves for one in mine(cases, RULES).found] == []


def test_no_exemplar_is_taken_from_the_sample(sample: Sample, moves: Mapping[str, Move]) -> None:
    """A14: nothing was taught that only the sample says: no run of eight characters is common to both."""
    said = {text[at : at + RUN] for text in map(_letters, sample.texts.values()) for at in range(len(text) - RUN + 1)}
    assert len(said) > 5000
    taught = [_letters(text) for move in moves.values() for text in (*move.exemplars, *move.against)]
    copied = [text for text in taught if any(text[at : at + RUN] in said for at in range(len(text) - RUN + 1))]
    assert copied == []
    assert set(taught) & {_letters(text) for text in sample.texts.values()} == set()


def _letters(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalnum())
