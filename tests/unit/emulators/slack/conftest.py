"""An emulator with a clock that stands still, a client for its API, and apps that take its events."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.emulators.slack import Channel, ManualClock, SlackEmulator
from tests.unit.emulators.slack.support import CHANNEL, OTHER, USER, ApiClient, EventsApp

CHANNELS = {
    CHANNEL: Channel("sales", (USER, OTHER)),
    "C0NOBOT": Channel("random", (USER,), bot_in=False),
    "C0SECRET": Channel("board", (OTHER,), bot_in=False, private=True),
    "C0OLD": Channel("old", (USER,), archived=True),
}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def emulator(clock: ManualClock) -> AsyncIterator[SlackEmulator]:
    async with SlackEmulator(clock=clock, channels=CHANNELS, burst=10) as running:
        yield running


@pytest.fixture
async def api(emulator: SlackEmulator) -> AsyncIterator[ApiClient]:
    async with aiohttp.ClientSession() as session:
        yield ApiClient(emulator, session)


@pytest.fixture
async def app(emulator: SlackEmulator, clock: ManualClock) -> AsyncIterator[EventsApp]:
    async with EventsApp(emulator, clock) as running:
        emulator.set_callback(running.url)
        yield running
