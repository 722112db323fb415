"""A8, A15: how sure an answer is, from the match, its lead, and the words that the card knows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from knowledge.playbook.confidence import SURE, WORTH_ANSWERING, confidence, covered
from knowledge.playbook.coverage import UNTOLD, Coverage
from knowledge.playbook.parse import parse_card
from knowledge.playbook.vocabulary import Vocabulary
from knowledge.retrieval.passage import Hit, Passage
from tests.unit.knowledge.playbook.texts import CARD, RIVAL

WORDS = Vocabulary.load()
PRICE, RIVAL_CARD = parse_card(CARD, WORDS), parse_card(RIVAL, WORDS)
POWER = replace(
    PRICE, id="power", title="能耗", situation="问电费", triggers=("耗电大不大",), basis="电费按 0.8 元一度算"
)
ALL = Coverage([PRICE, RIVAL_CARD, POWER])


def test_words_of_the_body_count() -> None:
    shares = ALL.shares("电费多少", [PRICE.id, POWER.id])
    assert 0 <= shares[PRICE.id] < shares[POWER.id] <= 1


def test_traditional_and_wide_characters_are_the_same_words() -> None:
    assert ALL.shares("電費", [POWER.id]) == ALL.shares("电费", [POWER.id])


def test_a_latin_word_counts_from_its_beginning_only() -> None:
    english = Coverage([replace(PRICE, language="en", basis="delivery in two weeks"), replace(POWER, language="en")])
    assert english.shares("deliver", [PRICE.id])[PRICE.id] > 0
    assert english.shares("livery", [PRICE.id])[PRICE.id] == 0


def test_a_card_in_another_language_is_neither_helped_nor_harmed() -> None:
    assert ALL.shares("electricity bill", [POWER.id]) == {POWER.id: UNTOLD}
    hit = Hit("power", 0.7, Passage("1", "…", "power"), 0.5, 0.5)
    assert covered([hit], {"power": UNTOLD})[0].score == pytest.approx(0.7)


def test_a_question_without_words_says_nothing() -> None:
    assert ALL.shares("？？", [POWER.id]) == {POWER.id: UNTOLD}
    assert Coverage(()).shares("电费", ["gone"]) == {"gone": UNTOLD}


def test_a_clear_lead_makes_sure_and_a_tie_does_not() -> None:
    assert confidence(0.95, [0.97, 0.3], 0.6) > SURE
    assert WORTH_ANSWERING < confidence(0.95, [0.97, 0.96], 0.6) < SURE
    assert confidence(0.6, [0.6, 0.59], 0.1) < WORTH_ANSWERING
    assert confidence(0.95, [0.97], 0.6) > SURE, "nothing else was found"
