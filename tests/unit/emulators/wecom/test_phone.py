"""The phone page: what a member does in it reaches the app, and what the app sends shows."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from tests.emulators.wecom import WecomEmulator
from tests.unit.emulators.wecom.support import ApiClient, CallbackApp


async def test_the_page_needs_nothing_from_elsewhere(api: ApiClient, emulator: WecomEmulator) -> None:
    for path in ("phone", "phone/static/phone.js", "phone/static/cards.js", "phone/static/phone.css"):
        async with api.session.get(f"{emulator.base_url}/{path}") as response:
            assert response.status == 200
            body = await response.text()
            assert 'src="http' not in body
            assert "url(http" not in body
    async with api.session.get(f"{emulator.base_url}/phone/company") as response:
        assert [user["id"] for user in (await response.json())["users"]] == ["zhangmin", "liwei", "wangfang"]


async def test_words_files_and_buttons_reach_the_app(
    api: ApiClient, emulator: WecomEmulator, app: CallbackApp, button_card: dict[str, Any]
) -> None:
    base, session = f"{emulator.base_url}/phone", api.session
    await session.post(f"{base}/text", json={"user": "zhangmin", "text": "你好"})
    await app.wait_for(1)
    form = aiohttp.FormData()
    form.add_field("file", b"#!AMR\n....", filename="录音.amr")
    await session.post(f"{base}/upload", params={"user": "zhangmin", "kind": "voice"}, data=form)
    await app.wait_for(2)
    msgid = (await api.card(button_card))["msgid"]
    press = {"user": "zhangmin", "id": msgid, "key": "approve", "selected": {}}
    await session.post(f"{base}/press", json=press)
    await app.wait_for(3)
    await session.post(f"{base}/enter", json={"user": "zhangmin"})
    await app.wait_for(4)
    kinds = [message.get("Event", message["MsgType"]) for message in app.received]
    assert kinds == ["text", "voice", "template_card_event", "enter_agent"]
    async with session.post(f"{base}/text", json={"user": "nobody", "text": "?"}) as response:
        assert response.status == 400
    async with session.get(f"{base}/history", params={"user": "zhangmin"}) as response:
        assert [bubble["msgtype"] for bubble in await response.json()] == ["text", "voice", "template_card"]


async def test_new_messages_come_as_events(api: ApiClient, emulator: WecomEmulator) -> None:
    params = {"user": "zhangmin"}
    async with api.session.get(f"{emulator.base_url}/phone/events", params=params) as response:
        assert await response.content.readline() == b": open\n"
        await api.text("新消息")
        async with asyncio.timeout(5):
            while not (line := await response.content.readline()).startswith(b"data: "):
                pass
    assert json.loads(line[6:])["content"] == {"content": "新消息"}


async def test_a_closed_page_is_nothing_to_log(
    api: ApiClient, emulator: WecomEmulator, caplog: pytest.LogCaptureFixture
) -> None:
    params = {"user": "zhangmin"}
    async with api.session.get(f"{emulator.base_url}/phone/events", params=params) as response:
        await response.content.readline()
    for number in range(3):  # the first words after the closing find the line broken
        await api.text(f"还在吗 {number}")
        await asyncio.sleep(0.05)
    assert caplog.records == []
