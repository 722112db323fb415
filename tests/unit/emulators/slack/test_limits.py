"""Hostile payloads: one step over each limit, and the error that Slack answers; one step below is taken."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulators.slack import ManualClock, SlackEmulator
from tests.unit.emulators.slack.support import (
    CHANNEL,
    USER,
    ApiClient,
    EventsApp,
    actions,
    button,
    modal,
    plain,
    section,
    text_input,
)

MRKDWN = {"type": "mrkdwn", "text": "值"}
OPTION = {"text": plain("甲"), "value": "a"}
SELECT = {"type": "static_select", "action_id": "s", "options": [OPTION]}


def numbered(count: int) -> list[dict[str, Any]]:
    """So many different buttons."""
    return [button(f"b{index}", "键") for index in range(count)]


def context(count: int) -> dict[str, Any]:
    """A context block with so many elements."""
    return {"type": "context", "elements": [MRKDWN] * count}


# What is just too much, what Slack says to it, and what is just right.
BLOCKS: list[tuple[str, list[dict[str, Any]], list[dict[str, Any]]]] = [
    ("no more than 50 items allowed [json-pointer:/blocks]", [section()] * 51, [section()] * 50),
    (
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
        [section("字" * 3001)],
        [section("字" * 3000)],
    ),
    ("must be more than 0 characters [json-pointer:/blocks/0/text/text]", [section("")], [section("一")]),
    (
        "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
        [{"type": "header", "text": plain("题" * 151)}],
        [{"type": "header", "text": plain("题" * 150)}],
    ),
    (
        "must be plain_text [json-pointer:/blocks/0/text/type]",
        [{"type": "header", "text": MRKDWN}],
        [{"type": "header", "text": plain("题")}],
    ),
    (
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
        [actions(button(text="键" * 76))],
        [actions(button(text="键" * 75))],
    ),
    (
        "must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]",
        [actions(button("a" * 256))],
        [actions(button("a" * 255))],
    ),
    (
        '`action_id` "a" already exists [json-pointer:/blocks/0/elements/1/action_id]',
        [actions(button("a"), button("a"))],
        [actions(button("a")), actions(button("a"))],
    ),
    (
        "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
        [actions(button(value="v" * 2001))],
        [actions(button(value="v" * 2000))],
    ),
    (
        "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
        [actions(*numbered(26))],
        [actions(*numbered(25))],
    ),
    ("no less than 1 items allowed [json-pointer:/blocks/0/elements]", [actions()], [actions(button())]),
    (
        "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
        [{"type": "section", "fields": [MRKDWN] * 11}],
        [{"type": "section", "fields": [MRKDWN] * 10}],
    ),
    ("no more than 10 items allowed [json-pointer:/blocks/0/elements]", [context(11)], [context(10)]),
    ("unsupported type: sction [json-pointer:/blocks/0/type]", [{"type": "sction"}], [{"type": "divider"}]),
    (
        "unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]",
        [actions({"type": "plain_text_input", "action_id": "x"})],
        [actions(SELECT)],
    ),
    (
        "invalid additional property: colour [json-pointer:/blocks/0/colour]",
        [section(colour="red")],
        [section(accessory=button())],
    ),
    (
        "invalid additional property: label [json-pointer:/blocks/0/elements/0/label]",
        [actions(button(label="x"))],
        [actions(button(style="primary"))],
    ),
    (
        "must be a valid enum value: primary, danger [json-pointer:/blocks/0/elements/0/style]",
        [actions(button(style="default"))],
        [actions(button(style="danger"))],
    ),
    ("missing required field: text [json-pointer:/blocks/0]", [{"type": "section"}], [section()]),
    (
        "missing required field: alt_text [json-pointer:/blocks/0]",
        [{"type": "image", "image_url": "https://example.com/a.png"}],
        [{"type": "image", "image_url": "https://example.com/a.png", "alt_text": "图"}],
    ),
    (
        '`block_id` "same" already exists [json-pointer:/blocks/0/block_id]',
        [section(block_id="same"), section(block_id="same")],
        [section(block_id="one"), section(block_id="two")],
    ),
    (
        "must be less than 151 characters [json-pointer:/blocks/0/elements/0/options/0/value]",
        [actions({**SELECT, "options": [{**OPTION, "value": "v" * 151}]})],
        [actions({**SELECT, "options": [{**OPTION, "value": "v" * 150}]})],
    ),
    (
        "no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]",
        [actions({**SELECT, "options": [OPTION] * 101})],
        [actions({**SELECT, "options": [OPTION] * 100})],
    ),
    (
        "initial option must match one of the options [json-pointer:/blocks/0/elements/0]",
        [actions({**SELECT, "initial_option": {"text": plain("乙"), "value": "b"}})],
        [actions({**SELECT, "initial_option": OPTION})],
    ),
    (
        "must be less than 12001 characters [json-pointer:/blocks/0/text]",
        [{"type": "markdown", "text": "m" * 12_001}],
        [{"type": "markdown", "text": "m" * 12_000}],
    ),
]


@pytest.mark.parametrize(("problem", "wrong", "right"), BLOCKS, ids=[problem for problem, _, _ in BLOCKS])
async def test_blocks(api: ApiClient, problem: str, wrong: list[dict[str, Any]], right: list[dict[str, Any]]) -> None:
    for send in (api.call, api.form):
        refused = await send("chat.postMessage", channel=CHANNEL, text="备用", blocks=wrong)
        assert (refused["ok"], refused["error"]) == (False, "invalid_blocks")
        assert f"[ERROR] {problem}" in refused["response_metadata"]["messages"]
        assert problem in refused["errors"]
        taken = await send("chat.postMessage", channel=CHANNEL, text="备用", blocks=right)
        assert taken["ok"], taken


async def test_the_text_of_all_blocks_together(api: ApiClient) -> None:
    most = [section("字" * 3000)] * 4 + [section("字" * 1200)]
    assert (await api.say(blocks=most))["ok"]
    assert (await api.say(blocks=[*most, section("一")]))["error"] == "msg_blocks_too_long"


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"text": ""}, "no_text"),
        ({"blocks": []}, "no_text"),
        ({"blocks": "[{"}, "invalid_blocks_format"),
        ({"blocks": {"type": "section"}}, "invalid_blocks"),
        ({"markdown_text": "m" * 12_001}, "msg_too_long"),
        ({"markdown_text": "m", "text": "t"}, "markdown_text_conflict"),
        ({"text": "t", "metadata": {"event_type": "x"}}, "invalid_metadata_format"),
        ({"text": "t", "metadata": "{"}, "invalid_metadata_format"),
        ({"text": "t", "thread_ts": "1.000001"}, "thread_not_found"),
        ({"text": 5}, "invalid_arguments"),
    ],
)
async def test_messages(api: ApiClient, emulator: SlackEmulator, given: dict[str, Any], error: str) -> None:
    answer = await api.call("chat.postMessage", channel=CHANNEL, **given)
    assert (answer["ok"], answer["error"], answer["status"]) == (False, error, 200)
    assert emulator.ledger.delivered == []


async def test_more_than_40000_characters_are_cut(api: ApiClient, emulator: SlackEmulator) -> None:
    answer = await api.say("字" * 40_001)
    assert (answer["ok"], answer["warning"]) == (True, "message_truncated")
    (cut,) = emulator.ledger.truncated
    assert len(cut.text) == 40_000
    assert (await api.say("字" * 40_000))["ok"]
    assert len(emulator.ledger.truncated) == 1


async def test_an_update_takes_4000_characters(api: ApiClient) -> None:
    ts = (await api.say())["ts"]
    assert (await api.call("chat.update", channel=CHANNEL, ts=ts, text="字" * 4001))["error"] == "msg_too_long"
    assert (await api.call("chat.update", channel=CHANNEL, ts=ts, text="字" * 4000))["ok"]


VIEWS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (
        "must be less than 25 characters [json-pointer:/view/title/text]",
        modal(title=plain("t" * 25)),
        modal(title=plain("t" * 24)),
    ),
    (
        "must be less than 3001 characters [json-pointer:/view/private_metadata]",
        modal(private_metadata="m" * 3001),
        modal(private_metadata="m" * 3000),
    ),
    (
        "no more than 100 items allowed [json-pointer:/view/blocks]",
        modal(*[section()] * 101),
        modal(*[section()] * 100),
    ),
    (
        "missing required field: submit [json-pointer:/view]",
        {name: value for name, value in modal().items() if name != "submit"},
        modal(),
    ),
    ("missing required field: title [json-pointer:/view]", {"type": "modal", "blocks": []}, modal()),
    ("unsupported type: home [json-pointer:/view/type]", {"type": "home", "blocks": []}, modal()),
    ("invalid additional property: colour [json-pointer:/view/colour]", modal(colour="red"), modal(callback_id="x")),
    (
        "unsupported type: markdown [json-pointer:/view/blocks/0/type]",
        modal({"type": "markdown", "text": "m"}),
        modal(section()),
    ),
    (
        "must be less than 256 characters [json-pointer:/view/callback_id]",
        modal(callback_id="c" * 256),
        modal(text_input(optional=True)),
    ),
]


@pytest.mark.parametrize(("problem", "wrong", "right"), VIEWS, ids=[problem for problem, _, _ in VIEWS])
async def test_views(
    api: ApiClient,
    emulator: SlackEmulator,
    app: EventsApp,
    problem: str,
    wrong: dict[str, Any],
    right: dict[str, Any],
) -> None:
    await emulator.callbacks.command(USER, "")
    trigger = app.received[0]["trigger_id"]
    refused = await api.call("views.open", trigger_id=trigger, view=wrong)
    assert (refused["ok"], refused["error"]) == (False, "invalid_arguments")
    assert f"[ERROR] {problem}" in refused["response_metadata"]["messages"]
    assert (await api.form("views.open", trigger_id=trigger, view=right))["ok"]


async def test_a_home_has_100_blocks_and_250_kb(api: ApiClient) -> None:
    async def publish(blocks: list[dict[str, Any]]) -> Any:
        return (await api.call("views.publish", user_id=USER, view={"type": "home", "blocks": blocks})).get("error")

    assert await publish([section()] * 100) is None
    assert await publish([section()] * 101) == "invalid_arguments"
    assert await publish([section("字" * 3000)] * 30) == "view_too_large"


async def test_streams_take_12000_characters_a_call(api: ApiClient, emulator: SlackEmulator, app: EventsApp) -> None:
    asked = (await emulator.callbacks.say(USER, "你好")).post
    place = {"channel": emulator.dm(USER).id}
    long = await api.call("chat.startStream", **place, thread_ts=asked.ts, markdown_text="m" * 12_001)
    assert long["error"] == "msg_too_long"
    stream = await api.call("chat.startStream", **place, thread_ts=asked.ts, markdown_text="m" * 12_000)
    chunks = [{"type": "markdown_text", "text": "m" * 6001}] * 2
    place["ts"] = stream["ts"]
    assert (await api.call("chat.appendStream", **place, chunks=chunks))["error"] == "msg_too_long"
    assert (await api.call("chat.appendStream", **place, chunks=[{"type": "x"}]))["error"] == "invalid_chunks"
    assert (await api.call("chat.appendStream", **place))["error"] == "no_text"
    assert (await api.call("chat.stopStream", **place, blocks=[section()] * 51))["error"] == "invalid_blocks"


async def test_four_suggested_prompts(api: ApiClient, emulator: SlackEmulator, app: EventsApp) -> None:
    thread = (await emulator.callbacks.start_assistant(USER)).post
    place = {"channel_id": emulator.dm(USER).id, "thread_ts": thread.ts}
    prompts = [{"title": "问", "message": "报价怎么谈"}] * 5
    five = await api.call("assistant.threads.setSuggestedPrompts", **place, prompts=prompts)
    assert five["error"] == "invalid_arguments"
    assert (await api.call("assistant.threads.setSuggestedPrompts", **place, prompts=prompts[:4]))["ok"]


async def test_one_message_a_second_in_each_channel(
    api: ApiClient, emulator: SlackEmulator, clock: ManualClock
) -> None:
    answers = [await api.say() for _ in range(12)]
    assert [answer["status"] for answer in answers] == [200] * 10 + [429] * 2
    assert answers[-1]["error"] == "ratelimited"
    assert answers[-1]["retry_after"] == "1"
    assert (await api.say(channel=USER))["ok"]
    clock.advance(seconds=1)
    assert [(await api.say())["status"] for _ in range(2)] == [200, 429]
    assert [entry.reason for entry in emulator.ledger.rejected] == ["ratelimited"] * 3


async def test_updates_have_a_limit_a_minute(api: ApiClient, clock: ManualClock) -> None:
    ts = (await api.say())["ts"]
    for _ in range(50):
        assert (await api.call("chat.update", channel=CHANNEL, ts=ts, text="改"))["ok"]
    assert (await api.call("chat.update", channel=CHANNEL, ts=ts, text="改"))["error"] == "ratelimited"
    clock.advance(minutes=1)
    assert (await api.call("chat.update", channel=CHANNEL, ts=ts, text="改"))["ok"]
