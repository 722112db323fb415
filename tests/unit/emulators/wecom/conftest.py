"""An emulator with a clock that stands still, a client for its API, and an app that takes its callbacks."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.emulators.wecom import ManualClock, WecomEmulator
from tests.unit.emulators.wecom.support import ApiClient, CallbackApp


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def emulator(clock: ManualClock) -> AsyncIterator[WecomEmulator]:
    async with WecomEmulator(
        clock=clock,
        users=("zhangmin", "liwei", "wangfang"),
        parties={"2": ("liwei", "wangfang")},
        tags={"7": ("zhangmin",)},
        unlicensed=("wangfang",),
        webhook_keys=("robot-key",),
        accounts=100,
    ) as running:
        yield running


@pytest.fixture
async def api(emulator: WecomEmulator) -> AsyncIterator[ApiClient]:
    async with aiohttp.ClientSession() as session:
        yield ApiClient(emulator, session)


@pytest.fixture
async def app(emulator: WecomEmulator) -> AsyncIterator[CallbackApp]:
    async with CallbackApp(emulator.company) as running:
        emulator.set_callback(running.url)
        yield running


@pytest.fixture
def button_card() -> dict[str, Any]:
    return copy.deepcopy(BUTTON_CARD)


BUTTON_CARD: dict[str, Any] = {
    "card_type": "button_interaction",
    "main_title": {"title": "报价审批", "desc": "华东电子"},
    "button_list": [{"text": "同意", "style": 1, "key": "approve"}, {"text": "退回", "style": 3, "key": "reject"}],
    "task_id": "quote-1",
}
