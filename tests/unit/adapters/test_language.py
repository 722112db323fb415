"""The language of the few words that adapters add to what others wrote."""

from __future__ import annotations

import pytest

from adapters.common.language import card_language, language
from bot.contracts.card import Action, Card, Fact, Section


@pytest.mark.parametrize(
    ("card", "expected"),
    [
        (Card("1", 'Ask "compared with what?"', source="Playbook · 周敏 v3", summary="The customer"), "en"),
        (Card("1", "Customers you can see: 2", summary="常州铭岳农业机械有限公司 · CNY 14.86 m"), "en"),
        (Card("1", "东莞鼎峰电器", facts=(Fact("Industry", "家电"), Fact("Yearly purchases", "9.4 m"))), "en"),
        (Card("1", "Settings of 张敏", actions=(Action("zh", "改用中文"), Action("change", "Change"))), "en"),
        (Card("1", "先问贵在和什么比", summary="RZ-L6000 fiber laser", source="Playbook"), "zh"),
        (Card("1", "RZ-L6000", sections=(Section("步骤", "one"), Section("这样说", "two"))), "zh"),
        (Card("1", "13%", summary="Discount so far"), "en"),
        (Card("1", ""), "zh"),
    ],
)
def test_it_is_that_of_the_cards_own_words(card: Card, expected: str) -> None:
    """A15: names of people and customers in another language don't decide it."""
    assert card_language(card) == expected


def test_text() -> None:
    assert [language(text) for text in ("", "客户嫌贵", "too expensive, says 张敏", "RZ-L 太贵了怎么回")] == [
        "zh",
        "zh",
        "en",
        "zh",
    ]
