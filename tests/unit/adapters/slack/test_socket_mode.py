"""Socket Mode over a real socket: acknowledgements, repeats, reconnecting."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from aiohttp import WSMsgType, web

from adapters.slack import SlackAdapter, SlackPorts, socket_mode
from bot.contracts.errors import IntakeUnavailable
from bot.contracts.message import Message


class Peer:
    """Slack's end: hands out envelopes, notes what is acknowledged."""

    def __init__(self) -> None:
        self.waiting: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()  # None: hang up
        self.acknowledged: list[dict[str, Any]] = []
        self.connections = 0

    async def serve(self, request: web.Request, body: Any) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.connections += 1
        await socket.send_json({"type": "hello", "num_connections": 1})
        reading = asyncio.create_task(self._read(socket))
        while (envelope := await self.waiting.get()) is not None:
            await socket.send_json(envelope)
            if envelope["type"] == "disconnect":
                break
        await asyncio.wait([reading], timeout=0.5)
        await socket.close()
        reading.cancel()
        return socket

    async def _read(self, socket: web.WebSocketResponse) -> None:
        async for said in socket:
            if said.type is WSMsgType.TEXT:
                self.acknowledged.append(said.json())


async def until(what: Any) -> None:
    for _ in range(300):
        if what():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never happened")


@pytest.fixture
def peer(platform: Any) -> Peer:
    found = Peer()
    platform.says("link", found.serve)
    address = platform.url.replace("http://", "ws://") + "/link?ticket=secret"
    platform.says("apps.connections.open", {"ok": True, "url": address})
    return found


@pytest.fixture
async def stored(
    platform: Any, peer: Peer, clock: Any, front: Any, tools: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[list[Message | str]]:
    """The messages that were stored; "full" in it makes the next storing fail."""
    monkeypatch.setattr(socket_mode, "FIRST_WAIT", 0.01)
    found: list[Message | str] = []

    async def receive(messages: Sequence[Message]) -> None:
        if "full" in found:
            found.remove("full")
            raise IntakeUnavailable
        found.extend(messages)

    settings = tools.settings_for(platform.url, mode="socket", app_token=tools.app_token)
    adapter = SlackAdapter(settings, clock, "http://127.0.0.1:8080", tmp_path, SlackPorts(front))
    app = web.Application()
    adapter.mount(app, receive)
    assert list(app.router.routes()) == [], "no public address is needed"
    running = asyncio.create_task(adapter.run())
    yield found
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    await adapter.close()


def envelope(number: str, payload: dict[str, Any], kind: str = "events_api", **more: Any) -> dict[str, Any]:
    return {"type": kind, "envelope_id": number, "payload": payload, "accepts_response_payload": False, **more}


async def test_stored_then_acknowledged(peer: Peer, stored: list[Any], platform: Any, tools: Any) -> None:
    await peer.waiting.put(envelope("e-1", tools.callback(tools.said("你好"))))
    await until(lambda: peer.acknowledged)
    assert peer.acknowledged == [{"envelope_id": "e-1"}]
    assert [message.text for message in stored] == ["你好"]
    assert platform.tokens[0] == f"Bearer {tools.app_token}"


async def test_what_is_not_stored_is_not_acknowledged(peer: Peer, stored: list[Any], tools: Any) -> None:
    """Slack sends it again."""
    stored.append("full")
    body = tools.callback(tools.said("你好"))
    await peer.waiting.put(envelope("e-1", body))
    await until(lambda: "full" not in stored)
    await peer.waiting.put(envelope("e-2", body, retry_attempt=1))
    await until(lambda: peer.acknowledged)
    assert peer.acknowledged == [{"envelope_id": "e-2"}]
    assert [message.id for message in stored] == ["slack:Ev1"]


async def test_commands_are_confirmed(peer: Peer, stored: list[Any], platform: Any) -> None:
    platform.says("conversations.open", {"ok": True, "channel": {"id": "D7"}})
    body = {"command": "/xiaoce", "text": "帮助", "user_id": "U1", "trigger_id": "t-1"}
    await peer.waiting.put(envelope("e-1", body, "slash_commands", accepts_response_payload=True))
    await until(lambda: peer.acknowledged)
    assert peer.acknowledged[0]["payload"]["response_type"] == "ephemeral"
    assert stored[0].conversation == "D7"


async def test_presses(peer: Peer, stored: list[Any], tools: Any) -> None:
    await peer.waiting.put(envelope("e-1", tools.pressed("c|useful"), "interactive", accepts_response_payload=True))
    await until(lambda: stored)
    assert stored[0].press.action == "useful"


@pytest.mark.parametrize("payload", ["text", None, [], {"event": 7, "type": "event_callback"}])
async def test_odd_envelopes(peer: Peer, stored: list[Any], payload: Any) -> None:
    await peer.waiting.put({"type": "mystery"})
    await peer.waiting.put({"type": "events_api", "envelope_id": "e-1", "payload": payload})
    await until(lambda: peer.acknowledged)
    assert stored[0].kind == "event"


@pytest.mark.parametrize("end", [{"type": "disconnect", "reason": "refresh_requested"}, None])
async def test_it_comes_back(peer: Peer, stored: list[Any], tools: Any, platform: Any, end: Any) -> None:
    """With a new address each time: a ticket is good once."""
    await until(lambda: peer.connections)
    await peer.waiting.put(end)
    await until(lambda: peer.connections == 2)
    await peer.waiting.put(envelope("e-1", tools.callback(tools.said("又来了"))))
    await until(lambda: stored)
    assert platform.methods.count("apps.connections.open") == 2


async def test_what_is_being_stored_when_slack_leaves_is_still_acknowledged(
    peer: Peer, stored: list[Any], tools: Any
) -> None:
    await peer.waiting.put(envelope("e-1", tools.callback(tools.said("你好"))))
    await peer.waiting.put({"type": "disconnect", "reason": "warning"})
    await until(lambda: peer.acknowledged)
    assert len(stored) == 1


async def test_a_refused_token_is_tried_again_without_end(
    peer: Peer, stored: list[Any], platform: Any, tools: Any
) -> None:
    await until(lambda: peer.connections)
    good = platform.reactions["apps.connections.open"][0]
    platform.says("apps.connections.open", {"ok": False, "error": "invalid_auth"}, web.Response(status=503), good)
    await peer.waiting.put(None)
    await until(lambda: peer.connections == 2)


def test_waits_grow_to_a_minute() -> None:
    assert socket_mode.wait_after(0) == 0
    assert 0.5 <= socket_mode.wait_after(1) <= 1
    assert 30 <= socket_mode.wait_after(50) <= 60


async def test_a_process_that_takes_no_messages_opens_no_socket(
    platform: Any, clock: Any, front: Any, tools: Any, tmp_path: Path
) -> None:
    """A command beside the server would steal its events."""
    settings = tools.settings_for(platform.url, mode="socket", app_token=tools.app_token)
    adapter = SlackAdapter(settings, clock, "", tmp_path, SlackPorts(front))
    await asyncio.wait_for(adapter.run(), 1)
    assert platform.asked == []
