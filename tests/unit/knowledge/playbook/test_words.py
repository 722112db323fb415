"""Stages, industries, products and competitors in what people write."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.contracts.errors import ConfigurationError
from knowledge.playbook.choose import Candidate, alternatives, version_for, weigh
from knowledge.playbook.occasion import Occasion, named_rivals, read_occasion
from knowledge.playbook.parse import parse_card
from knowledge.playbook.vocabulary import Vocabulary
from knowledge.retrieval.passage import Hit, Passage
from tests.unit.knowledge.playbook.texts import CARD, RIVAL

WORDS = Vocabulary.load()
PRICE, RIVAL_CARD = parse_card(CARD, WORDS), parse_card(RIVAL, WORDS)
TODAY = date(2026, 7, 15)


def hit(group: str, score: float) -> Hit:
    return Hit(group, score, Passage(f"{group}|zh|0", "…", group), 0.5, 0.5)


@pytest.mark.parametrize(
    ("text", "stage", "industry", "product"),
    [
        ("报价阶段客户不回消息", "quote", "", ""),
        ("还在谈判，客户要看 RZ-L6000", "negotiation", "", "RZ-L"),
        ("In the quote stage, for an elevator customer", "quote", "elevators", ""),
        ("ＲＺ－Ｗ 焊缝不稳", "", "", "RZ-W"),
        ("新能源客户的折弯机", "", "new_energy", "RZ-B"),
        ("RZ-L9999 和 unquoted misquote", "", "", ""),
        ("談判階段", "negotiation", "", ""),
        ("", "", "", ""),
    ],
)
def test_occasion(text: str, stage: str, industry: str, product: str) -> None:
    assert read_occasion(text, WORDS) == Occasion(stage, industry, product)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("客户拿恒力达来比", {"rival"}),
        ("hld 便宜", {"rival"}),
        ("ＨＬＤ便宜", {"rival"}),
        ("HLDX-200 是什么", set()),
        ("they quoted Henglida's price", {"rival"}),
        ("恒力达光电怎么样", {"other"}),  # the longer name, not also the shorter one inside it
        ("恒力达和恒力达光电一起", {"rival", "other"}),
        ("太贵了", set()),
    ],
)
def test_competitors_by_name_and_alias(text: str, found: set[str]) -> None:
    other = replace(RIVAL_CARD, id="other", competitor="恒力达光电", aliases=())
    assert named_rivals(text, [RIVAL_CARD, other, PRICE]) == found


def test_wrong_moment_is_demoted_and_named_competitor_promoted() -> None:
    late = replace(PRICE, id="late", stage=("renewal",))
    any_stage = replace(PRICE, id="any", stage=())
    cards = {card.id: card for card in (PRICE, late, any_stage, RIVAL_CARD)}
    hits = [hit("late", 0.9), hit("price", 0.85), hit("any", 0.8), hit("rival", 0.7)]
    plain = weigh(hits, cards, Occasion())
    assert [found.card.id for found in plain] == ["late", "price", "any", "rival"]
    moment = weigh(hits, cards, Occasion(stage="quote", rivals=frozenset({"rival"})))
    assert [found.card.id for found in moment] == ["rival", "price", "any", "late"]
    assert moment[-1].misses == ("stage",)


def test_alternatives_leave_out_what_hardly_matches() -> None:
    near, far = replace(PRICE, id="near"), replace(PRICE, id="far", stage=("renewal",))
    best = Candidate(PRICE, hit("price", 0.9), 0.9, ())
    others = [
        Candidate(far, hit("far", 0.8), 0.8, ()),
        Candidate(near, hit("near", 0.6), 0.6, ()),
        Candidate(replace(PRICE, id="none"), hit("none", 0.1), 0.1, ()),
    ]
    assert [card.id for card in alternatives(best, others)] == ["near", "far"]


def test_version_prefers_the_language_and_never_an_expired_one() -> None:
    english = replace(PRICE, language="en")
    assert version_for([english, PRICE], "zh", TODAY) == PRICE
    assert version_for([english, PRICE], "en", TODAY) == english
    expired = replace(english, valid_until=date(2026, 7, 14))
    assert version_for([expired, PRICE], "en", TODAY) == PRICE
    assert version_for([expired], "en", TODAY) is None


def test_broken_vocabulary_names_its_file(tmp_path: Path) -> None:
    for text in ("", "stages: [", "stages: {a: b}", "- x"):
        path = tmp_path / "words.yaml"
        path.write_text(text)
        with pytest.raises(ConfigurationError, match=r"words\.yaml"):
            Vocabulary.load(path)
