"""Bodies to messages."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.slack.translate import to_message

NOW = datetime(2025, 3, 3, tzinfo=UTC)


def translated(body: dict[str, Any]) -> Any:
    message = to_message(body, NOW)
    assert message is not None
    return message


def test_direct_messages(tools: Any) -> None:
    message = translated(tools.callback(tools.said("你好")))
    assert (message.kind, message.conversation, message.in_group, message.mentioned) == ("text", "D1", False, False)
    assert message.at == datetime(2025, 3, 3, 2, 0, 0, 100, tzinfo=UTC)


def test_an_assistant_thread_is_answered_in_the_thread(tools: Any) -> None:
    message = translated(tools.callback(tools.said("你好", thread_ts="17.1")))
    assert (message.conversation, message.in_group) == ("D1:17.1", False)


@pytest.mark.parametrize(("thread", "conversation"), [(None, "C1:1740967200.000100"), ("17.1", "C1:17.1")])
def test_a_mention_is_answered_in_its_thread(tools: Any, thread: str | None, conversation: str) -> None:
    event = tools.mention("<@UBOT> 客户 <@U9|王强> 嫌贵", **({"thread_ts": thread} if thread else {}))
    message = translated(tools.callback(event))
    assert (message.text, message.conversation) == ("客户 @王强 嫌贵", conversation)
    assert message.in_group
    assert message.mentioned


def test_a_mention_without_knowing_our_own_id(tools: Any) -> None:
    message = translated(tools.callback(tools.mention(" <@UBOT> 问 <@U9>"), authorizations=[]))
    assert message.text == "问 @U9"


def test_small_talk_of_a_channel_is_not_addressed_to_us(tools: Any) -> None:
    message = translated(tools.callback(tools.said("吃饭了吗", channel="C1", channel_type="channel")))
    assert (message.kind, message.in_group, message.mentioned) == ("text", True, False)


def test_the_twin_of_a_mention_is_no_second_question(tools: Any) -> None:
    """With message.channels subscribed, a mention comes twice, under two event_ids."""
    message = translated(tools.callback(tools.said("<@UBOT> 你好", channel="C1", channel_type="channel")))
    assert (message.kind, message.event) == ("event", "message.mention")


@pytest.mark.parametrize(
    "event",
    [
        {"app_id": "A1", "bot_id": "B1", "user": "UBOT"},
        {"bot_id": "B1", "bot_profile": {"app_id": "A1"}},
        {"user": "UBOT"},
        {"subtype": "message_changed", "user": None, "message": {"app_id": "A1", "text": "改了"}},
        {"subtype": "message_changed", "user": None, "message": {"user": "UBOT", "text": "改了"}},
        {"subtype": "message_deleted", "user": None, "previous_message": {"user": "UBOT"}},
    ],
)
def test_our_own_words_are_not_taken(tools: Any, event: dict[str, Any]) -> None:
    """A bot that answers itself never ends; our own card changes with every press."""
    assert to_message(tools.callback(tools.said("x", **event)), NOW) is None


@pytest.mark.parametrize(
    ("event", "name"),
    [
        ({"bot_id": "B9", "app_id": "A9"}, "message.bot"),
        ({"subtype": "bot_message", "user": None}, "message.bot"),
        (
            {"subtype": "message_changed", "user": None, "message": {"user": "U1", "text": "改了"}},
            "message.message_changed",
        ),
        ({"subtype": "message_deleted", "user": None, "previous_message": {"user": "U1"}}, "message.message_deleted"),
        ({"subtype": "channel_join"}, "message.channel_join"),
        ({"user": None}, "message.nobody"),
    ],
)
def test_what_is_no_question_is_kept_as_an_event(tools: Any, event: dict[str, Any], name: str) -> None:
    message = translated(tools.callback(tools.said("x", **event)))
    assert (message.kind, message.event, message.text) == ("event", name, "")


@pytest.mark.parametrize("subtype", ["thread_broadcast", "me_message"])
def test_words_of_people_under_other_names_are_questions(tools: Any, subtype: str) -> None:
    assert translated(tools.callback(tools.said("你好", subtype=subtype))).kind == "text"


def test_text_is_unwrapped(tools: Any) -> None:
    text = "见 <https://a.cn/x?b=1&amp;c=2|报价> 和 <https://b.cn> <#C1|销售> <!here> a &lt; b &amp; c\x00"
    message = translated(tools.callback(tools.said(text)))
    assert message.text == "见 报价 (https://a.cn/x?b=1&c=2) 和 https://b.cn #销售 @here a < b & c"


def test_files(tools: Any) -> None:
    files = [
        {"id": "F1", "name": "a.pdf", "mimetype": "application/pdf", "size": 10, "url_private_download": "https://f/1"},
        {"id": "F2", "name": "v.m4a", "mimetype": "video/mp4", "subtype": "slack_audio", "duration_ms": 1500},
        {"id": "F3", "mode": "tombstone"},
        {"id": "F4", "name": "d", "mimetype": "image/png", "is_external": True, "url_private": "https://drive/4"},
        "odd",
    ]
    message = translated(tools.callback(tools.said("看", subtype="file_share", files=files)))
    assert (message.kind, message.text) == ("attachment", "看")
    kinds = [(one.kind, one.reference, one.seconds) for one in message.attachments]
    assert kinds == [("file", "https://f/1", None), ("voice", "F2", 1.5), ("image", "external:F4", None)]


def test_the_same_delivery_has_the_same_id(tools: Any) -> None:
    first, second = (translated(tools.callback(tools.said("你好"), event_time=n)) for n in (1, 2))
    assert first.id == second.id == "slack:Ev1"
    assert translated(tools.callback(tools.said("你好"), "Ev2")).id != first.id


def test_two_presses_of_one_button_differ(tools: Any) -> None:
    first = tools.pressed("c|useful")
    again = tools.pressed("c|useful")
    again["actions"][0]["action_ts"] = "1740967206.000001"
    assert translated(first).id == translated(tools.pressed("c|useful")).id
    assert translated(first).id != translated(again).id


def test_a_press_in_a_channel_answers_in_the_thread(tools: Any) -> None:
    body = tools.pressed("c|useful", channel={"id": "C1", "name": "sales"}, message={"ts": "20.1", "thread_ts": "17.1"})
    body["container"] = {"type": "message", "message_ts": "20.1", "channel_id": "C1", "thread_ts": "17.1"}
    message = translated(body)
    assert (message.conversation, message.press.handle, message.in_group) == ("C1:17.1", "C1:20.1", True)


def test_a_press_in_the_home_tab(tools: Any) -> None:
    body = tools.pressed("c|useful", view={"id": "V1", "type": "home"}, container={"type": "view", "view_id": "V1"})
    del body["channel"], body["message"]
    message = translated(body)
    assert (message.conversation, message.press.handle, message.in_group) == ("U1", "home:U1", False)


def test_opening_a_page_is_no_press(tools: Any) -> None:
    assert to_message(tools.pressed("link:c|to_page"), NOW) is None


def test_the_messages_tab_counts_as_entering_the_chat(tools: Any) -> None:
    event = {"type": "app_home_opened", "user": "U1", "channel": "D1", "tab": "messages"}
    message = translated(tools.callback(event))
    assert (message.event, message.conversation, message.sender, message.in_group) == ("enter_chat", "D1", "U1", False)
