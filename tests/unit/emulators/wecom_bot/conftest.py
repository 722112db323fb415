"""Both kinds of emulator with a clock that stands still, and a bot for each."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.emulators.wecom_bot import ManualClock, WecomBotEmulator
from tests.unit.emulators.wecom_bot.support import CallbackBot, SocketBot

GROUP = "wrSalesEast"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
async def http(clock: ManualClock) -> AsyncIterator[WecomBotEmulator]:
    async with WecomBotEmulator(
        mode="http", clock=clock, groups={GROUP: ["zhangmin", "liwei"]}, webhook_keys=["k1"], refresh_seconds=0.02
    ) as emulator:
        yield emulator


@pytest.fixture
async def bot(http: WecomBotEmulator) -> AsyncIterator[CallbackBot]:
    async with CallbackBot(http.bot) as running:
        http.set_callback(running.url)
        yield running


@pytest.fixture
async def server(clock: ManualClock) -> AsyncIterator[WecomBotEmulator]:
    async with WecomBotEmulator(mode="socket", clock=clock, groups={GROUP: ["zhangmin", "liwei"]}) as emulator:
        yield emulator


@pytest.fixture
async def client(server: WecomBotEmulator, session: aiohttp.ClientSession) -> AsyncIterator[SocketBot]:
    connected = SocketBot(server, session)
    assert (await connected.connect())["errcode"] == 0
    yield connected
    await connected.close()
