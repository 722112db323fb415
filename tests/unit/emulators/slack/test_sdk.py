"""The official SDK as a second opinion: what it sends is taken, what it reads is there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from tests.emulators.slack import SlackEmulator
from tests.unit.emulators.slack.support import CHANNEL, USER, EventsApp, button, modal, section


@pytest.fixture
def web(emulator: SlackEmulator) -> AsyncWebClient:
    return AsyncWebClient(token=emulator.workspace.bot_token, base_url=f"{emulator.base_url}/api/")


async def test_messages_views_and_files(web: AsyncWebClient, emulator: SlackEmulator, app: EventsApp) -> None:
    assert (await web.auth_test())["bot_id"] == emulator.workspace.bot_id
    sent = await web.chat_postMessage(channel=CHANNEL, text="你好", blocks=[section(accessory=button())])
    await web.chat_update(channel=CHANNEL, ts=sent["ts"], text="改", blocks=[])
    await web.chat_postEphemeral(channel=CHANNEL, user=USER, text="只给你")
    opened = await web.conversations_open(users=USER)
    asked = (await emulator.callbacks.say(USER, "问")).post
    stream = await web.chat_startStream(channel=opened["channel"]["id"], thread_ts=asked.ts, markdown_text="答")
    await web.chat_stopStream(channel=opened["channel"]["id"], ts=stream["ts"], markdown_text="完")
    await web.views_publish(user_id=USER, view={"type": "home", "blocks": [section()]})
    await emulator.callbacks.command(USER, "")
    await web.views_open(trigger_id=app.received[-1]["trigger_id"], view=modal())
    uploaded = await web.files_upload_v2(channel=CHANNEL, content=b"abc", filename="a.txt", initial_comment="请看")
    assert (await web.files_info(file=uploaded["file"]["id"]))["file"]["name"] == "a.txt"
    assert (await web.users_info(user=USER))["user"]["real_name"] == "张敏"
    replies = await web.conversations_replies(channel=opened["channel"]["id"], ts=asked.ts)
    assert [message["text"] for message in replies["messages"]] == ["问", "答完"]
    thread = (await emulator.callbacks.start_assistant(USER)).post
    place = {"channel_id": opened["channel"]["id"], "thread_ts": thread.ts}
    await web.assistant_threads_setStatus(**place, status="正在…")
    await web.assistant_threads_setSuggestedPrompts(**place, prompts=[{"title": "问", "message": "问"}])
    await web.chat_delete(channel=CHANNEL, ts=sent["ts"])
    assert emulator.violations == []


async def test_errors_are_understood(web: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError) as caught:
        await web.chat_postMessage(channel=CHANNEL, text="x", blocks=[section("字" * 3001)])
    assert caught.value.response["error"] == "invalid_blocks"
    assert "3001" in caught.value.response["response_metadata"]["messages"][0]


@pytest.fixture
async def connected(emulator: SlackEmulator, web: AsyncWebClient) -> AsyncIterator[tuple[SocketModeClient, list[str]]]:
    heard: list[str] = []

    async def listen(client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        heard.append(request.payload["event"]["text"])
        await client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))

    client = SocketModeClient(app_token=emulator.workspace.app_token, web_client=web, ping_interval=0.2)
    client.socket_mode_request_listeners.append(listen)
    await client.connect()  # type: ignore[no-untyped-call]  # the SDK gives it no types
    yield client, heard
    await client.close()  # type: ignore[no-untyped-call]  # likewise


async def test_socket_mode_reconnects(emulator: SlackEmulator, connected: tuple[SocketModeClient, list[str]]) -> None:
    assert (await emulator.callbacks.say(USER, "一")).ok
    await emulator.sockets.ask_to_leave("refresh_requested")
    async with asyncio.timeout(10):
        while emulator.sockets.opened < 2 or not emulator.sockets.connections:
            await asyncio.sleep(0.05)
    assert (await emulator.callbacks.say(USER, "二")).ok
    assert connected[1] == ["一", "二"]
