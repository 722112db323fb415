"""Websocket mode: one connection, kept; replies, pushes, changes of cards, files."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from pathlib import Path
from typing import Any, cast

import pytest
from aiohttp import ClientWebSocketResponse, web

from adapters.wecom_bot import link
from adapters.wecom_bot.connection import Connection
from bot.contracts.errors import PermanentFailure, TemporaryFailure
from bot.contracts.reply import Address

ANSWER = {"call": "answer", "content": "**答**"}
CARD = {"card_type": "text_notice", "main_title": {"title": "报价"}}
WITH_CARD = {"call": "answer", "content": "", "card": CARD, "lead": "报价", "words": "报价"}
UPDATE = {"call": "update", "card": CARD, "task_id": "task-1", "user": "zhangsan"}
REPLIES = ("aibot_respond_msg", "aibot_send_msg", "aibot_respond_update_msg", "aibot_respond_welcome_msg")


async def said(wecom: Any, desk: Any, tools: Any, body: dict[str, Any]) -> None:
    before = len(desk.messages)
    await wecom.says(body)
    await tools.until(lambda: len(desk.messages) > before)


async def test_it_subscribes_with_bot_id_and_secret(socket_bot: Any, wecom: Any, tools: Any) -> None:
    assert [frame["body"] for frame in wecom.sent("aibot_subscribe")] == [{"bot_id": tools.bot, "secret": "s3cr3t"}]
    assert await socket_bot.check(socket_bot._clock.now()) == []


async def test_a_message_is_stored_before_anything_is_said(socket_bot: Any, wecom: Any, desk: Any, tools: Any) -> None:
    desk.broken = 2  # the database is away for a moment; WeCom would not send it again
    await said(wecom, desk, tools, tools.body())
    assert [message.text for message in desk.messages] == ["客户说太贵了怎么回"]
    assert wecom.sent(*REPLIES) == []


async def test_an_answer_replies_to_its_message(socket_bot: Any, wecom: Any, desk: Any, tools: Any) -> None:
    await said(wecom, desk, tools, tools.body())
    await socket_bot.send(tools.parcel(ANSWER, tools.body()))
    [frame] = wecom.sent(*REPLIES)
    assert (frame["cmd"], frame["headers"]) == ("aibot_respond_msg", {"req_id": "req-1"})
    assert frame["body"] == {"msgtype": "stream", "stream": {"id": "p-1", "finish": True, "content": "**答**"}}


async def test_a_draft_is_ended_by_its_answer(socket_bot: Any, wecom: Any, desk: Any, streams: Any, tools: Any) -> None:
    await said(wecom, desk, tools, tools.body())
    parcel = tools.parcel(ANSWER, tools.body())
    await socket_bot.draft(parcel.to, parcel.answers, "先认")
    await socket_bot.draft(parcel.to, parcel.answers, "先认同")  # too soon: each frame counts
    await socket_bot.send(parcel)
    await socket_bot.send(tools.parcel(ANSWER, tools.body(), id="p-2"))
    shown = [frame["body"]["stream"] for frame in wecom.sent(*REPLIES)]
    first = tools.stream(tools.body())
    assert [(one["id"], one["finish"]) for one in shown] == [(first, False), (first, True), ("p-2", True)]


async def test_a_card_follows_a_draft(socket_bot: Any, wecom: Any, desk: Any, tools: Any) -> None:
    await said(wecom, desk, tools, tools.body())
    parcel = tools.parcel(WITH_CARD, tools.body())
    await socket_bot.draft(parcel.to, parcel.answers, "先认")
    await socket_bot.send(parcel)
    _, lead, card = [frame["body"] for frame in wecom.sent(*REPLIES)]
    assert lead["stream"] == {"id": tools.stream(tools.body()), "finish": True, "content": "报价"}
    assert card == {"msgtype": "template_card", "template_card": {**CARD, "task_id": "p-1"}}


async def test_nothing_to_reply_to_is_pushed(socket_bot: Any, wecom: Any, tools: Any) -> None:
    await socket_bot.send(tools.parcel(ANSWER, to=Address("wecom_bot", "group:wr1")))
    [frame] = wecom.sent(*REPLIES)
    assert frame["cmd"] == "aibot_send_msg"
    text = {"msgtype": "markdown", "markdown": {"content": "**答**"}}
    assert frame["body"] == {"chatid": "wr1", "chat_type": 2, **text}


async def test_a_dead_req_id_becomes_a_push(socket_bot: Any, wecom: Any, desk: Any, tools: Any) -> None:
    await said(wecom, desk, tools, tools.body())
    wecom.refuse["aibot_respond_msg"] = {"errcode": 846605, "errmsg": "invalid req_id"}
    receipt = await socket_bot.send(tools.parcel(ANSWER, tools.body()))
    assert [frame["cmd"] for frame in wecom.sent(*REPLIES)] == ["aibot_respond_msg", "aibot_send_msg"]
    assert receipt.note


async def test_a_day_later_it_is_a_push(socket_bot: Any, wecom: Any, desk: Any, clock: Any, tools: Any) -> None:
    await said(wecom, desk, tools, tools.body())
    clock.move(24 * 3600)
    await socket_bot.send(tools.parcel(ANSWER, tools.body()))
    assert [frame["cmd"] for frame in wecom.sent(*REPLIES)] == ["aibot_send_msg"]


async def test_a_press_changes_its_card_for_five_seconds(
    socket_bot: Any, wecom: Any, desk: Any, clock: Any, tools: Any
) -> None:
    await said(wecom, desk, tools, tools.pressed())
    await socket_bot.send(tools.parcel(UPDATE, tools.pressed()))
    clock.move(5)
    late = await socket_bot.send(tools.parcel(UPDATE, tools.pressed(), id="p-2"))
    update, instead = wecom.sent(*REPLIES)
    assert (update["cmd"], update["headers"]["req_id"]) == ("aibot_respond_update_msg", "req-1")
    changed = {**CARD, "task_id": "task-1"}
    assert update["body"] == {
        "response_type": "update_template_card", "userids": ["zhangsan"], "template_card": changed
    }  # fmt: skip
    assert (instead["cmd"], instead["body"]["template_card"]["task_id"]) == ("aibot_send_msg", "p-2")
    assert "新卡片" in late.note


async def test_who_enters_is_greeted_within_five_seconds(
    socket_bot: Any, wecom: Any, desk: Any, clock: Any, tools: Any
) -> None:
    await said(wecom, desk, tools, tools.entered())
    hello = {"call": "answer", "content": "你好"}
    await socket_bot.send(tools.parcel(hello, tools.entered()))
    [frame] = wecom.sent(*REPLIES)
    assert (frame["cmd"], frame["body"]) == (
        "aibot_respond_welcome_msg", {"msgtype": "text", "text": {"content": "你好"}}
    )  # fmt: skip


async def test_a_file_goes_up_in_pieces(socket_bot: Any, wecom: Any, tmp_path: Path, tools: Any) -> None:
    content = bytes(range(256)) * 4096 + b"end"  # 1 MB and a bit: three pieces
    (tmp_path / "deck.pptx").write_bytes(content)
    wecom.bodies = {"aibot_upload_media_init": {"upload_id": "u1"}, "aibot_upload_media_finish": {"media_id": "M1"}}
    file = {"path": "deck.pptx", "name": "晨会.pptx", "media_type": "application/octet-stream"}
    await socket_bot.send(tools.parcel({"call": "file", "file": file}))
    init = wecom.sent("aibot_upload_media_init")[0]["body"]
    assert init["md5"] == hashlib.md5(content).hexdigest()  # noqa: S324  # WeCom's choice
    assert (init["total_chunks"], init["total_size"], init["filename"]) == (3, len(content), "晨会.pptx")
    parts = [frame["body"] for frame in wecom.sent("aibot_upload_media_chunk")]
    assert b"".join(base64.b64decode(part["base64_data"]) for part in parts) == content
    [frame] = wecom.sent(*REPLIES)
    assert (frame["body"]["msgtype"], frame["body"]["file"]) == ("file", {"media_id": "M1"})


@pytest.mark.parametrize("path", ["../secret.txt", "missing.txt", "empty.txt"])
async def test_files_that_are_not_sent(socket_bot: Any, tmp_path: Path, tools: Any, path: str) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    file = {"path": path, "name": "a.txt", "media_type": "text/plain"}
    with pytest.raises(PermanentFailure):
        await socket_bot.send(tools.parcel({"call": "file", "file": file}))


@pytest.mark.parametrize(("errcode", "fault"), [(45009, TemporaryFailure), (40058, PermanentFailure)])
async def test_errcodes(socket_bot: Any, wecom: Any, tools: Any, errcode: int, fault: type[Exception]) -> None:
    wecom.refuse["aibot_send_msg"] = {"errcode": errcode, "errmsg": "no"}
    with pytest.raises(fault, match=str(errcode)):
        await socket_bot.send(tools.parcel(ANSWER))


async def test_too_often_is_tried_again_in_a_minute(socket_bot: Any, wecom: Any, desk: Any, tools: Any) -> None:
    """PROTOCOLS: 846607 passes, for answers and pushes; an answer is not pushed instead, which would count as well."""
    await said(wecom, desk, tools, tools.body())
    for cmd, answers in (("aibot_respond_msg", tools.body()), ("aibot_send_msg", None)):
        wecom.refuse = {cmd: {"errcode": 846607, "errmsg": "aibot send msg frequency limit exceeded"}}
        with pytest.raises(TemporaryFailure, match="846607") as busy:
            await socket_bot.send(tools.parcel(ANSWER, answers))
        assert busy.value.retry_after == 60
    assert len(wecom.sent("aibot_send_msg")) == 1
    wecom.refuse = {}
    await socket_bot.send(tools.parcel(ANSWER, tools.body(), attempt=2))


async def test_a_lost_subscription_is_made_anew(socket_bot: Any, wecom: Any, tools: Any) -> None:
    """846609: nothing gets through on that connection any more, so it is ended and the parcel waits."""
    old = socket_bot._link.connection
    wecom.refuse = {"aibot_send_msg": {"errcode": 846609, "errmsg": "aibot websocket not subscribed"}}
    with pytest.raises(TemporaryFailure, match="846609"):
        await socket_bot.send(tools.parcel(ANSWER))
    wecom.refuse = {}
    await tools.until(lambda: socket_bot._link.connection not in (None, old))
    await socket_bot.send(tools.parcel(ANSWER, attempt=2))
    assert len(wecom.sent("aibot_subscribe")) == 2


async def test_thirty_a_minute(socket_bot: Any, wecom: Any, clock: Any, tools: Any) -> None:
    for number in range(30):
        await socket_bot.send(tools.parcel(ANSWER, id=f"p-{number}"))
    with pytest.raises(TemporaryFailure) as full:
        await socket_bot.send(tools.parcel(ANSWER, id="p-30"))
    assert full.value.retry_after == 60
    clock.move(60)
    await socket_bot.send(tools.parcel(ANSWER, id="p-30"))
    assert len(wecom.sent("aibot_send_msg")) == 31


async def test_a_broken_connection_comes_back_and_what_waited_is_sent(
    socket_bot: Any, wecom: Any, desk: Any, tools: Any
) -> None:
    await said(wecom, desk, tools, tools.body())
    first = socket_bot._link.connection
    await wecom.sockets[-1].close()
    await tools.until(lambda: socket_bot._link.connection is not first)
    await tools.until(lambda: socket_bot._link.connection is not None)
    await socket_bot.send(tools.parcel(ANSWER, tools.body()))
    assert wecom.sent("aibot_respond_msg")[0]["headers"] == {"req_id": "req-1"}


async def test_while_there_is_no_connection_delivery_tries_again(make: Any, wecom: Any, tools: Any) -> None:
    adapter = make("websocket")
    with pytest.raises(TemporaryFailure):
        await adapter.send(tools.parcel(ANSWER))
    await adapter.close()


async def test_whoever_is_kicked_does_not_fight(
    socket_bot: Any, wecom: Any, tools: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "KICKED_WAIT", 0.4)
    async with socket_bot._client.session.ws_connect(socket_bot._settings.ws_url) as other:
        frame = {"cmd": "aibot_subscribe", "headers": {"req_id": "o"}, "body": {"bot_id": "x", "secret": "y"}}
        await other.send_json(frame)
        await other.receive_json()
        await tools.until(lambda: socket_bot._link.connection is None)
        await asyncio.sleep(0.2)
        assert len(wecom.sent("aibot_subscribe")) == 2  # the other's; ours waits
        assert "另一个程序" in (await socket_bot.check(socket_bot._clock.now()))[0]
        await tools.until(lambda: socket_bot._link.connection is not None)


async def test_a_refused_subscription_is_told_and_not_repeated_at_once(
    make: Any, wecom: Any, desk: Any, tools: Any
) -> None:
    wecom.refuse["aibot_subscribe"] = {"errcode": 853000, "errmsg": "invalid bot secret=s3cr3t"}
    adapter = make("websocket")
    adapter.mount(web.Application(), desk)
    running = asyncio.create_task(adapter.run())
    await tools.until(lambda: bool(adapter._link.fault))
    await asyncio.sleep(0.2)
    [fault] = await adapter.check(adapter._clock.now())
    assert ("853000" in fault, "s3cr3t" in fault, len(wecom.sent("aibot_subscribe"))) == (True, False, 1)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await adapter.close()


async def test_without_the_lease_nothing_is_opened_and_others_send(
    socket_bot: Any, make: Any, wecom: Any, desk: Any, tools: Any
) -> None:
    lease = tools.lease(ours=False)
    second = make("websocket", lease)
    second.mount(web.Application(), desk)
    running = asyncio.create_task(second.run())
    await said(wecom, desk, tools, tools.body())
    parcel = tools.parcel(ANSWER, tools.body())
    assert await second.send(parcel) == await second.send(parcel)  # asked again: sent once
    assert len(wecom.sent("aibot_subscribe")) == len(wecom.sent("aibot_respond_msg")) == 1
    wecom.refuse["aibot_send_msg"] = {"errcode": 40058, "errmsg": "no"}
    with pytest.raises(PermanentFailure, match="40058"):
        await second.send(tools.parcel(ANSWER, id="p-2"))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await second.close()
    assert lease.given_back == 0


async def test_the_lease_is_given_back_at_the_end(make: Any, wecom: Any, desk: Any, tools: Any) -> None:
    """A process that starts again would be deaf until its own old lease has run out."""
    lease = tools.lease()
    adapter = make("websocket", lease)
    adapter.mount(web.Application(), desk)
    running = asyncio.create_task(adapter.run())
    await tools.until(lambda: adapter._link.connection is not None)
    assert lease.given_back == 0
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert lease.given_back == 1
    await adapter.close()


async def test_the_lease_can_be_lost(
    make: Any, wecom: Any, desk: Any, relay: Any, tools: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "LEASE_EVERY", 0.05)
    lease = tools.lease()
    adapter = make("websocket", lease)
    adapter.mount(web.Application(), desk)
    running = asyncio.create_task(adapter.run())
    await tools.until(lambda: adapter._link.connection is not None)
    lease.ours = False
    await tools.until(lambda: adapter._link.connection is None and relay.handle is None)
    with pytest.raises(TemporaryFailure, match="没有进程"):
        await adapter.send(tools.parcel(ANSWER))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await adapter.close()


async def test_frames_of_one_callback_go_one_after_the_other() -> None:
    """Their answers carry the same req_id: two under way would take each other's."""
    sent: list[str] = []

    class Wire:
        async def send_str(self, text: str) -> None:
            sent.append(json.loads(text)["cmd"])

    connection = Connection(cast(ClientWebSocketResponse, Wire()), lambda _: None)
    first, second = (asyncio.create_task(connection.ask(cmd, req_id="r")) for cmd in ("first", "second"))
    await asyncio.sleep(0.01)
    for number, asked in enumerate((first, second)):
        connection._take(json.dumps({"headers": {"req_id": "r"}, "errcode": number}))
        assert (await asked)["errcode"] == number
        if asked is first:
            third = asyncio.create_task(connection.ask("third", req_id="r"))
        await asyncio.sleep(0.01)
        assert sent == ["first", "second", "third"][: number + 2]
    third.cancel()
    await asyncio.gather(third, return_exceptions=True)


async def test_silence_is_no_delivery(socket_bot: Any, wecom: Any, tools: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket_bot._link.connection, "_asked", _hurried(socket_bot._link.connection))
    wecom.mute.add("aibot_send_msg")
    with pytest.raises(TemporaryFailure, match="及时"):
        await socket_bot.send(tools.parcel(ANSWER))


def _hurried(connection: Any) -> Any:
    asked = connection._asked

    async def hurried(cmd: str, body: Any, req_id: str, patience: float) -> Any:
        return await asked(cmd, body, req_id, min(patience, 0.1))

    return hurried
