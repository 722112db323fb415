"""The phone page with the bot as its contact, alone and in a group; the pairing by hand."""

from __future__ import annotations

import aiohttp

from config.settings import Settings
from tests.emulators.wecom_bot import WecomBotEmulator
from tests.emulators.wecom_bot.pairing import pair
from tests.unit.emulators.wecom_bot.support import CallbackBot, SocketBot, card, stream

GROUP = "wrSalesEast"


async def test_words_and_presses_reach_the_bot(
    http: WecomBotEmulator, bot: CallbackBot, session: aiohttp.ClientSession
) -> None:
    base, line = f"{http.base_url}/phone", f"liwei@{GROUP}"
    async with session.get(f"{base}/company") as response:
        company = await response.json()
    assert company["app"] == "小策智能机器人"
    assert [user["id"] for user in company["users"]] == ["zhangmin", "liwei", f"zhangmin@{GROUP}", line]
    bot.answer = lambda message: card()
    await _post(session, f"{base}/text", {"user": line, "text": "折扣"})
    (sent,) = await http.ledger.wait_for(1, place=GROUP)
    bot.answer = lambda message: None
    async with session.get(f"{base}/history", params={"user": f"zhangmin@{GROUP}"}) as response:
        assert [bubble["msgtype"] for bubble in await response.json()] == ["text", "template_card"]
    await _post(session, f"{base}/press", {"user": line, "id": sent.msgid, "key": "approve", "selected": {}})
    await _post(session, f"{base}/enter", {"user": "zhangmin"})
    form = aiohttp.FormData()
    form.add_field("file", b"%PDF-1.7", filename="报价.pdf")
    await session.post(f"{base}/upload", params={"user": "zhangmin", "kind": "file"}, data=form)
    while len(bot.received) < 4:
        assert http.warnings == []
        async with session.get(f"{base}/history", params={"user": "zhangmin"}) as response:
            await response.read()
    kinds = {message.get("event", {}).get("eventtype", message["msgtype"]) for message in bot.received}
    assert kinds == {"text", "template_card_event", "enter_chat", "file"}


async def test_the_page_shows_an_answer_as_it_grows(
    client: SocketBot, server: WecomBotEmulator, session: aiohttp.ClientSession
) -> None:
    params = {"user": "zhangmin"}
    await server.callbacks.send_text("zhangmin", "问")
    req_id = await client.req_id()
    async with session.get(f"{server.base_url}/phone/events", params=params) as events:
        await events.content.readline()
        for content in ("正在…", "好了"):
            await client.call("aibot_respond_msg", stream(content, finish=content == "好了"), req_id)
            while not (line := await events.content.readline()).startswith(b"data: "):
                pass
            assert content in line.decode()
    async with session.get(server.base_url) as response:
        assert str(response.url).endswith("/phone")


def test_the_pairing_fits_both_sides() -> None:
    paired = pair(Settings(), 8082, "socket")
    wanted = paired.settings["wecom_bot"]
    emulator = WecomBotEmulator(**paired.emulator)
    bot = emulator.bot
    assert (wanted["bot_id"], wanted["secret"], wanted["aes_key"]) == (bot.bot_id, bot.secret, bot.aes_key)
    assert (emulator.mode, wanted["mode"]) == ("socket", "websocket")
    assert paired.emulator["callback_url"].endswith(wanted["callback_path"])
    assert wanted["ws_url"] == "ws://127.0.0.1:8082"


async def _post(session: aiohttp.ClientSession, url: str, data: dict[str, object]) -> None:
    async with session.post(url, json=data) as response:
        assert response.status == 200, await response.text()
