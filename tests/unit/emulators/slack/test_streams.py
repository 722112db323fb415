"""Messages written before the reader's eyes, and what else an assistant thread shows."""

from __future__ import annotations

from tests.emulators.slack import ManualClock, Outcome, SlackEmulator
from tests.unit.emulators.slack.support import CHANNEL, USER, ApiClient, EventsApp, section


async def test_start_append_stop(api: ApiClient, emulator: SlackEmulator, app: EventsApp) -> None:
    asked = (await emulator.callbacks.say(USER, "你好")).post
    place = {"channel": emulator.dm(USER).id}
    place["ts"] = (await api.call("chat.startStream", **place, thread_ts=asked.ts))["ts"]
    await api.call("chat.appendStream", **place, markdown_text="**报")
    conflict = await api.call("chat.update", **place, text="x")
    assert conflict["error"] == "streaming_state_conflict"
    await api.call("chat.appendStream", **place, markdown_text="价**")
    stopped = await api.call("chat.stopStream", **place, blocks=[section("来源")])
    assert (stopped["message"]["text"], len(stopped["message"]["blocks"])) == ("**报价**", 1)
    again = await api.call("chat.appendStream", **place, markdown_text="x")
    assert again["error"] == "message_not_in_streaming_state"
    assert (await api.call("chat.update", **place, text="改"))["ok"]
    streamed = emulator.ledger.of(Outcome.STREAMED)
    assert [entry.text for entry in streamed] == ["**报", "**报价**"]


async def test_a_stream_is_a_reply_and_in_channels_to_somebody(api: ApiClient, emulator: SlackEmulator) -> None:
    ts = (await api.say())["ts"]
    place = {"channel": CHANNEL, "thread_ts": ts, "markdown_text": "字"}
    assert (await api.call("chat.startStream", channel=CHANNEL))["error"] == "invalid_arguments"
    assert (await api.call("chat.startStream", **place))["error"] == "missing_recipient_team_id"
    place["recipient_team_id"] = emulator.workspace.team_id
    assert (await api.call("chat.startStream", **place))["error"] == "missing_recipient_user_id"
    assert (await api.call("chat.startStream", **place, recipient_user_id="U0WHO"))["error"] == "user_not_found"
    assert (await api.call("chat.startStream", **place, recipient_user_id=USER))["ok"]


async def test_a_silent_stream_ends_by_itself(
    api: ApiClient, emulator: SlackEmulator, app: EventsApp, clock: ManualClock
) -> None:
    asked = (await emulator.callbacks.say(USER, "你好")).post
    place = {"channel": emulator.dm(USER).id}
    place["ts"] = (await api.call("chat.startStream", **place, thread_ts=asked.ts))["ts"]
    clock.advance(minutes=5, seconds=1)
    late = await api.call("chat.appendStream", **place, markdown_text="x")
    assert late["error"] == "message_not_in_streaming_state"


async def test_status_prompts_and_title(api: ApiClient, emulator: SlackEmulator, app: EventsApp) -> None:
    thread = (await emulator.callbacks.start_assistant(USER, {"channel_id": CHANNEL})).post
    event = app.events[0]["assistant_thread"]
    assert (event["thread_ts"], event["context"]) == (thread.ts, {"channel_id": CHANNEL})
    place = {"channel_id": event["channel_id"], "thread_ts": thread.ts}
    prompts = [{"title": "报价", "message": "报价怎么谈"}]
    assert (await api.call("assistant.threads.setSuggestedPrompts", **place, prompts=prompts))["ok"]
    assert (await api.form("assistant.threads.setTitle", **place, title="报价"))["ok"]
    assert (await api.call("assistant.threads.setStatus", **place, status="正在查找…"))["ok"]
    shown = emulator.world.threads[emulator.dm(USER).id, thread.ts]
    assert (shown.status, shown.title, shown.prompts) == ("正在查找…", "报价", prompts)
    await api.say("答", channel=event["channel_id"], thread_ts=thread.ts)
    assert shown.status == ""
    wrong = await api.call("assistant.threads.setStatus", **{**place, "thread_ts": "1.0"}, status="x")
    assert wrong["error"] == "invalid_thread_ts"
