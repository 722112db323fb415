"""The wire in socket mode: the bot connects, subscribes, and everything goes over that one connection."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import aiohttp
from aiohttp import web

from tests.emulators.wecom.envelope import Envelope
from tests.emulators.wecom.errors import ApiError
from tests.emulators.wecom.faults import CallbackFaults, Fault, Kind
from tests.emulators.wecom.poster import DEADLINE, Attempt, Delivery, Poster
from tests.emulators.wecom_bot import bodies
from tests.emulators.wecom_bot.commands import Commands
from tests.emulators.wecom_bot.connection import Connection, read_frame
from tests.emulators.wecom_bot.errors import BAD_CREDENTIALS, NOT_SUBSCRIBED, BotError
from tests.emulators.wecom_bot.exchanges import Exchange, new_msgid, new_req_id
from tests.emulators.wecom_bot.replies import Payload
from tests.emulators.wecom_bot.wire import BotHow
from tests.emulators.wecom_bot.world import BotWorld

SUBSCRIBE, PING = "aibot_subscribe", "ping"
MESSAGE, EVENT = "aibot_msg_callback", "aibot_event_callback"
FRAME_BYTES = 4 * 1024 * 1024
UNHEARD = timedelta(seconds=100)  # three pings of 30 s missing


class FramePoster(Poster):
    """Writes callbacks to the connection; delays, copies and disorder are those of HTTP callbacks."""

    def __init__(self, sockets: Sockets, world: BotWorld) -> None:
        def faults() -> CallbackFaults:
            return world.faults.callbacks

        super().__init__(faults)
        self._sockets = sockets

    async def attempt(self, url: str, envelope: Envelope, deadline: float) -> Attempt:
        """One frame; status 0 when no bot is connected."""
        told = await self._sockets.tell(json.loads(envelope.body))
        return Attempt(200, 0.0) if told else Attempt(0, 0.0, error="no bot is connected")


class Sockets:
    """The server of long connections."""

    own_keys = True

    def __init__(self, world: BotWorld, base_url: str) -> None:
        self.base_url = base_url
        self.connections: list[Connection] = []
        self._world = world
        self._commands = Commands(world)
        self._poster = FramePoster(self, world)
        self._kicks: set[asyncio.Task[None]] = set()

    @property
    def current(self) -> Connection | None:
        """The connection that counts: the one that subscribed last, if it is still there."""
        return next((c for c in reversed(self.connections) if c.subscribed and not c.socket.closed), None)

    async def close(self) -> None:
        """End every connection."""
        for kick in self._kicks:
            kick.cancel()
        await asyncio.gather(*(connection.socket.close() for connection in self.connections), return_exceptions=True)

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """One connection, until it ends."""
        socket = web.WebSocketResponse(max_msg_size=FRAME_BYTES)
        await socket.prepare(request)
        connection = Connection(len(self.connections) + 1, socket, request.transport, self._world.clock.now())
        self.connections.append(connection)
        async for message in socket:
            if message.type is aiohttp.WSMsgType.TEXT:
                await self._take(connection, message.data)
        return socket

    async def deliver(self, exchange: Exchange, how: BotHow) -> Delivery:
        """Write one callback; it is lost when no bot is connected."""
        if (current := self.current) is not None:
            exchange.connection = current.number
        command = EVENT if exchange.body["msgtype"] == "event" else MESSAGE
        frame = {"cmd": command, "headers": {"req_id": exchange.req_id}, "body": exchange.body}
        envelope = Envelope({}, json.dumps(frame, ensure_ascii=False).encode(), "", exchange.body)
        return await self._poster.post("", lambda: envelope, retries=0, copies=how.get("copies", 1), deadline=DEADLINE)

    async def tell(self, frame: Payload) -> bool:
        """Write a frame to the connection that counts; a bot unheard of for three pings is not there any more."""
        current = self.current
        if current is None or self._world.faults.silent:
            return False
        if self._world.clock.now() - current.heard >= UNHEARD:
            await current.socket.close()
            return False
        return await current.tell(frame)

    async def kick(self) -> None:
        """As if the bot had connected elsewhere: disconnected_event now, the end of the connection a little later."""
        if (current := self.current) is not None:
            await self._kick(current)

    def cut(self) -> None:
        """End the connection without a word."""
        if (current := self.current) is not None:
            current.drop()

    def unsubscribe(self) -> None:
        """The connection stays open, but everything sent on it is refused (846609)."""
        if (current := self.current) is not None:
            current.subscribed = False

    async def _take(self, connection: Connection, text: str) -> None:
        connection.heard = self._world.clock.now()
        frame = read_frame(text, self._world.record)
        if frame is None:
            return
        connection.frames.append(frame)
        command, req_id = str(frame.get("cmd")), frame["headers"]["req_id"]
        self._find_leak(command, text)
        if self._world.faults.silent:
            return
        faults = {fault.kind: fault for fault in self._world.faults.take(command)}
        if slow := faults.get(Kind.SLOW):
            await asyncio.sleep(slow.seconds)
        if Kind.CUT_BEFORE in faults:
            return connection.drop()
        answer = await self._answer(connection, command, req_id, frame, faults.get(Kind.ERRCODE))
        if Kind.CUT_AFTER in faults:
            return connection.drop()
        if not self._world.faults.take_lost_ack(command):
            await connection.tell({"headers": {"req_id": req_id}, **answer})

    async def _answer(
        self, connection: Connection, command: str, req_id: str, frame: Payload, refused: Fault | None
    ) -> Payload:
        try:
            if refused:
                raise BotError(refused.errcode)
            body = await self._obey(connection, command, req_id, frame.get("body") or {})
        except ApiError as error:
            return {"errcode": error.errcode, "errmsg": f"{error.errmsg}, hint: [1772413200_42_6f9]"}
        return {"errcode": 0, "errmsg": "ok", **({"body": body} if body else {})}

    async def _obey(self, connection: Connection, command: str, req_id: str, body: Payload) -> Payload:
        if command == SUBSCRIBE:
            await self._subscribe(connection, body)
            return {}
        if command == PING:
            return {}
        if command not in self._commands.all:
            self._world.record.violation(f"no such command: {command}")
            raise ApiError(40058, f"cmd {command}")
        if not connection.subscribed:
            raise BotError(NOT_SUBSCRIBED)
        return self._commands.all[command](req_id, connection.number, body)

    async def _subscribe(self, connection: Connection, body: Payload) -> None:
        bot = self._world.bot
        if (body.get("bot_id"), body.get("secret")) != (bot.bot_id, bot.secret):
            raise BotError(BAD_CREDENTIALS)  # the connection stays open
        if connection.subscribed:
            self._world.record.violation("subscribed twice on one connection: the server limits how often")
        older = self.current
        connection.subscribed = True
        if older is not None and older is not connection:
            await self._kick(older)

    async def _kick(self, connection: Connection) -> None:
        connection.subscribed = False
        now = int(self._world.clock.now().timestamp())
        common = {"msgid": new_msgid(), "create_time": now, "aibotid": self._world.bot.bot_id}
        body = {**common, **bodies.event("disconnected_event")}
        await connection.tell({"cmd": EVENT, "headers": {"req_id": new_req_id()}, "body": body})
        task = asyncio.get_running_loop().create_task(self._end_later(connection))
        self._kicks.add(task)
        task.add_done_callback(self._kicks.discard)

    async def _end_later(self, connection: Connection) -> None:
        await asyncio.sleep(self._world.faults.kick_linger)
        connection.drop()

    def _find_leak(self, command: str, text: str) -> None:
        if command != SUBSCRIBE and self._world.bot.secret in text:
            self._world.record.violation(f"the secret in {command}")
