"""Socket Mode: tickets, connections, envelopes and their acknowledgements."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import WSMsgType, web

from tests.emulators.slack.delivery import Attempt, Kind
from tests.emulators.slack.errors import SlackError
from tests.emulators.slack.world import World

ACK_SECONDS = 3.0
MAX_CONNECTIONS = 10
LONGEST = 18060  # seconds after which Slack asks for a fresh connection
Reason = Literal["refresh_requested", "warning", "link_disabled"]


@dataclass
class Connection:
    """One WebSocket of the app."""

    ws: web.WebSocketResponse
    transport: asyncio.Transport | None
    waiting: dict[str, asyncio.Future[bytes]] = field(default_factory=dict)  # by envelope_id
    leaving: bool = False  # was asked to reconnect: gets nothing new


class Sockets:
    """All connections of the app."""

    def __init__(self, world: World) -> None:
        self.ack_seconds = ACK_SECONDS
        self.connections: list[Connection] = []
        self.opened = 0  # connections since the start
        self._world = world
        self._tickets: set[str] = set()
        self._next = 0

    def new_url(self) -> str:
        """An address that is good for one connection."""
        if len(self.connections) >= MAX_CONNECTIONS:
            raise SlackError("too_many_websockets")
        ticket = str(uuid.uuid4())
        self._tickets.add(ticket)
        address = self._world.base_url.replace("http", "ws", 1)
        return f"{address}/link/?ticket={ticket}&app_id={self._world.workspace.app_id}"

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """One connection, from hello to goodbye."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            raise web.HTTPForbidden(text="invalid ticket")
        self._tickets.remove(ticket)
        ws = web.WebSocketResponse(heartbeat=10.0)
        await ws.prepare(request)
        connection = Connection(ws, request.transport)
        self.connections.append(connection)
        self.opened += 1
        try:
            await ws.send_json(self._hello())
            await self._listen(connection)
        finally:
            self._gone(connection)
        return ws

    async def deliver(self, kind: Kind, payload: Mapping[str, Any], number: int, reason: str) -> Attempt:
        """Send one envelope over the next connection and wait for its acknowledgement."""
        connection = self._choose()
        if connection is None:
            return Attempt(0, 0.0, error="no connection")
        envelope = _envelope(kind, payload, number, reason)
        answered = connection.waiting[envelope["envelope_id"]] = asyncio.get_running_loop().create_future()
        started = time.perf_counter()
        try:
            await connection.ws.send_json(envelope)
            body = await asyncio.wait_for(answered, self.ack_seconds)
        except (TimeoutError, ConnectionError) as error:
            return Attempt(0, time.perf_counter() - started, error=f"{type(error).__name__}: no acknowledgement")
        finally:
            connection.waiting.pop(envelope["envelope_id"], None)
        return Attempt(200, time.perf_counter() - started, body)

    async def ask_to_leave(self, reason: Reason = "refresh_requested", close: bool = True) -> None:
        """Tell every connection to reconnect; `warning` comes some seconds before the end, so nothing closes yet."""
        for connection in list(self.connections):
            connection.leaving = reason != "warning"
            await connection.ws.send_json({"type": "disconnect", "reason": reason, "debug_info": _debug()})
            if close and reason != "warning":
                await connection.ws.close()

    def cut(self) -> None:
        """Drop every connection without a word, as a broken network does."""
        for connection in list(self.connections):
            self._gone(connection)
            if (transport := connection.transport) is not None:
                transport.abort()

    async def close(self) -> None:
        """The server goes down."""
        await asyncio.gather(*(connection.ws.close() for connection in list(self.connections)))

    def _choose(self) -> Connection | None:
        able = [connection for connection in self.connections if not connection.leaving and not connection.ws.closed]
        if not able:
            return None
        self._next += 1
        return able[self._next % len(able)]

    async def _listen(self, connection: Connection) -> None:
        async for message in connection.ws:
            if message.type is WSMsgType.TEXT:
                self._take(connection, message.data)

    def _take(self, connection: Connection, text: str) -> None:
        faults, record = self._world.faults.sending, self._world.record
        try:
            answer = json.loads(text)
            ident = answer["envelope_id"]
        except (ValueError, TypeError, KeyError):
            record.violation(f"Socket Mode: not an acknowledgement: {text[:80]}")
            return
        if unknown := answer.keys() - {"envelope_id", "payload"}:
            record.violation(f"Socket Mode: unknown fields {sorted(unknown)}")
        if faults.lost_acks > 0:
            faults.lost_acks -= 1
        elif (waiting := connection.waiting.get(ident)) and not waiting.done():
            waiting.set_result(json.dumps(answer["payload"]).encode() if answer.get("payload") else b"")
        else:
            record.warnings.append("Socket Mode: an envelope was acknowledged late, twice or elsewhere")

    def _gone(self, connection: Connection) -> None:
        if connection in self.connections:
            self.connections.remove(connection)
        for waiting in connection.waiting.values():
            if not waiting.done():
                waiting.set_exception(ConnectionError("closed"))

    def _hello(self) -> dict[str, Any]:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "debug_info": {**_debug(), "approximate_connection_time": LONGEST},
            "connection_info": {"app_id": self._world.workspace.app_id},
        }


def _envelope(kind: Kind, payload: Mapping[str, Any], number: int, reason: str) -> dict[str, Any]:
    envelope: dict[str, Any] = {"envelope_id": str(uuid.uuid4()), "payload": payload, "type": kind}
    envelope["accepts_response_payload"] = kind != "events_api"
    if kind == "events_api":
        envelope.update({"retry_attempt": number, "retry_reason": reason.removeprefix("http_")})
    return envelope


def _debug() -> dict[str, Any]:
    return {"host": f"applink-{secrets.token_hex(4)}", "build_number": 118}
