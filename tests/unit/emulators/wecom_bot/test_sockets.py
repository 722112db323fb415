"""PROTOCOLS, AI bot over WebSocket: subscribe, ping, callbacks, replies in time, one connection only."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import aiohttp
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tests.emulators.wecom_bot import ManualClock, Outcome, WecomBotEmulator
from tests.unit.emulators.wecom_bot.support import RESPOND, SEND, SocketBot, card, markdown, stream

GROUP = "wrSalesEast"
WELCOME, UPDATE = "aibot_respond_welcome_msg", "aibot_respond_update_msg"


async def test_wrong_credentials_leave_the_connection_open(
    server: WecomBotEmulator, session: aiohttp.ClientSession
) -> None:
    client = SocketBot(server, session)
    refused = await client.connect(secret="wrong")
    assert (refused["errcode"], refused["errmsg"].split(",")[0]) == (853000, "invalid bot_id or secret")
    assert await client.code(SEND, {"chatid": "zhangmin", **markdown("嘿")}) == 846609
    assert not client.socket.closed
    assert not (await server.callbacks.send_text("zhangmin", "没人听")).ok
    await client.close()


async def test_ping(client: SocketBot, server: WecomBotEmulator) -> None:
    assert await client.call("ping") == {"headers": {"req_id": "ping_2"}, "errcode": 0, "errmsg": "ok"}


async def test_a_message_and_its_stream(client: SocketBot, server: WecomBotEmulator) -> None:
    assert (await server.callbacks.send_text("zhangmin", "华东电子到哪了")).ok
    frame = await client.callback()
    assert frame["cmd"] == "aibot_msg_callback"
    assert frame["body"]["text"] == {"content": "华东电子到哪了"}
    req_id = frame["headers"]["req_id"]
    ack = await client.call(RESPOND, stream("正在查…", finish=False), req_id)
    assert ack == {"headers": {"req_id": req_id}, "errcode": 0, "errmsg": "ok"}
    assert await client.code(RESPOND, stream("报价阶段"), req_id) == 0
    assert server.said("zhangmin") == ["报价阶段"]
    assert await client.code(RESPOND, stream("还有"), req_id) == 846608  # it was finished
    assert await client.code(RESPOND, stream("另一段", name="s2"), req_id) == 0  # several streams are fine
    assert await client.code(RESPOND, stream("谁", name="s3"), "unknown") == 846605
    assert server.violations == []


async def test_a_stream_may_change_for_ten_minutes_a_message_be_answered_for_a_day(
    client: SocketBot, server: WecomBotEmulator, clock: ManualClock
) -> None:
    await server.callbacks.send_text("zhangmin", "算")
    req_id = await client.req_id()
    await client.call(RESPOND, stream("…", finish=False), req_id)
    clock.advance(minutes=10)
    assert await client.code(RESPOND, stream("好了"), req_id) == 846608
    clock.advance(hours=23)
    assert await client.code(RESPOND, markdown("好了"), req_id) == 0
    clock.advance(hours=1)
    assert await client.code(RESPOND, markdown("还有"), req_id) == 846605


async def test_what_the_long_connection_cannot_say(client: SocketBot, server: WecomBotEmulator) -> None:
    await server.callbacks.send_text("zhangmin", "问")
    req_id = await client.req_id()
    both = {**stream("请确认"), "msgtype": "stream_with_template_card", "template_card": card()["template_card"]}
    assert await client.code(RESPOND, both, req_id) == 40008
    assert await client.code(RESPOND, {"msgtype": "text", "text": {"content": "好"}}, req_id) == 40008
    assert await client.code(RESPOND, stream("字" * 6827), req_id) == 40058
    await client.call(RESPOND, stream("好", msg_item=[]), req_id)
    assert "msg_item" in server.violations[-1]
    assert [entry.errcode for entry in server.ledger.rejected] == [40008, 40008, 40058]


async def test_events_have_five_seconds_and_a_command_of_their_own(
    client: SocketBot, server: WecomBotEmulator, clock: ManualClock
) -> None:
    hello = {"msgtype": "text", "text": {"content": "您好"}}
    await server.callbacks.enter_chat("zhangmin")
    req_id = await client.req_id()
    assert await client.code(RESPOND, stream("您好"), req_id) == 846605
    assert await client.code(WELCOME, hello, req_id) == 0
    await server.callbacks.enter_chat("liwei")
    clock.advance(seconds=5)
    assert await client.code(WELCOME, hello, await client.req_id()) == 846605
    assert server.said("zhangmin") == ["您好"]
    assert server.said("liwei") == []


async def test_a_pressed_card(client: SocketBot, server: WecomBotEmulator, clock: ManualClock) -> None:
    await server.callbacks.send_text("zhangmin", "折扣", chat=GROUP)
    await client.call(RESPOND, card(feedback={"id": "trace_1"}), await client.req_id())
    await server.callbacks.press_button("liwei", "quote-1", "approve", chat=GROUP)
    frame = await client.callback()
    assert (frame["cmd"], frame["body"]["chatid"]) == ("aibot_event_callback", GROUP)
    req_id = frame["headers"]["req_id"]
    change = {"response_type": "update_template_card", "template_card": card("other")["template_card"]}
    assert await client.code(UPDATE, change, req_id) == 42014
    change["template_card"] = card(title="已同意")["template_card"]
    assert await client.code(UPDATE, change, req_id) == 0
    assert server.chats.of(GROUP)[-1].content["main_title"]["title"] == "已同意"
    await server.callbacks.press_button("liwei", "quote-1", "reject", chat=GROUP)
    clock.advance(seconds=5)
    assert await client.code(UPDATE, change, await client.req_id()) == 846605


async def test_unasked_only_where_somebody_wrote_before(client: SocketBot, server: WecomBotEmulator) -> None:
    assert await client.code(SEND, {"chatid": "zhangmin", "chat_type": 1, **markdown("早")}) == 93006
    await server.callbacks.send_text("zhangmin", "在吗")
    await server.callbacks.send_text("liwei", "在吗", chat=GROUP)
    assert await client.code(SEND, {"chatid": "zhangmin", "chat_type": 1, **markdown("早")}) == 0
    assert await client.code(SEND, {"chatid": "zhangmin", "chat_type": 2, **markdown("早")}) == 93006
    assert await client.code(SEND, {"chatid": GROUP, **card()}) == 0
    assert await client.code(SEND, {"chatid": GROUP, **stream("流")}) == 40008
    assert server.ledger.texts_to("zhangmin") == ["早"]


async def test_thirty_a_minute_and_a_thousand_an_hour_for_each_chat(
    client: SocketBot, server: WecomBotEmulator, clock: ManualClock
) -> None:
    await server.callbacks.send_text("zhangmin", "在吗")
    await server.callbacks.send_text("liwei", "在吗")
    req_id = await client.req_id()
    for state in range(40):  # the states of one stream count once
        assert await client.code(RESPOND, stream(str(state), finish=False), req_id) == 0
    codes = [await client.code(SEND, {"chatid": "zhangmin", **markdown("早")}) for _ in range(30)]
    assert codes == [0] * 29 + [846607]
    assert await client.code(SEND, {"chatid": "liwei", **markdown("早")}) == 0
    for _ in range(33):
        clock.advance(minutes=1)
        for _ in range(30):
            last = await client.code(SEND, {"chatid": "zhangmin", **markdown("早")})
    assert last == 846607
    assert len(server.ledger.of(Outcome.DELIVERED, place="zhangmin")) == 1000


async def test_a_new_connection_ends_the_old(
    client: SocketBot, server: WecomBotEmulator, session: aiohttp.ClientSession
) -> None:
    await server.callbacks.send_text("zhangmin", "问")
    req_id = await client.req_id()
    newer = SocketBot(server, session)
    assert (await newer.connect())["errcode"] == 0
    kicked = await client.callback()
    assert kicked["body"]["event"] == {"eventtype": "disconnected_event"}
    assert "from" not in kicked["body"]
    assert await client.code(RESPOND, stream("晚了"), req_id) == 846609
    await client.ended.wait()
    await server.callbacks.send_text("zhangmin", "再问")
    assert (await newer.callback())["body"]["text"]["content"] == "再问"
    assert await newer.code(RESPOND, stream("旧的"), req_id) == 846605  # as users report
    server.faults.forgets_requests = False
    assert await newer.code(RESPOND, stream("旧的"), req_id) == 0
    await newer.close()


async def test_files_bring_their_own_key(
    client: SocketBot, server: WecomBotEmulator, session: aiohttp.ClientSession
) -> None:
    await server.callbacks.send_file("zhangmin", "报价.pdf", b"%PDF-1.7 quote")
    link = (await client.callback())["body"]["file"]
    key = base64.b64decode(link["aeskey"] + "=")
    async with session.get(link["url"]) as response:
        decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
        plain = decryptor.update(await response.read()) + decryptor.finalize()
    assert plain[: -plain[-1]] == b"%PDF-1.7 quote"


async def test_uploads_in_pieces(client: SocketBot, server: WecomBotEmulator, clock: ManualClock) -> None:
    content = b"a,b\n" * 200_000
    pieces = [content[at : at + 512 * 1024] for at in range(0, len(content), 512 * 1024)]

    async def begin(**changed: Any) -> dict[str, Any]:
        told = {"type": "file", "filename": "数据.csv", "total_size": len(content), "total_chunks": len(pieces)}
        md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
        return await client.call("aibot_upload_media_init", {**told, "md5": md5, **changed})

    upload_id = (await begin())["body"]["upload_id"]
    for index in (1, 0, 0):  # any order, and again
        data = base64.b64encode(pieces[index]).decode()
        piece = {"upload_id": upload_id, "chunk_index": index, "base64_data": data}
        assert await client.code("aibot_upload_media_chunk", piece) == 0
    done = await client.call("aibot_upload_media_finish", {"upload_id": upload_id})
    assert done["body"]["type"] == "file"
    await server.callbacks.send_text("zhangmin", "文件呢")
    file = {"msgtype": "file", "file": {"media_id": done["body"]["media_id"]}}
    assert await client.code(RESPOND, file, await client.req_id()) == 0
    assert (await begin(total_size=21 * 1024 * 1024))["errcode"] == 40006
    late = (await begin())["body"]["upload_id"]
    clock.advance(minutes=30)
    assert await client.code("aibot_upload_media_finish", {"upload_id": late}) == 40058


@pytest.mark.parametrize(
    "text", ["no json", "{}", '{"cmd": "ping", "headers": {}}', '{"cmd":"ping","headers":{"req_id":""}}']
)
async def test_frames_without_a_name_are_violations(client: SocketBot, server: WecomBotEmulator, text: str) -> None:
    await client.socket.send_str(text)
    assert await client.code("ping") == 0
    assert len(server.violations) == 1
    assert await client.code("aibot_poem", {}) == 40058
    assert "no such command" in server.violations[-1]
