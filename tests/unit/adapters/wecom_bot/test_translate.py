"""Callback bodies → messages."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.wecom_bot.translate import stream_id, stream_kind, target, to_message

NOW = datetime(2025, 3, 3, 2, 0, tzinfo=UTC)


def test_text_of_one_person(tools: Any) -> None:
    message = to_message(tools.body(create_time=1740967200), NOW)
    assert (message.id, message.conversation) == ("wecom_bot:aib-1:zhangsan:m1", "user:zhangsan")
    assert (message.sender, message.kind, message.text) == ("zhangsan", "text", "客户说太贵了怎么回")
    assert (message.at.timestamp(), message.in_group, message.mentioned) == (1740967200, False, False)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("", "@小策 太贵了", "太贵了"),
        ("小策 助手", "@小策 助手 太贵了", "太贵了"),
        ("小策", "太贵了 @小策", "太贵了"),
        ("", "太贵了", "太贵了"),
        ("", "@小策", ""),
    ],
)
def test_a_groups_text_loses_the_mention(tools: Any, name: str, text: str, words: str) -> None:
    said = tools.body(chattype="group", chatid="wr1", text={"content": text})
    message = to_message(said, NOW, name)
    assert (message.text, message.conversation, message.mentioned) == (words, "group:wr1", True)


def test_voice_comes_as_words(tools: Any) -> None:
    message = to_message(tools.body("voice", voice={"content": "太贵了"}), NOW)
    assert (message.kind, message.text) == ("text", "太贵了")


@pytest.mark.parametrize("kind", ["image", "file", "video"])
def test_files(tools: Any, kind: str) -> None:
    said = tools.body(kind, **{kind: {"url": "https://cos.example.com/x", "aeskey": "abc"}})
    [attachment] = to_message(said, NOW).attachments
    assert attachment.kind == kind
    assert json.loads(attachment.reference) == {"url": "https://cos.example.com/x", "key": "abc"}


def test_words_and_pictures(tools: Any) -> None:
    items = [{"msgtype": "text", "text": {"content": "看"}}, {"msgtype": "image", "image": {"url": "https://x/1"}}]
    message = to_message(tools.body("mixed", mixed={"msg_item": items}), NOW)
    assert (message.kind, message.text, len(message.attachments)) == ("attachment", "看", 1)


def test_a_quote_is_kept(tools: Any) -> None:
    quote = {"msgtype": "text", "text": {"content": "报价单"}}
    assert to_message(tools.body(quote=quote), NOW).raw == {"quote": quote}


def test_a_press_nested_or_flat(tools: Any) -> None:
    nested = to_message(tools.pressed("a:b:like"), NOW)
    assert (nested.press.card_id, nested.press.action, nested.press.handle) == ("a:b", "like", "task-1|zhangsan")
    event = {"eventtype": "template_card_event", "event_key": "a:b:like", "task_id": "task-1"}
    assert to_message(tools.body("event", event=event), NOW).press == nested.press


def test_what_awaits_an_answer(tools: Any) -> None:
    kinds = [stream_kind(to_message(said, NOW)) for said in (tools.body(), tools.pressed(), tools.entered())]
    assert kinds == ["message", "press", "welcome"]
    feedback = tools.body("event", event={"eventtype": "feedback_event"})
    assert stream_kind(to_message(feedback, NOW)) == ""


def test_unknown_kinds_lose_nothing(tools: Any) -> None:
    message = to_message(tools.body("hologram", hologram={"x": 1}), NOW)
    assert (message.kind, message.event, message.raw) == ("event", "hologram", {"hologram": {"x": 1}})


def test_no_msgtype_is_no_message() -> None:
    with pytest.raises(ValueError, match="msgtype"):
        to_message({}, NOW)


def test_the_same_delivery_has_the_same_id_without_msgid(tools: Any) -> None:
    """A15: each delivery gets one answer, also where WeCom gives no msgid and a fresh response_url."""
    first, again, other = (
        to_message({**tools.body(text={"content": text}), "msgid": "", "response_url": url}, NOW).id
        for text, url in (("一", "https://a"), ("一", "https://b"), ("二", "https://a"))
    )
    assert first == again != other


@pytest.mark.parametrize("junk", [None, 1, [], {"content": 3}, {"msg_item": "x"}])
@pytest.mark.parametrize("kind", ["text", "mixed", "image", "event", "voice"])
def test_odd_values_are_survived(tools: Any, kind: str, junk: Any) -> None:
    said = {**tools.body(kind), kind: junk, "from": junk, "create_time": junk}
    assert to_message(said, NOW).channel == "wecom_bot"


def test_addresses_and_streams() -> None:
    assert (target("user:a:b"), target("group:wr1")) == (("a:b", 1), ("wr1", 2))
    assert (len(stream_id("x")), stream_id("x") == stream_id("y")) == (32, False)
