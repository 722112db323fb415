"""Events and presses over HTTP: what comes, signed how, how often."""

from __future__ import annotations

import asyncio

import pytest

from tests.emulators.slack import ManualClock, Outcome, SlackEmulator, Tamper
from tests.unit.emulators.slack.support import (
    CHANNEL,
    OTHER,
    USER,
    ApiClient,
    EventsApp,
    actions,
    button,
    plain,
    section,
)


async def test_url_verification(emulator: SlackEmulator, app: EventsApp) -> None:
    attempt, right = await emulator.callbacks.verify_url()
    assert (attempt.status, right) == (200, True)


async def test_a_direct_message(emulator: SlackEmulator, app: EventsApp) -> None:
    said = await emulator.callbacks.say(USER, "你好")
    (body,) = app.received
    event = body["event"]
    assert (event["text"], event["user"], event["channel_type"]) == ("你好", USER, "im")
    assert (event["channel"], event["ts"]) == (emulator.dm(USER).id, said.post.ts)
    assert body["event_id"] == said.deliveries[0].event_id
    assert body["authorizations"][0]["user_id"] == emulator.workspace.bot_user_id


async def test_a_mention_comes_twice_under_two_ids(emulator: SlackEmulator, app: EventsApp) -> None:
    await emulator.callbacks.ask(USER, "报价", CHANNEL)
    assert [event["type"] for event in app.events] == ["message", "app_mention"]
    assert len({body["event_id"] for body in app.received}) == 2
    assert app.events[1]["text"] == f"<@{emulator.workspace.bot_user_id}> 报价"


async def test_typed_words_are_escaped_in_text_but_not_in_blocks(emulator: SlackEmulator, app: EventsApp) -> None:
    await emulator.callbacks.ask(USER, "a &lt; b", CHANNEL)
    event = app.events[0]
    mention, words = event["blocks"][0]["elements"][0]["elements"]
    assert (mention["user_id"], words["text"]) == (emulator.workspace.bot_user_id, " a < b")
    assert event["text"].endswith("a &lt; b")


async def test_nothing_comes_from_where_the_bot_is_not(emulator: SlackEmulator, app: EventsApp) -> None:
    said = await emulator.callbacks.ask(USER, "报价", "C0NOBOT")
    assert (said.deliveries, app.received) == ((), [])
    await emulator.callbacks.join(emulator.workspace.bot_user_id, "C0NOBOT")
    await emulator.callbacks.say(USER, "现在", "C0NOBOT")
    assert [event["type"] for event in app.events] == ["member_joined_channel", "message"]


async def test_only_subscribed_events_come(clock: ManualClock) -> None:
    async with SlackEmulator(clock=clock, events=("app_mention",)) as emulator, EventsApp(emulator, clock) as app:
        emulator.set_callback(app.url)
        await emulator.callbacks.say(USER, "你好")
        await emulator.callbacks.ask(USER, "报价", CHANNEL)
        assert [event["type"] for event in app.events] == ["app_mention"]


async def test_files_edits_and_deletions(api: ApiClient, emulator: SlackEmulator, app: EventsApp) -> None:
    said = await emulator.callbacks.send_file(USER, "合同.pdf", b"%PDF-1.7", "看看")
    message, shared = app.events
    assert (message["subtype"], message["files"][0]["name"], message["text"]) == ("file_share", "合同.pdf", "看看")
    assert shared["file_id"] == message["files"][0]["id"]
    await emulator.callbacks.edit(USER, "", said.post.ts, "改了")
    await emulator.callbacks.take_back(USER, "", said.post.ts)
    changed, deleted = app.events[2:]
    assert (changed["subtype"], changed["message"]["text"], changed["previous_message"]["text"]) == (
        "message_changed",
        "改了",
        "看看",
    )
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", said.post.ts)


async def test_the_bots_own_messages_come_back(api: ApiClient, emulator: SlackEmulator, app: EventsApp) -> None:
    """What loops are made of: its messages, and the changes of them."""
    ts = (await api.say("我说"))["ts"]
    await app.wait_for(1)
    await api.call("chat.update", channel=CHANNEL, ts=ts, text="我改")
    await app.wait_for(2)
    own, changed = app.events
    assert (own["bot_id"], changed["subtype"]) == (emulator.workspace.bot_id, "message_changed")
    assert changed["message"]["text"] == "我改"


async def test_retries_at_0_1_and_5_minutes(emulator: SlackEmulator, app: EventsApp, clock: ManualClock) -> None:
    app.statuses = [500, 503, 404]
    said = await emulator.callbacks.say(USER, "你好")
    await app.wait_for(2)
    clock.advance(seconds=59)
    await asyncio.sleep(0.1)
    assert len(app.received) == 2
    clock.advance(seconds=1)
    await app.wait_for(3)
    clock.advance(minutes=5)
    delivery = await said.deliveries[0].finished()
    assert [attempt.status for attempt in delivery.attempts] == [500, 503, 404, 200]
    assert {body["event_id"] for body in app.received} == {delivery.event_id}
    retries = [(headers.get("X-Slack-Retry-Num"), headers.get("X-Slack-Retry-Reason")) for headers in app.headers]
    assert retries == [(None, None), ("1", "http_error"), ("2", "http_error"), ("3", "http_error")]


async def test_a_slow_app_hears_it_again(emulator: SlackEmulator, app: EventsApp, clock: ManualClock) -> None:
    emulator.callbacks.courier.deadline, app.delay = 0.1, 0.3
    (delivery,) = (await emulator.callbacks.say(USER, "你好")).deliveries
    assert (delivery.ok, delivery.attempts[0].reason) == (False, "http_timeout")
    app.delay = 0.0
    await delivery.finished()
    assert delivery.ok
    assert ("1", "http_timeout") in [
        (headers.get("X-Slack-Retry-Num"), headers.get("X-Slack-Retry-Reason")) for headers in app.headers
    ]


async def test_an_app_can_ask_for_no_retries(emulator: SlackEmulator, app: EventsApp) -> None:
    app.statuses, app.more_headers = [500], {"X-Slack-No-Retry": "1"}
    said = await emulator.callbacks.say(USER, "你好")
    assert said.deliveries[0].repeating is None


async def test_a_dead_app_is_tried_four_times(emulator: SlackEmulator, clock: ManualClock) -> None:
    emulator.set_callback("http://127.0.0.1:9/slack/events")
    said = await emulator.callbacks.say(USER, "你好")
    (delivery,) = said.deliveries
    while len(delivery.attempts) < 2:
        await asyncio.sleep(0.01)
    clock.advance(minutes=1)
    while len(delivery.attempts) < 3:
        await asyncio.sleep(0.01)
    clock.advance(minutes=5)
    await delivery.finished()
    assert [attempt.reason for attempt in delivery.attempts] == ["connection_failed"] * 4
    assert said.post.note


@pytest.mark.parametrize(
    "tamper", [tamper for tamper in Tamper if tamper not in (Tamper.MALFORMED_BODY, Tamper.OVERSIZED)]
)
async def test_forged_requests(emulator: SlackEmulator, app: EventsApp, tamper: Tamper) -> None:
    said = await emulator.callbacks.say(USER, "你好", tamper=tamper, retry=False)
    assert (said.deliveries[0].status, app.refused, app.received) == (403, 1, [])


async def test_broken_and_huge_bodies_are_signed_rightly(emulator: SlackEmulator, app: EventsApp) -> None:
    broken = await emulator.callbacks.say(USER, "你好", tamper=Tamper.MALFORMED_BODY, retry=False)
    huge = await emulator.callbacks.say(USER, "你好", tamper=Tamper.OVERSIZED, retry=False)
    assert (broken.deliveries[0].status, huge.deliveries[0].ok, app.refused) == (500, False, 0)


async def test_replays_are_stale_after_5_minutes(emulator: SlackEmulator, app: EventsApp, clock: ManualClock) -> None:
    (delivery,) = (await emulator.callbacks.say(USER, "你好")).deliveries
    assert (await emulator.callbacks.replay(delivery)).status == 200
    clock.advance(minutes=5, seconds=1)
    assert (await emulator.callbacks.replay(delivery)).status == 403
    assert len(app.received) == 2


async def test_duplicates_and_another_order(emulator: SlackEmulator, app: EventsApp) -> None:
    await emulator.callbacks.say(USER, "同时", copies=3)
    emulator.faults.duplicate_events()
    await emulator.callbacks.say(USER, "又一次")
    assert [len({body["event_id"] for body in part}) for part in (app.received[:3], app.received[3:])] == [1, 1]
    assert len(app.received) == 5
    emulator.faults.clear()
    emulator.faults.reorder_events(window=3)
    await asyncio.gather(*(emulator.callbacks.say(USER, word) for word in "一二三"))
    assert [event["text"] for event in app.events[5:]] == ["三", "二", "一"]


async def test_presses(api: ApiClient, emulator: SlackEmulator, app: EventsApp) -> None:
    menu = {"type": "overflow", "action_id": "more", "options": [{"text": plain("退回"), "value": "no"}]}
    await api.say("审批", blocks=[section(accessory=menu), actions(button(value="v1"))])
    await app.wait_for(1)
    (entry,) = emulator.ledger.delivered
    await emulator.callbacks.press(USER, entry, "approve")
    await emulator.callbacks.press(OTHER, entry, "more", chosen="no")
    first, second = app.received[1:]
    assert first["actions"][0] == {
        "action_id": "approve",
        "block_id": entry.blocks[1]["block_id"],
        "type": "button",
        "text": plain("同意"),
        "value": "v1",
        "action_ts": first["actions"][0]["action_ts"],
    }
    assert (first["container"]["message_ts"], first["channel"]["id"], first["user"]["id"]) == (entry.ts, CHANNEL, USER)
    assert second["actions"][0]["selected_option"]["value"] == "no"
    with pytest.raises(LookupError):
        await emulator.callbacks.press(USER, entry, "nothing")


async def test_a_response_url_has_five_uses(
    api: ApiClient, emulator: SlackEmulator, app: EventsApp, clock: ManualClock
) -> None:
    await api.say("审批", blocks=[actions(button())])
    await app.wait_for(1)
    await emulator.callbacks.press(USER, emulator.ledger.delivered[0], "approve")
    url = app.received[-1]["response_url"]

    async def answer(**body: object) -> tuple[int, str]:
        async with api.session.post(url, json=body) as response:
            return response.status, await response.text()

    assert await answer(replace_original=True, text="已同意") == (200, "ok")
    assert (await answer(text="x", colour="red"))[0] == 400
    assert await answer(text="只给你") == (200, "ok")
    assert await answer(text="大家", response_type="in_channel") == (200, "ok")
    assert await answer(delete_original=True) == (200, "ok")
    assert await answer(text="x") == (404, "used_url")
    outcomes = [entry.outcome for entry in emulator.ledger if entry.method == "response_url"]
    assert outcomes == [Outcome.UPDATED, Outcome.EPHEMERAL, Outcome.DELIVERED, Outcome.DELETED]
    await emulator.callbacks.command(USER, "x", channel=CHANNEL)
    url = app.received[-1]["response_url"]
    clock.advance(minutes=31)
    assert await answer(text="x") == (404, "expired_url")


async def test_slash_commands(emulator: SlackEmulator, app: EventsApp) -> None:
    app.answer = {"response_type": "in_channel", "text": "稍等"}
    await emulator.callbacks.command(USER, "报价 & 折扣", channel=CHANNEL)
    body = app.received[0]
    assert (body["command"], body["text"], body["channel_name"]) == ("/xiaoce", "报价 & 折扣", "sales")
    assert emulator.ledger.texts_to(CHANNEL) == ["稍等"]
    app.answer = {"text": "x", "colour": "red"}
    await emulator.callbacks.command(USER, "", channel=CHANNEL)
    assert "the answer to a command" in emulator.violations[0]
    with pytest.raises(LookupError):
        await emulator.callbacks.command(USER, "", name="/other")
