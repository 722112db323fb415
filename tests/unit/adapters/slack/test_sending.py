"""Sending against a scripted stand-in: repeats, errors, files, drafts."""

from __future__ import annotations

import asyncio
import traceback
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from adapters.slack import SlackAdapter, SlackPorts, drafts
from bot.contracts.adapter import Parcel
from bot.contracts.card import Action, Card, Section
from bot.contracts.errors import PermanentFailure, TemporaryFailure
from bot.contracts.reply import Address, CardUpdate, OutgoingFile, Reply

TO, THREAD = Address("slack", "D1"), Address("slack", "C1:17.1")
OK = {"ok": True, "channel": "D1", "ts": "20.1"}
CARD = Card("c-1", "标题", "摘要 & 话", sections=(Section("节", "**话**"),), actions=(Action("useful", "有用"),))
LONG = "这是一个已经写了不少字的回答，后面还会继续写下去，直到写完为止。"


def parcel(adapter: SlackAdapter, reply: Reply, **more: Any) -> Parcel:
    return Parcel(id="parcel-1", to=reply.to, payload=adapter.render(reply)[0], **more)


def no(error: str, **more: Any) -> dict[str, Any]:
    return {"ok": False, "error": error, **more}


async def test_a_message_carries_its_parcel(adapter: SlackAdapter, platform: Any, tools: Any) -> None:
    platform.says("chat.postMessage", OK)
    receipt = await adapter.send(parcel(adapter, Reply(TO, "你好")))
    assert receipt.reference == "D1:20.1"
    (body,) = platform.bodies("chat.postMessage")
    assert body["metadata"] == {"event_type": "xiaoce_parcel", "event_payload": {"id": "parcel-1"}}
    assert (body["channel"], body["text"]) == ("D1", "你好")
    assert platform.tokens == [f"Bearer {tools.bot_token}"]


@pytest.mark.parametrize(("to", "method"), [(TO, "conversations.history"), (THREAD, "conversations.replies")])
async def test_a_repeat_that_had_arrived_is_not_shown_twice(
    adapter: SlackAdapter, platform: Any, to: Address, method: str
) -> None:
    marks = [
        {"event_type": "another", "event_payload": {"id": "parcel-1"}},
        {"event_type": "xiaoce_parcel", "event_payload": {"id": "parcel-1"}},
    ]
    pages = [
        {"ok": True, "messages": [{"ts": "1.1"}, "odd"], "response_metadata": {"next_cursor": "next"}},
        {"ok": True, "messages": [{"ts": f"{number}.2", "metadata": mark} for number, mark in enumerate(marks)]},
    ]
    platform.says(method, *pages)
    receipt = await adapter.send(parcel(adapter, Reply(to, "你好"), attempt=2))
    assert receipt.reference == "1.2"
    assert "送达" in receipt.note
    assert platform.methods == [method, method]
    assert platform.bodies(method)[1]["cursor"] == "next"
    assert platform.bodies(method)[0].get("ts") == ("17.1" if to is THREAD else None)


async def test_a_repeat_that_had_not_arrived_is_sent(adapter: SlackAdapter, platform: Any) -> None:
    platform.says("conversations.history", {"ok": True, "messages": []})
    platform.says("chat.postMessage", OK)
    assert (await adapter.send(parcel(adapter, Reply(TO, "你好"), attempt=2))).reference == "D1:20.1"


async def test_without_the_right_to_look_it_is_sent_again(adapter: SlackAdapter, platform: Any) -> None:
    platform.says("conversations.history", no("missing_scope", needed="im:history"))
    platform.says("chat.postMessage", OK)
    assert (await adapter.send(parcel(adapter, Reply(TO, "你好"), attempt=2))).reference == "D1:20.1"


async def test_too_many_calls_wait_as_long_as_slack_says(adapter: SlackAdapter, platform: Any) -> None:
    platform.says("chat.postMessage", web.json_response(no("ratelimited"), status=429, headers={"Retry-After": "30"}))
    with pytest.raises(TemporaryFailure) as caught:
        await adapter.send(parcel(adapter, Reply(TO, "你好")))
    assert caught.value.retry_after == 30
    assert len(platform.asked) == 1, "waiting is the delivery list's work"


async def test_what_slack_surely_did_not_take_is_not_looked_for(adapter: SlackAdapter, platform: Any) -> None:
    """In a storm of 429 every look would be one call more. After any other failure it is looked for again."""
    busy = web.json_response(no("ratelimited"), status=429, headers={"Retry-After": "1"})
    platform.says("chat.postMessage", busy, no("internal_error"), OK)
    platform.says("conversations.history", {"ok": True, "messages": []})
    for attempt in (1, 2):
        with pytest.raises(TemporaryFailure):
            await adapter.send(parcel(adapter, Reply(TO, "你好"), attempt=attempt))
    assert platform.methods == ["chat.postMessage", "chat.postMessage"]
    await adapter.send(parcel(adapter, Reply(TO, "你好"), attempt=3))
    assert platform.methods[2:] == ["conversations.history", "chat.postMessage"]


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        ("channel_not_found", "/invite"),
        ("not_in_channel", "/invite"),
        ("invalid_auth", "slack.bot_token"),
        ("account_inactive", "重新安装"),
        ("is_archived", "归档"),
        ("msg_too_long", "开发人员"),
        ("something_new", "something_new"),
    ],
)
async def test_refusals_name_the_remedy(adapter: SlackAdapter, platform: Any, error: str, remedy: str) -> None:
    platform.says("chat.postMessage", no(error))
    with pytest.raises(PermanentFailure, match=remedy):
        await adapter.send(parcel(adapter, Reply(TO, "你好")))


async def test_a_missing_scope_is_named(adapter: SlackAdapter, platform: Any) -> None:
    platform.says("chat.postMessage", no("missing_scope", needed="chat:write"))
    with pytest.raises(PermanentFailure, match="chat:write"):
        await adapter.send(parcel(adapter, Reply(TO, "你好")))


@pytest.mark.parametrize(
    "answer",
    [
        no("internal_error"),
        no("service_unavailable"),
        web.Response(status=502, text="<html>bad gateway</html>", content_type="text/html"),
        web.Response(status=200, text="{", content_type="application/json"),
        web.Response(status=200, body=b"\xff\xfe{", content_type="application/json"),
        web.Response(status=200, text="hello", content_type="text/plain"),
        web.json_response([]),
        web.json_response([1]),
    ],
)
async def test_trouble_of_slack_passes(adapter: SlackAdapter, platform: Any, answer: Any) -> None:
    platform.says("chat.postMessage", answer)
    with pytest.raises(TemporaryFailure):
        await adapter.send(parcel(adapter, Reply(TO, "你好")))


async def test_a_broken_line_is_temporary_and_the_call_is_not_made_twice(adapter: SlackAdapter, platform: Any) -> None:
    """slack_sdk's default would send the message again by itself."""

    async def hang_up(request: web.Request, body: Any) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    platform.says("chat.postMessage", hang_up)
    with pytest.raises(TemporaryFailure):
        await adapter.send(parcel(adapter, Reply(TO, "你好")))
    assert len(platform.asked) == 1


async def test_the_token_is_in_no_error(tmp_path: Path, clock: Any, front: Any, tools: Any) -> None:
    """D10."""
    settings = tools.settings_for("http://127.0.0.1:9")
    made = SlackAdapter(settings, clock, "https://bot.example.com", tmp_path, SlackPorts(front))
    with pytest.raises(TemporaryFailure) as caught:
        await made.send(parcel(made, Reply(TO, "你好")))
    said = "".join(traceback.format_exception(caught.value)) + str(settings)
    assert tools.bot_token not in said
    assert tools.secret not in said
    await made.close()


@pytest.mark.parametrize("error", ["invalid_blocks", "msg_blocks_too_long"])
async def test_refused_blocks_are_said_plainly(adapter: SlackAdapter, platform: Any, error: str) -> None:
    """PROTOCOLS: invalid_blocks was swallowed by others, so that nothing was sent."""
    platform.says("chat.postMessage", no(error, response_metadata={"messages": ["[ERROR] must be less"]}), OK)
    receipt = await adapter.send(parcel(adapter, Reply(TO, card=CARD)))
    assert error in receipt.note
    first, second = platform.bodies("chat.postMessage")
    assert "blocks" in first
    assert "blocks" not in second
    assert second["text"] == "标题\n摘要 &amp; 话"
    assert second["metadata"] == first["metadata"]


async def test_plain_words_of_refused_blocks_mention_nobody(adapter: SlackAdapter, platform: Any) -> None:
    """A header shows no marks, so its words aren't escaped; as plain text they would call everybody."""
    platform.says("chat.postMessage", no("invalid_blocks"), OK)
    await adapter.send(parcel(adapter, Reply(TO, card=replace(CARD, headline="客户写道 <!channel> & <@U1>"))))
    assert platform.bodies("chat.postMessage")[1]["text"].startswith("客户写道 &lt;!channel&gt; &amp; &lt;@U1&gt;\n")


async def test_blocks_refused_twice_are_a_dead_letter(adapter: SlackAdapter, platform: Any) -> None:
    platform.says("chat.postMessage", no("invalid_blocks"))
    with pytest.raises(PermanentFailure):
        await adapter.send(parcel(adapter, Reply(TO, card=CARD)))
    assert len(platform.asked) == 2


async def test_update_in_place(adapter: SlackAdapter, platform: Any) -> None:
    platform.says("chat.update", OK)
    await adapter.send(parcel(adapter, Reply(TO, card=CARD, update=CardUpdate("c-1", "D1:17.5"))))
    (body,) = platform.bodies("chat.update")
    assert (body["channel"], body["ts"]) == ("D1", "17.5")
    assert "metadata" not in body


async def test_a_card_that_is_gone_is_sent_anew_into_its_thread(adapter: SlackAdapter, platform: Any) -> None:
    platform.says("chat.update", no("message_not_found"))
    platform.says("chat.postMessage", OK)
    receipt = await adapter.send(parcel(adapter, Reply(THREAD, card=CARD, update=CardUpdate("c-1", "C1:17.5"))))
    (body,) = platform.bodies("chat.postMessage")
    assert (body["channel"], body["thread_ts"], "ts" in body) == ("C1", "17.1", False)
    assert "新消息" in receipt.note


async def test_a_pressed_card_of_the_home_tab_changes_there(adapter: SlackAdapter, platform: Any, front: Any) -> None:
    front.cards = [Card("other", "另一张"), CARD]
    platform.says("views.publish", {"ok": True})
    card = replace(CARD, unfolded=True)
    await adapter.send(parcel(adapter, Reply(TO, card=card, update=CardUpdate("c-1", "home:U1"))))
    (body,) = platform.bodies("views.publish")
    said = str(body["view"]["blocks"])
    assert body["user_id"] == "U1"
    assert "另一张" in said
    assert "*话*" in said, "unfolded"


async def test_the_home_tab_holds_whole_cards_only(adapter: SlackAdapter, platform: Any, front: Any) -> None:
    """PROTOCOLS: 100 blocks."""
    front.cards = [Card(f"c{n}", "题", "话", actions=(Action("a", "一"),)) for n in range(60)]
    platform.says("views.publish", {"ok": True})
    await adapter.send(parcel(adapter, Reply(TO, card=CARD, update=CardUpdate("c-1", "home:U1"))))
    shown = platform.bodies("views.publish")[0]["view"]["blocks"]
    assert len(shown) <= 100
    assert shown[-1]["type"] == "actions"


def upload(platform: Any) -> None:
    answer = {"ok": True, "upload_url": f"{platform.url}/upload/v1/x", "file_id": "F1"}
    platform.says("files.getUploadURLExternal", answer)
    platform.says("upload/v1/x", web.Response(text="OK - 5"))


def file_reply(folder: Path, to: Address = THREAD) -> Reply:
    (folder / "out").mkdir(exist_ok=True)
    (folder / "out" / "a.txt").write_bytes(b"hello")
    return Reply(to, files=(OutgoingFile("out/a.txt", "../晨会.txt", "text/plain"),))


async def test_files_go_in_three_steps(adapter: SlackAdapter, platform: Any, tmp_path: Path) -> None:
    upload(platform)
    platform.says("files.completeUploadExternal", {"ok": True})
    await adapter.send(parcel(adapter, file_reply(tmp_path)))
    assert platform.asked == [
        ("files.getUploadURLExternal", {"filename": "晨会.txt", "length": "5"}),
        ("upload/v1/x", b"hello"),
        (
            "files.completeUploadExternal",
            {"files": [{"id": "F1", "title": "晨会.txt"}], "channel_id": "C1", "thread_ts": "17.1"},
        ),
    ]
    assert platform.tokens[1] == "", "the upload's address needs no token"


async def test_a_file_that_had_arrived_is_not_shown_twice(adapter: SlackAdapter, platform: Any, tmp_path: Path) -> None:
    upload(platform)
    platform.says("files.completeUploadExternal", no("internal_error"))
    with pytest.raises(TemporaryFailure):
        await adapter.send(parcel(adapter, file_reply(tmp_path)))
    platform.says("files.info", {"ok": True, "file": {"id": "F1", "shares": {"private": {"C1": [{"ts": "1.1"}]}}}})
    assert "送达" in (await adapter.send(parcel(adapter, file_reply(tmp_path), attempt=2))).note
    assert platform.methods.count("files.completeUploadExternal") == 1


async def test_a_file_to_a_person_finds_their_direct_messages(
    adapter: SlackAdapter, platform: Any, tmp_path: Path
) -> None:
    upload(platform)
    platform.says("conversations.open", {"ok": True, "channel": {"id": "D9"}})
    platform.says("files.completeUploadExternal", {"ok": True})
    await adapter.send(parcel(adapter, file_reply(tmp_path, Address("slack", "U1"))))
    assert platform.bodies("files.completeUploadExternal")[0]["channel_id"] == "D9"


async def test_a_file_that_was_refused_is_uploaded_anew(adapter: SlackAdapter, platform: Any, tmp_path: Path) -> None:
    """Slack throws away what isn't shared: a replay after /invite would find file_not_found for ever."""
    upload(platform)
    platform.says("files.completeUploadExternal", no("not_in_channel"), {"ok": True})
    with pytest.raises(PermanentFailure, match="/invite"):
        await adapter.send(parcel(adapter, file_reply(tmp_path)))
    assert (await adapter.send(parcel(adapter, file_reply(tmp_path), attempt=2))).reference == "F1"
    assert platform.methods.count("files.getUploadURLExternal") == 2


@pytest.mark.parametrize("path", ["../secret.txt", "/etc/hostname", "out/none.txt"])
async def test_only_files_of_the_data_folder_are_sent(adapter: SlackAdapter, platform: Any, path: str) -> None:
    reply = Reply(TO, files=(OutgoingFile(path, "a.txt", "text/plain"),))
    with pytest.raises(PermanentFailure):
        await adapter.send(parcel(adapter, reply))
    assert platform.asked == []


@pytest.mark.parametrize("payload", [{}, {"call": "chat.delete", "body": {}}, {"call": "chat.postMessage", "body": {}}])
async def test_payloads_that_say_nothing(adapter: SlackAdapter, platform: Any, payload: dict[str, Any]) -> None:
    with pytest.raises(PermanentFailure):
        await adapter.send(Parcel("parcel-1", TO, payload))
    assert platform.asked == []


async def test_a_draft_in_direct_messages_becomes_the_answer(
    adapter: SlackAdapter, platform: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "PAUSE", 0.0)
    platform.says("chat.postMessage", OK)
    platform.says("chat.update", OK)
    await adapter.draft(TO, "m-1", LONG)
    await adapter.draft(TO, "m-1", LONG + "**还有**")
    receipt = await adapter.send(parcel(adapter, Reply(TO, "定稿"), answers="m-1"))
    assert platform.methods == ["chat.postMessage", "chat.update", "chat.update"]
    last = platform.bodies("chat.update")[-1]
    assert (last["ts"], last["text"], receipt.reference) == ("20.1", "定稿", "D1:20.1")
    assert last["metadata"]["event_payload"]["id"] == "parcel-1"
    await adapter.draft(TO, "m-1", LONG + "太晚了")
    assert len(platform.asked) == 3, "an answer isn't drafted after it was given"


async def test_a_draft_in_an_assistant_thread_is_streamed(
    adapter: SlackAdapter, platform: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "PAUSE", 0.0)
    to = Address("slack", "D1:17.1")
    for method in ("assistant.threads.setStatus", "chat.startStream", "chat.appendStream", "chat.stopStream"):
        platform.says(method, OK)
    platform.says("chat.update", OK)
    for text in ("好", "好的", LONG, LONG + "后来", "改口了，从头说起，这回也说得很长很长很长很长"):
        await adapter.draft(to, "m-1", text)
    await adapter.send(parcel(adapter, Reply(to, card=CARD), answers="m-1"))
    assert platform.methods == [
        "assistant.threads.setStatus",
        "chat.startStream",
        "chat.appendStream",
        "chat.stopStream",
        "chat.update",
    ]
    assert platform.bodies("chat.appendStream")[0]["markdown_text"] == "后来"
    assert platform.bodies("chat.update")[0]["blocks"]


async def test_a_stream_into_a_channel_says_for_whom(
    adapter: SlackAdapter, door: Any, platform: Any, tools: Any
) -> None:
    """PROTOCOLS: in channels streaming needs recipient user and team."""
    await door.event(tools.mention("<@UBOT> 你好"))
    platform.says("chat.startStream", OK)
    await adapter.draft(Address("slack", door.stored[0].conversation), door.stored[0].id, LONG)
    (body,) = platform.bodies("chat.startStream")
    assert (body["recipient_user_id"], body["recipient_team_id"]) == ("U1", "T1")


async def test_drafts_keep_slacks_pace_and_never_raise(adapter: SlackAdapter, platform: Any) -> None:
    platform.says("chat.postMessage", OK)
    for number in range(20):
        await adapter.draft(TO, "m-1", LONG + "x" * number)
    assert platform.methods == ["chat.postMessage"]
    platform.says("chat.postMessage", no("channel_not_found"))
    await adapter.draft(TO, "m-2", LONG)
    await adapter.draft(TO, "", LONG)


async def test_drafts_wait_as_long_as_slack_says(
    adapter: SlackAdapter, platform: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every draft asked for in vain would take a call from the answers."""
    monkeypatch.setattr(drafts, "PAUSE", 0.0)
    busy = web.json_response(no("ratelimited"), status=429, headers={"Retry-After": "30"})
    platform.says("chat.postMessage", busy, OK)
    for number in range(5):
        await adapter.draft(TO, "m-1", LONG + "x" * number)
    assert platform.methods == ["chat.postMessage"]


async def test_a_draft_gives_way_to_an_answer_that_stands_elsewhere(adapter: SlackAdapter, platform: Any) -> None:
    for method in ("chat.postMessage", "chat.delete", "chat.update"):
        platform.says(method, OK)
    await adapter.draft(TO, "m-1", LONG)
    await adapter.send(parcel(adapter, Reply(TO, card=CARD, update=CardUpdate("c-1", "D1:17.5")), answers="m-1"))
    assert platform.methods == ["chat.postMessage", "chat.delete", "chat.update"]


async def test_a_reply_for_somebody_else_leaves_the_draft(adapter: SlackAdapter, platform: Any) -> None:
    platform.says("chat.postMessage", OK)
    await adapter.draft(TO, "m-1", LONG)
    await adapter.send(parcel(adapter, Reply(Address("slack", "D2"), "请批准"), answers="m-1"))
    assert platform.methods == ["chat.postMessage", "chat.postMessage"]


async def test_an_answer_waits_for_its_draft_under_way(adapter: SlackAdapter, platform: Any) -> None:
    """Otherwise the draft would come after the answer, and stay."""
    gate = asyncio.Event()

    async def slowly(request: web.Request, body: Any) -> web.StreamResponse:
        await gate.wait()
        return web.json_response(OK)

    platform.says("chat.postMessage", slowly)
    platform.says("chat.update", OK)
    drafting = asyncio.create_task(adapter.draft(TO, "m-1", LONG))
    await asyncio.sleep(0.02)
    sending = asyncio.create_task(adapter.send(parcel(adapter, Reply(TO, "定稿"), answers="m-1")))
    await asyncio.sleep(0.02)
    gate.set()
    await asyncio.gather(drafting, sending)
    assert platform.methods == ["chat.postMessage", "chat.update"]
