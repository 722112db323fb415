"""PROTOCOLS, AI bot over HTTP: passive answers, streams of 6 minutes and 20480 bytes, response_url."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import aiohttp
import pytest

from tests.emulators.wecom_bot import ManualClock, Outcome, WecomBotEmulator
from tests.unit.emulators.wecom_bot.support import CallbackBot, card, markdown, stream

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


async def test_a_stream_is_asked_for_until_it_is_finished(http: WecomBotEmulator, bot: CallbackBot) -> None:
    states = iter(["正在查…", "正在查…找到 2 条", "华东电子：**报价** 阶段"])

    def answer(message: dict[str, Any]) -> dict[str, Any]:
        content = next(states)
        return stream(content, finish=content.startswith("华东"), feedback={"id": "trace_7"})

    bot.answer = answer
    delivery = await http.callbacks.send_text("zhangmin", "华东电子到哪了")
    assert await http.wait_finished("zhangmin") == ["华东电子：**报价** 阶段"]
    assert http.said("zhangmin") == ["华东电子：**报价** 阶段"]  # each state replaced the whole
    question, *refreshes = bot.received
    assert len(refreshes) == 2
    assert all(asked["stream"] == {"id": "s1"} and asked["from"] == question["from"] for asked in refreshes)
    assert delivery.msg_id not in {asked["msgid"] for asked in refreshes}
    outcomes = [entry.outcome for entry in http.ledger.of(place="zhangmin")]
    assert outcomes == [Outcome.DELIVERED, Outcome.UPDATED, Outcome.UPDATED]
    assert http.violations == http.warnings == []


async def test_after_six_minutes_nobody_asks_any_more(
    http: WecomBotEmulator, bot: CallbackBot, clock: ManualClock
) -> None:
    bot.answer = lambda message: stream("正在想…", finish=False)
    await http.callbacks.send_text("zhangmin", "算一下")
    clock.advance(minutes=6)
    (lost,) = await http.ledger.wait_for(1, outcome=Outcome.DROPPED)
    assert "6 minutes" in lost.reason
    assert http.said("zhangmin") == ["正在想…"]


async def test_no_more_than_three_at_once(http: WecomBotEmulator, bot: CallbackBot) -> None:
    bot.answer = lambda message: stream(
        "…", finish=False, name=message["stream"]["id"] if "stream" in message else message["msgid"]
    )
    deliveries = [await http.callbacks.send_text("zhangmin", word) for word in "一二三四"]
    assert [delivery.ok for delivery in deliveries] == [True, True, True, False]
    assert "three" in deliveries[-1].failure


async def test_pictures_come_with_the_end_of_a_stream(http: WecomBotEmulator, bot: CallbackBot) -> None:
    picture = {"base64": base64.b64encode(PNG).decode(), "md5": hashlib.md5(PNG, usedforsecurity=False).hexdigest()}
    items = [{"msgtype": "image", "image": picture}]
    bot.answer = lambda message: stream("走势图", msg_item=items)
    await http.callbacks.send_text("zhangmin", "趋势")
    assert [entry.msgtype for entry in http.ledger.delivered_to("zhangmin")] == ["stream", "image"]
    bot.answer = lambda message: stream("走势图", finish=False, name="s2", msg_item=items)
    await http.callbacks.send_text("zhangmin", "趋势")
    assert "only with finish=true" in http.violations[-1]


WRONG = [
    ({"msgtype": "text", "text": {"content": "你好"}}, "not possible here"),  # only a welcome may be text
    (markdown("你好"), "not possible here"),
    (stream("字" * 6827), "20480 bytes"),
    (stream("你好", name=""), "stream.id"),
    (stream("你好", colour="red"), "colour"),
    ({"msgtype": "template_card", "template_card": {"card_type": "poem"}}, "card_type"),
    (card(button_list=[{"type": 0, "text": "同意", "key": "a"}]), "for apps only"),
]


@pytest.mark.parametrize(("answer", "reason"), WRONG)
async def test_wrong_answers(http: WecomBotEmulator, bot: CallbackBot, answer: dict[str, Any], reason: str) -> None:
    bot.answer = lambda message: answer
    await http.callbacks.send_text("zhangmin", "问")
    assert reason in " ".join(http.violations)


async def test_answers_that_are_not_sealed(http: WecomBotEmulator, bot: CallbackBot) -> None:
    for raw in (b"success", b"{}", b'{"msgtype": "stream"}'):
        bot.raw = raw
        await http.callbacks.send_text("zhangmin", "问")
    assert len(http.violations) == 3
    assert http.said("zhangmin") == []


async def test_a_repeated_callback_must_not_begin_a_second_stream(http: WecomBotEmulator, bot: CallbackBot) -> None:
    http.faults.duplicate_callbacks()
    bot.answer = lambda message: stream("好", name="same")
    await http.callbacks.send_text("zhangmin", "问")
    assert http.said("zhangmin") == ["好"]
    assert http.violations == []
    bot.answer = lambda message: stream("好", name=f"s{len(bot.received)}")
    await http.callbacks.send_text("zhangmin", "问")
    assert "another stream" in http.violations[-1]


async def test_welcome_words(http: WecomBotEmulator, bot: CallbackBot) -> None:
    bot.answer = lambda message: {"msgtype": "text", "text": {"content": "您好，我是小策"}}
    http.faults.duplicate_callbacks()  # the same welcome again is shown once
    await http.callbacks.enter_chat("zhangmin")
    assert http.violations == []
    assert http.said("zhangmin") == ["您好，我是小策"]
    bot.answer = lambda message: stream("您好")
    await http.callbacks.enter_chat("liwei")
    assert "not possible here" in http.violations[-1]


async def test_a_card_is_pressed_and_changes_in_place(http: WecomBotEmulator, bot: CallbackBot) -> None:
    both = {
        **stream("请确认", name="s1"),
        "msgtype": "stream_with_template_card",
        "template_card": card()["template_card"],
    }
    bot.answer = lambda message: both
    await http.callbacks.send_text("zhangmin", "折扣申请")
    done = card(title="已同意")["template_card"]
    bot.answer = lambda message: {"response_type": "update_template_card", "template_card": done}
    await http.callbacks.press_button("zhangmin", "quote-1", "approve")
    event = bot.received[-1]["event"]
    assert event["eventtype"] == "template_card_event"
    assert event["template_card_event"] == {
        "card_type": "button_interaction",
        "event_key": "approve",
        "task_id": "quote-1",
    }
    assert bot.received[-1]["response_url"]
    shown = [bubble for bubble in http.chats.of("zhangmin") if bubble.msgtype == "template_card"]
    assert [bubble.content["main_title"]["title"] for bubble in shown] == ["已同意"]
    bot.answer = lambda message: card(title="又一张")  # the same task_id again
    await http.callbacks.send_text("zhangmin", "再来")
    assert "invalid task_id" in http.violations[-1]


async def test_response_url_works_once_and_for_an_hour(
    http: WecomBotEmulator, bot: CallbackBot, clock: ManualClock, session: aiohttp.ClientSession
) -> None:
    async def post(url: str, body: dict[str, Any]) -> int:
        async with session.post(url, json=body) as response:
            return int((await response.json())["errcode"])

    await http.callbacks.send_text("zhangmin", "一")
    await http.callbacks.send_text("zhangmin", "二", chat="wrSalesEast")
    await http.callbacks.send_text("zhangmin", "三")
    first, second, third = (message["response_url"] for message in bot.received)
    assert await post(first, stream("不行")) == 40008
    assert await post(first, markdown("")) == 40058
    assert await post(first, markdown("**好**")) == 0
    assert await post(first, markdown("**好**")) == 40058
    assert await post(second, card()) == 0
    clock.advance(hours=1)
    assert await post(third, markdown("晚了")) == 40058
    assert http.ledger.texts_to("zhangmin") == ["**好**"]
    assert [entry.msgtype for entry in http.ledger.delivered_to("wrSalesEast")] == ["template_card"]
    assert http.violations == []


async def test_group_webhook(http: WecomBotEmulator, session: aiohttp.ClientSession) -> None:
    url = f"{http.base_url}/cgi-bin/webhook/send"
    codes = []
    for _ in range(21):
        async with session.post(
            url, params={"key": "k1"}, json={"msgtype": "text", "text": {"content": "日报"}}
        ) as answer:
            codes.append((await answer.json())["errcode"])
    assert codes == [0] * 20 + [45009]
    async with session.post(url, params={"key": "k2"}, json=markdown("a")) as answer:
        assert (await answer.json())["errcode"] == 93000
    assert len(http.ledger.delivered_to("webhook:k1")) == 20
