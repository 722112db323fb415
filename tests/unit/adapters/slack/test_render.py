"""Replies to payloads, against every limit of the page on protocols."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from adapters.common.text import units
from adapters.slack.form import packed, unpacked
from adapters.slack.render import render
from bot.contracts.card import Action, Card, Citation, Fact, Field, Form, Section
from bot.contracts.reply import Address, CardUpdate, OutgoingFile, Reply

TO = Address("slack", "D1")
CARD = Card(
    id="c-1",
    headline="先谈价值，再谈价格",
    summary="客户嫌贵时**不降价**",
    source="话术库 · 报价",
    facts=(Fact("阶段", "报价"), Fact("行业", "汽车")),
    sections=(Section("对比", "| 项 | 我们 |\n|---|---|\n| 交期 | 30 天 |"), Section("话术", "> 您说得对")),
    actions=(
        Action("useful", "有用", "primary"),
        Action("not_fit", "不合适"),
        Action("page", "报告", url="https://a.cn/r"),
    ),
    citations=(Citation("测试报告", "https://a.cn/t", "2025-01"),),
    url="https://bot.example.com/playbook/1",
)


def blocks_of(payload: Mapping[str, Any], kind: str) -> list[Any]:
    return [block for block in payload["body"]["blocks"] if block["type"] == kind]


def strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for inner in value.values() for text in strings(inner)]
    return [text for inner in value for text in strings(inner)] if isinstance(value, list) else []


def written(value: Any) -> list[str]:
    """Every text of the blocks, labels of buttons included."""
    if isinstance(value, list):
        return [text for inner in value for text in written(inner)]
    if not isinstance(value, Mapping):
        return []
    own = [value["text"]] if isinstance(value.get("text"), str) else []
    return [*own, *(text for inner in value.values() for text in written(inner))]


def check_limits(payload: Mapping[str, Any]) -> None:
    """PROTOCOLS, Blocks."""
    body = payload["body"]
    assert 0 < units(body["text"]) <= 4000
    shown = body.get("blocks", [])
    assert len(shown) <= 50
    ids: list[str] = []
    for block in shown:
        kind = block["type"]
        if kind == "header":
            assert 0 < units(block["text"]["text"]) <= 150
        if kind == "section" and "text" in block:
            assert 0 < units(block["text"]["text"]) <= 3000
        if "fields" in block:
            assert 1 <= len(block["fields"]) <= 10
            assert all(0 < units(one["text"]) <= 2000 for one in block["fields"])
        if kind == "context":
            assert 1 <= len(block["elements"]) <= 10
            assert all(units(one["text"]) > 0 for one in block["elements"])
        if kind == "actions":
            assert 1 <= len(block["elements"]) <= 25
            for button in block["elements"]:
                assert 0 < units(button["text"]["text"]) <= 75
                assert 0 < units(button["action_id"]) <= 255
                assert units(button.get("value", "")) <= 2000
                ids.append(button["action_id"])
    total = sum(units(text) for text in written(shown))
    assert total <= 13_200
    assert len(ids) == len(set(ids))


def test_text_goes_to_its_conversation() -> None:
    (payload,) = render(Reply(Address("slack", "C1:17.1"), "**好** <https://x>"))
    assert payload["call"] == "chat.postMessage"
    assert payload["body"]["channel"] == "C1"
    assert payload["body"]["thread_ts"] == "17.1"
    assert payload["body"]["text"].startswith("*好* ")


def test_long_text_is_split_in_order() -> None:
    payloads = render(Reply(TO, "\n".join(f"第 {n} 行，很长的一句话。" for n in range(900))))
    assert len(payloads) > 2
    for payload in payloads:
        check_limits(payload)
    joined = "\n".join(payload["body"]["text"] for payload in payloads)
    assert joined == "\n".join(f"第 {n} 行，很长的一句话。" for n in range(900))


def test_a_folded_card_shows_headline_summary_and_buttons_only() -> None:
    """A8."""
    (payload,) = render(Reply(TO, card=CARD))
    check_limits(payload)
    said = "\n".join(strings(payload["body"]["blocks"]))
    assert "先谈价值，再谈价格" in said
    assert "*不降价*" in said
    assert "话术库" in said
    assert "交期" not in said
    assert "测试报告" not in said
    (row,) = blocks_of(payload, "actions")
    assert [button["text"]["text"] for button in row["elements"]] == ["展开", "有用", "不合适", "报告", "查看全文"]
    assert [button["action_id"] for button in row["elements"]][:3] == ["c-1|unfold", "c-1|useful", "c-1|not_fit"]
    assert row["elements"][3]["url"] == "https://a.cn/r"


def test_an_unfolded_card_shows_everything_in_place() -> None:
    """A8: press → unfolds."""
    card = replace(CARD, unfolded=True, pressed="useful", notice="谢谢")
    (payload,) = render(Reply(TO, card=card, update=CardUpdate("c-1", "D1:17.5")))
    assert payload["call"] == "chat.update"
    assert (payload["body"]["channel"], payload["body"]["ts"]) == ("D1", "17.5")
    check_limits(payload)
    said = "\n".join(strings(payload["body"]["blocks"]))
    for words in (
        "交期 │ 30 天",
        "> 您说得对",
        "*阶段*\n报价",
        "<https://a.cn/t|测试报告> 2025-01",
        "谢谢",
        "收起",
        "✓ 有用",
    ):
        assert words in said


def test_a_card_of_the_home_tab_is_changed_there() -> None:
    (payload,) = render(Reply(TO, card=CARD, update=CardUpdate("c-1", "home:U1")))
    assert (payload["call"], payload["body"]) == ("views.publish", {"user_id": "U1"})
    assert payload["card"]["id"] == "c-1"


def test_a_card_too_long_for_one_message_goes_on_in_the_next() -> None:
    sections = tuple(Section(f"第 {n} 节", "很长。" * 1500) for n in range(8))
    payloads = render(Reply(TO, card=Card("c", "题", sections=sections, unfolded=True)))
    assert len(payloads) > 1
    for payload in payloads:
        check_limits(payload)
    said = "".join(text for payload in payloads for text in strings(payload["body"]["blocks"]))
    assert said.count("很长。") == 8 * 1500
    assert all(f"第 {n} 节" in said for n in range(8))


def test_the_rest_of_a_card_is_not_said_again_at_every_press() -> None:
    """A8: only what wasn't shown before stands beside a changed card."""
    card = Card("c", "题", sections=tuple(Section(f"第 {n} 节", "很长。" * 1500) for n in range(8)), unfolded=True)
    update = CardUpdate("c", "D1:1.1")
    assert [payload["call"] for payload in render(Reply(TO, card=card, update=update))] == ["chat.update"]
    assert len(render(Reply(TO, card=card, update=replace(update, news=True)))) > 2


def test_very_long_facts_and_sources_find_room() -> None:
    """Ten of them in one block would fit into no message."""
    facts, sources = (
        tuple(Fact("备注", "长" * 1900) for _ in range(10)),
        tuple(Citation("据" * 1900) for _ in range(10)),
    )
    payloads = render(Reply(TO, card=Card("c", "题", facts=facts, citations=sources)))
    for payload in payloads:
        check_limits(payload)
    said = "".join(text for payload in payloads for text in strings(payload["body"]["blocks"]))
    assert (said.count("长"), said.count("据")) == (19_000, 19_000)


def test_sources_of_a_text_are_small_print_below() -> None:
    (payload,) = render(Reply(TO, "三成客户嫌贵", citations=(Citation("周报", "https://a.cn/w"),)))
    assert payload["body"]["text"] == "三成客户嫌贵"
    assert blocks_of(payload, "context")[0]["elements"][1]["text"] == "<https://a.cn/w|周报>"


def test_order_of_text_card_and_files() -> None:
    file = OutgoingFile("out/a.pptx", "晨会.pptx", "application/x")
    calls = [payload["call"] for payload in render(Reply(TO, "看", CARD, (file,)))]
    assert calls == ["chat.postMessage", "chat.postMessage", "files.upload"]
    update = CardUpdate("c-1", "D1:1.1")
    calls = [payload["call"] for payload in render(Reply(TO, "看", CARD, (file,), update=update))]
    assert calls == ["chat.update", "chat.postMessage", "files.upload"]


def test_forms_travel_in_the_button() -> None:
    small = Form("改", "存", (Field("a", "甲", (("x", "一"),), "x", False, 2),))
    assert unpacked(packed(small)) == small
    large = Form("改", "存", (Field("a", "甲", tuple((f"value_{n}", f"第 {n} 个可以选择的选项") for n in range(90))),))
    assert packed(large).startswith("formz:")
    assert units(packed(large)) <= 2000
    assert unpacked(packed(large)) == large
    (payload,) = render(Reply(TO, card=Card("c", "题", actions=(Action("edit", "改", form=small),))))
    assert unpacked(blocks_of(payload, "actions")[0]["elements"][0]["value"]) == small


@pytest.mark.parametrize(
    "value", ["form:", "form:[]", "formz:!!", "formz:eJw=", 'form:{"fields": 1}', "useful", None, 7]
)
def test_values_that_are_no_form(value: object) -> None:
    assert unpacked(value) is None


def test_a_form_too_large_for_a_button_is_asked_in_words() -> None:
    chance = Random(1)
    choices = tuple((f"{chance.getrandbits(256):x}", f"{chance.getrandbits(256):x}") for _ in range(90))
    assert packed(Form("改", "存", (Field("a", "甲", choices),))) == ""


def random_card(chance: Random) -> Card:
    """A card of odd sizes: every part may be empty, short, or far too long."""

    def words(most: int = 60) -> str:
        return "".join(chance.choices("很a 👍é<&>*|`\n#-[](1).", k=chance.randint(0, most)))

    def wordy() -> str:
        return words() * chance.choice([0, 1, 1, 30, 150])

    def several(most: int) -> range:
        return range(chance.choice([0, 1, 3, most]))

    return Card(
        id=chance.choice(["c-1", "x" * 300, "很" * 200]),
        headline=wordy(),
        summary=wordy(),
        source=words(),
        facts=tuple(Fact(words(), wordy()) for _ in several(25)),
        sections=tuple(Section(words(), wordy()) for _ in several(12)),
        actions=tuple(Action(f"key_{n}" * chance.randint(1, 6), words()) for n in several(90)),
        citations=tuple(Citation(words(), chance.choice(["", "https://a.cn"]), words()) for _ in several(30)),
        unfolded=chance.random() < 0.7,
        notice=words(),
    )


@pytest.mark.parametrize("seed", range(30))
def test_every_payload_keeps_every_limit(seed: int) -> None:
    chance = Random(seed)
    card = random_card(chance)
    update = CardUpdate(card.id, "D1:1.1") if chance.random() < 0.5 else None
    for payload in render(Reply(TO, card.summary, card, update=update)):
        check_limits(payload)
