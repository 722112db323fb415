"""Fault switches of the long connection and of response_url, each seen from outside."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from tests.emulators.wecom_bot import ManualClock, WecomBotEmulator
from tests.unit.emulators.wecom_bot.support import RESPOND, SEND, CallbackBot, SocketBot, markdown, stream


@pytest.fixture
async def req_id(client: SocketBot, server: WecomBotEmulator) -> str:
    await server.callbacks.send_text("zhangmin", "问")
    return await client.req_id()


async def test_error_codes_on_demand(client: SocketBot, server: WecomBotEmulator, req_id: str) -> None:
    server.faults.fail(45009, times=2, path=RESPOND)
    codes = [await client.code(RESPOND, stream("好", name=str(turn)), req_id) for turn in range(3)]
    assert codes == [45009, 45009, 0]
    assert len(server.ledger.delivered) == 1


async def test_a_lost_ack_means_said_all_the_same(client: SocketBot, server: WecomBotEmulator, req_id: str) -> None:
    server.faults.lose_acks(path=RESPOND)
    with pytest.raises(TimeoutError):
        await client.call(RESPOND, stream("好"), req_id, patience=0.2)
    assert server.said("zhangmin") == ["好"]
    assert await client.code("ping") == 0


async def test_a_silent_server(client: SocketBot, server: WecomBotEmulator) -> None:
    server.faults.silent = True
    with pytest.raises(TimeoutError):
        await client.call("ping", patience=0.2)
    assert not (await server.callbacks.send_text("zhangmin", "在吗")).ok
    server.faults.clear()
    assert await client.code("ping") == 0


async def test_cuts(client: SocketBot, server: WecomBotEmulator, req_id: str, session: aiohttp.ClientSession) -> None:
    server.faults.cut_after(path=RESPOND)
    with pytest.raises(TimeoutError):
        await client.call(RESPOND, stream("好"), req_id, patience=0.3)
    assert client.ended.is_set()
    assert server.said("zhangmin") == ["好"]
    again = SocketBot(server, session)
    await again.connect()
    server.sockets.cut()
    async with asyncio.timeout(2):
        await again.ended.wait()
    assert not (await server.callbacks.send_text("zhangmin", "在吗")).ok


async def test_kicked_and_unsubscribed(client: SocketBot, server: WecomBotEmulator, req_id: str) -> None:
    server.sockets.unsubscribe()
    assert await client.code(RESPOND, stream("好"), req_id) == 846609
    assert not client.socket.closed
    await client.code("aibot_subscribe", {"bot_id": server.bot.bot_id, "secret": server.bot.secret})
    await server.sockets.kick()
    assert (await client.callback())["body"]["event"]["eventtype"] == "disconnected_event"
    async with asyncio.timeout(2):
        await client.ended.wait()


async def test_a_bot_that_does_not_ping_is_gone(
    client: SocketBot, server: WecomBotEmulator, clock: ManualClock
) -> None:
    clock.advance(seconds=90)
    await client.call("ping")
    clock.advance(seconds=90)
    assert (await server.callbacks.send_text("zhangmin", "在吗")).ok
    clock.advance(seconds=10)
    assert not (await server.callbacks.send_text("zhangmin", "在吗")).ok
    assert client.ended.is_set()


async def test_slow_duplicate_and_reordered(client: SocketBot, server: WecomBotEmulator) -> None:
    server.faults.duplicate_callbacks()
    await server.callbacks.send_text("zhangmin", "一次")
    first, second = await client.callback(), await client.callback()
    assert first == second
    server.faults.clear()
    server.faults.reorder_callbacks(window=3)
    await asyncio.gather(*(server.callbacks.send_text("liwei", word) for word in "一二三"))
    words = [(await client.callback())["body"]["text"]["content"] for _ in range(3)]
    assert words == ["三", "二", "一"]
    server.faults.slow(0.2, path="ping")
    with pytest.raises(TimeoutError):
        await client.call("ping", patience=0.05)


async def test_leaks_and_second_subscriptions_are_violations(client: SocketBot, server: WecomBotEmulator) -> None:
    await server.callbacks.send_text("zhangmin", "密码？")
    await client.call(SEND, {"chatid": "zhangmin", **markdown(server.bot.secret)})
    assert server.violations == [f"the secret in {SEND}"]
    await client.call("aibot_subscribe", {"bot_id": server.bot.bot_id, "secret": server.bot.secret})
    assert "subscribed twice" in server.violations[-1]


async def test_response_url_breaks_off(
    http: WecomBotEmulator, bot: CallbackBot, session: aiohttp.ClientSession
) -> None:
    await http.callbacks.send_text("zhangmin", "问")
    url = bot.received[0]["response_url"]
    http.faults.cut_after(path="/cgi-bin/aibot/response")
    with pytest.raises(aiohttp.ClientError):
        async with session.post(url, json=markdown("好")) as response:
            await response.json()
    assert http.said("zhangmin") == ["好"]
