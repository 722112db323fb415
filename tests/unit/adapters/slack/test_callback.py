"""The Request URL: signatures, storing before answering, forms, odd shapes."""

from __future__ import annotations

import asyncio
import io
import json
from typing import Any

import pytest
import structlog

from adapters.slack.bolt import Bolt
from adapters.slack.form import packed
from adapters.slack.intake import Answer
from bot.contracts.card import Field, Form

FORM = Form(
    "改阶段",
    "保存",
    (Field("stage", "阶段", choices=(("quote", "报价"), ("won", "赢单"))), Field("why", "原因", lines=3)),
)


async def test_a_message_is_stored_before_slack_is_answered(door: Any, tools: Any) -> None:
    status, body = await door.event(tools.said("客户说太贵了怎么回"))
    assert (status, body) == (200, "")
    (message,) = door.stored
    assert (message.id, message.conversation, message.sender) == ("slack:Ev1", "D1", "U1")
    assert message.text == "客户说太贵了怎么回"


async def test_what_cannot_be_stored_is_asked_for_again(door: Any, tools: Any) -> None:
    """Slack repeats at everything but 2xx, with the same event_id."""
    door.unavailable = True
    assert (await door.event(tools.said("你好")))[0] == 503
    door.unavailable = False
    body = json.dumps(tools.callback(tools.said("你好"))).encode()
    assert (await door.post(body, **{"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_error"}))[0] == 200
    assert [message.id for message in door.stored] == ["slack:Ev1"]


@pytest.mark.parametrize(
    "stamp", ["", "soon", "1740967200.5", "-1", "١٧٤٠٩٦٧٢٠٠", "9" * 400, "1740966800", "1740967600", "nan"]
)
async def test_stamps_that_are_no_number_or_not_of_now_are_refused(door: Any, tools: Any, stamp: str) -> None:
    """PROTOCOLS: bolt itself answers 500 to a stamp that is no number."""
    body = json.dumps(tools.callback(tools.said("你好"))).encode()
    headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": tools.signature(body, stamp)}
    assert (await door.post(body, **headers))[0] == 403
    assert door.stored == []


@pytest.mark.parametrize("claimed", ["", "v0=", "v0=0", "v1=abc", "签名"])
async def test_wrong_signatures_are_refused(door: Any, tools: Any, claimed: str) -> None:
    body = json.dumps(tools.callback(tools.said("你好"))).encode()
    assert (await door.post(body, **{"X-Slack-Signature": claimed}))[0] == 403
    assert door.stored == []


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"X-Slack-Request-Timestamp": "soon"}, "header"),
        ({"X-Slack-Signature": ""}, "header"),
        ({"X-Slack-Request-Timestamp": "1740966800"}, "clock"),
        ({"X-Slack-Signature": "v0=0"}, "signature"),
    ],
    ids=["no stamp", "no signature", "another clock", "another secret"],
)
async def test_the_log_says_why_a_request_is_refused(door: Any, headers: dict[str, str], why: str) -> None:
    """docs/connect-slack.md has a remedy for each."""
    with structlog.testing.capture_logs() as logs:
        await door.post(b"{}", **headers)
    assert [(line["event"], line["why"]) for line in logs] == [("slack.request_refused", why)]


async def test_four_minutes_late_is_in_time(door: Any, tools: Any) -> None:
    body = json.dumps(tools.callback(tools.said("你好"))).encode()
    stamp = str(int(door.clock.now().timestamp()) - 240)
    headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": tools.signature(body, stamp)}
    assert (await door.post(body, **headers))[0] == 200


async def test_the_address_is_verified(door: Any) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "c-1", "token": "x"}).encode()
    status, answer = await door.post(body)
    assert (status, json.loads(answer)) == (200, {"challenge": "c-1"})
    assert door.stored == []


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b"7", b'"x"', b"{", b"\xff\xfe", b"[" * 5000, b'{"type": "event_callback"}'],
)
async def test_signed_nonsense_is_no_error(door: Any, body: bytes) -> None:
    assert (await door.post(body))[0] == 200


@pytest.mark.parametrize(
    "body",
    [
        {"type": "event_callback", "event": []},
        {"type": "event_callback", "event": {"type": 7, "channel": ["x"], "user": {"id": 3}, "files": "no"}},
        {"type": "block_actions", "actions": "x", "channel": [], "user": 7},
        {"type": "view_submission", "view": {"callback_id": "xiaoce_form", "private_metadata": "{}"}, "user": None},
        {"type": "shortcut", "callback_id": "c", "user": {"id": "U1"}, "team": "T1"},
        {"type": "app_rate_limited", "minute_rate_limited": 1},
        {"no": "type", "text": "\x00", "channel": ["odd"]},
        {"type": "event_callback", "event_id": "E9", "event": {"type": "team_join", "user": {"id": "U9"}}},
    ],
)
async def test_the_unknown_is_kept_as_an_event(door: Any, body: dict[str, Any]) -> None:
    """STYLE 1: nothing accepted is lost, and nothing is answered with a 500."""
    assert (await door.post(json.dumps(body).encode()))[0] == 200
    (message,) = door.stored
    assert message.kind == "event"
    assert message.in_group, "nobody asked, so nobody is answered"
    json.dumps(dict(message.raw))
    assert "\x00" not in json.dumps(dict(message.raw), ensure_ascii=False)


async def test_secrets_of_a_request_are_not_kept(door: Any, tools: Any) -> None:
    await door.event({"type": "channel_archive", "channel": "C1", "user": "U1"})
    await door.interact({**tools.pressed("foreign"), "type": "message_action"})
    kept = json.dumps([dict(message.raw) for message in door.stored])
    assert "legacy-verification-token" not in kept
    assert "hooks.slack.com" not in kept
    assert "trigger-1" not in kept


async def test_a_body_without_end_is_refused(door: Any) -> None:
    body = io.BytesIO(b"x" * (1024 * 1024 + 1))
    async with door.client.post("/slack/events", data=body) as response:
        assert response.status == 413


async def test_a_press(door: Any, tools: Any) -> None:
    assert (await door.interact(tools.pressed("c-1|useful")))[0] == 200
    (message,) = door.stored
    assert message.press is not None
    assert (message.press.card_id, message.press.action) == ("c-1", "useful")
    assert message.press.handle == "D1:1740967201.000200"
    assert message.conversation == "D1"


async def test_a_button_with_a_form_opens_it(door: Any, platform: Any, tools: Any) -> None:
    platform.says("views.open", {"ok": True, "view": {"id": "V1"}})
    assert await door.interact(tools.pressed("c-1|stage", value=packed(FORM))) == (200, "")
    assert door.stored == []
    (asked,) = platform.bodies("views.open")
    view = asked["view"]
    assert asked["trigger_id"] == "trigger-1"
    assert [block["block_id"] for block in view["blocks"]] == ["stage", "why"]
    answer = {
        "stage": {"stage": {"type": "static_select", "selected_option": {"value": "won"}}},
        "why": {"why": {"type": "plain_text_input", "value": None}},
    }
    submission = {
        "type": "view_submission",
        "user": {"id": "U1"},
        "team": {"id": "T1"},
        "view": {**view, "id": "V1", "state": {"values": answer}},
    }
    assert await door.interact(submission) == (200, "")
    await door.interact(submission)
    first, second = door.stored
    assert first.press.values == {"stage": "won", "why": ""}
    assert (first.press.card_id, first.press.action) == ("c-1", "stage")
    assert first.press.handle == "D1:1740967201.000200"
    assert (first.conversation, first.id) == ("D1", second.id)


async def test_a_form_that_does_not_open_is_asked_for_in_words(door: Any, platform: Any, tools: Any) -> None:
    platform.says("views.open", {"ok": False, "error": "expired_trigger_id"})
    assert (await door.interact(tools.pressed("c-1|stage", value=packed(FORM))))[0] == 200
    (message,) = door.stored
    assert message.press is not None
    assert (message.press.action, message.press.values) == ("stage", {})


async def test_a_command_is_answered_in_direct_messages(door: Any, platform: Any) -> None:
    """D9: what a person may see isn't shown to the channel in which they asked."""
    platform.says("conversations.open", {"ok": True, "channel": {"id": "D7"}})
    fields = {"command": "/xiaoce", "text": "太贵了怎么回", "user_id": "U1", "channel_id": "C5", "trigger_id": "t-9"}
    status, answer = await door.command(**fields)
    assert status == 200
    assert json.loads(answer)["response_type"] == "ephemeral"
    await door.command(**{**fields, "trigger_id": "t-10", "text": "help"})
    first, second = door.stored
    assert (first.conversation, first.text, first.in_group) == ("D7", "太贵了怎么回", False)
    assert first.id != second.id
    assert len(platform.bodies("conversations.open")) == 1, "asked once"


async def test_a_command_works_without_the_direct_messages_id(door: Any, platform: Any) -> None:
    platform.says("conversations.open", {"ok": False, "error": "missing_scope", "needed": "im:write"})
    await door.command(command="/xiaoce", text="帮助", user_id="U1", trigger_id="t-9")
    assert door.stored[0].conversation == "U1"


async def test_home_is_published_when_it_is_opened(door: Any, platform: Any, front: Any, tools: Any) -> None:
    platform.says("views.publish", {"ok": True})
    await door.event({"type": "app_home_opened", "user": "U1", "channel": "D1", "tab": "home"})
    for _ in range(100):
        if platform.bodies("views.publish"):
            break
        await asyncio.sleep(0.01)
    (body,) = platform.bodies("views.publish")
    assert (body["user_id"], front.asked) == ("U1", ["U1"])
    assert (door.stored[0].event, door.stored[0].conversation) == ("home_opened", "D1")


async def test_an_assistant_thread_gets_questions(door: Any, platform: Any, front: Any) -> None:
    front.questions = ["太贵了怎么回", "", "帮助", "三", "四", "五"]
    platform.says("assistant.threads.setSuggestedPrompts", {"ok": True})
    thread = {"user_id": "U1", "channel_id": "D1", "thread_ts": "17.1", "context": {}}
    await door.event({"type": "assistant_thread_started", "assistant_thread": thread, "event_ts": "17.2"})
    for _ in range(100):
        if platform.asked:
            break
        await asyncio.sleep(0.01)
    (body,) = platform.bodies("assistant.threads.setSuggestedPrompts")
    assert [prompt["message"] for prompt in body["prompts"]] == ["太贵了怎么回", "帮助", "三", "四"]
    assert (body["channel_id"], body["thread_ts"]) == ("D1", "17.1")
    assert (door.stored[0].sender, door.stored[0].conversation) == ("U1", "D1:17.1")


async def test_a_broken_home_breaks_nothing_else(door: Any, platform: Any, front: Any) -> None:
    front.fault = RuntimeError("no rows")
    status, _ = await door.event({"type": "app_home_opened", "user": "U1", "channel": "D1", "tab": "home"})
    await asyncio.sleep(0.02)
    assert (status, len(door.stored), platform.asked) == (200, 1, [])


async def test_bolt_never_acknowledges_before_storing(tools: Any) -> None:
    """STYLE 1: while storing takes its time, Slack waits, in both modes."""
    gate = asyncio.Event()

    async def take(body: Any) -> Answer:
        await gate.wait()
        return Answer()

    bolt, body = Bolt(take), tools.callback(tools.said("你好"))
    tasks = [asyncio.create_task(call) for call in (bolt.socket(body), bolt.http(json.dumps(body), "application/json"))]
    await asyncio.sleep(0.1)
    assert not any(task.done() for task in tasks)
    gate.set()
    assert [response.status for response in await asyncio.gather(*tasks)] == [200, 200]
