"""Signals from the shape of a conversation."""

from __future__ import annotations

from collections.abc import Mapping

from bot.contracts.listening import Source
from knowledge.signals.kind import Kind
from knowledge.signals.talk_rules import Talk, our_share, talk_signals
from tests.unit.knowledge.signals.talks import talk

R = Source.RECORDING
CHAT = ["客 我们做电梯配件，一天两班", "我 明白，您现在用的是什么机器"] * 12


def kinds_of(talk_: Talk, kinds: Mapping[str, Kind]) -> set[str]:
    return {signal.kind for signal in talk_signals(talk_, kinds)}


def test_a_monologue_in_seconds(kinds: Mapping[str, Kind]) -> None:
    long = talk(
        "客 你讲",
        "我 先说第一点",
        "客 嗯",
        "我 再说第二点",
        "我 第三点",
        "客 我想问一下这个怎么用",
        source=R,
        seconds=40,
    )
    assert "long_monologue" in kinds_of(Talk(long), kinds), "a nod doesn't end it"
    answered = talk("我 先说第一点", "客 这一点我不同意，理由有三", "我 再说第二点", "我 第三点", source=R, seconds=40)
    assert "long_monologue" not in kinds_of(Talk(answered), kinds)


def test_nobody_knows_whose_monologue(kinds: Mapping[str, Kind]) -> None:
    """A16: an unknown speaker is never taken for one of ours."""
    unknown = talk(*["？ 我们的机器采用进口导轨"] * 9, source=R, seconds=40)
    assert not {"long_monologue", "talk_ratio"} & kinds_of(Talk(unknown), kinds)


def test_talk_ratio_needs_both_sides(kinds: Mapping[str, Kind]) -> None:
    ours = talk("我 说", "我 说", "我 说", "客 好", source=R, seconds=60)
    assert our_share(ours) == 0.75
    assert "talk_ratio" in kinds_of(Talk(ours), kinds)
    assert our_share(talk("我 说", source=R)) is None
    assert "talk_ratio" not in kinds_of(Talk(talk("我 说", "客 好", "客 好", source=R, seconds=60)), kinds)


def test_next_step_and_price(kinds: Mapping[str, Kind]) -> None:
    without = talk(*CHAT, source=R)
    assert {"no_next_step", "price_not_mentioned"} <= kinds_of(Talk(without), kinds)
    agreed = Talk(without, {without.utterances[-1].id: {"next_step_agreed": 0.9}})
    assert "no_next_step" not in kinds_of(agreed, kinds)
    early = Talk(without, {without.utterances[0].id: {"next_step_agreed": 0.9}})
    assert "no_next_step" in kinds_of(early, kinds), "agreed at the beginning, not at the end"
    priced = talk(*CHAT, "客 大概一百二十万吧", source=R)
    assert "price_not_mentioned" not in kinds_of(Talk(priced), kinds)


def test_chats_have_no_shape(kinds: Mapping[str, Kind]) -> None:
    assert kinds_of(Talk(talk(*CHAT)), kinds) == set()
