"""A stand-in for WeCom that tests script in a few lines: signed callbacks, response_url, webhooks and a socket."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, WSMsgType, web
from aiohttp.test_utils import TestServer
from wechatpy.work.crypto import PrpCrypto

from adapters.wecom_bot import StreamState, WecomBotAdapter, WecomBotPorts, callback, link, passive
from adapters.wecom_bot.translate import stream_id
from bot.contracts.adapter import Parcel
from bot.contracts.errors import IntakeUnavailable
from bot.contracts.message import Message
from bot.contracts.reply import Address
from config.groups.wecom_bot import WecomBot

TOKEN, AES_KEY, BOT = "QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "aib-1"


@dataclass
class StillClock:
    """A clock that moves only when told."""

    at: datetime = datetime(2025, 3, 3, 2, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def move(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class MemoryStreams:
    """The port as ports.py words it, without a database; it outlives adapters, as a database does."""

    def __init__(self) -> None:
        self.rows: dict[str, StreamState] = {}

    async def begin(self, stream_id: str, about: Mapping[str, Any], at: datetime) -> None:
        self.rows.setdefault(stream_id, StreamState(stream_id, at, json.loads(json.dumps(about))))

    async def get(self, stream_id: str) -> StreamState | None:
        return self.rows.get(stream_id)

    async def put(
        self, stream_id: str, content: str, finish: bool, card: Mapping[str, Any] | None = None, owner: str = ""
    ) -> bool:
        row = self.rows.get(stream_id)
        if row is None or (row.owner and row.owner != owner):
            return False
        if not row.owner:
            self.rows[stream_id] = replace(row, content=content, finish=finish, card=card, owner=owner)
        return True

    async def take(self, stream_id: str) -> StreamState | None:
        row = self.rows.get(stream_id)
        if row is not None and row.finish:
            row = self.rows[stream_id] = replace(row, taken=True)
        return row

    async def withdraw(self, stream_id: str, owner: str, words: str) -> bool:
        row = self.rows[stream_id]
        if row.taken or row.owner != owner:
            return False
        self.rows[stream_id] = replace(row, content=words, card=None, owner="-")
        return True

    async def spend(self, stream_id: str, parcel_id: str) -> bool:
        row = self.rows[stream_id]
        if row.spent_by in ("", parcel_id):
            self.rows[stream_id] = replace(row, spent_by=parcel_id)
            return True
        return False


class MemoryRelay:
    """Between adapters of one test."""

    def __init__(self) -> None:
        self.handle: Callable[[str, Mapping[str, Any]], Awaitable[dict[str, Any]]] | None = None

    async def ask(self, parcel_id: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        if self.handle is None:
            raise TimeoutError
        answer = await self.handle(parcel_id, json.loads(json.dumps(payload)))
        return dict(json.loads(json.dumps(answer)))

    async def serve(self, handle: Callable[[str, Mapping[str, Any]], Awaitable[dict[str, Any]]]) -> None:
        self.handle = handle
        try:
            await asyncio.Event().wait()
        finally:
            self.handle = None


@dataclass
class MemoryLease:
    """The right of one adapter; `ours` says whether it has it."""

    ours: bool = True
    given_back: int = 0

    async def __call__(self) -> bool:
        return self.ours

    async def give_back(self) -> None:
        self.given_back += 1


@dataclass
class Desk:
    """Receives as the intake does: stores, or can't."""

    messages: list[Message] = field(default_factory=list)
    broken: int = 0

    async def __call__(self, messages: Sequence[Message]) -> None:
        if self.broken:
            self.broken -= 1
            raise IntakeUnavailable
        self.messages += messages


@dataclass
class Wecom:
    """response_url, webhooks, files and the socket; keeps all that was said."""

    url: str = ""
    posts: list[tuple[str, Any]] = field(default_factory=list)
    post_answers: list[Any] = field(default_factory=list)  # a dict, or "cut"; {} when empty
    files: dict[str, tuple[bytes, dict[str, str]]] = field(default_factory=dict)
    frames: list[dict[str, Any]] = field(default_factory=list)
    refuse: dict[str, dict[str, Any]] = field(default_factory=dict)  # cmd → answer
    bodies: dict[str, dict[str, Any]] = field(default_factory=dict)  # cmd → body of the answer
    mute: set[str] = field(default_factory=set)  # cmds that get no answer
    sockets: list[web.WebSocketResponse] = field(default_factory=list)

    async def post(self, request: web.Request) -> web.StreamResponse:
        self.posts.append((request.path_qs, await request.json()))
        answer = self.post_answers.pop(0) if self.post_answers else {"errcode": 0, "errmsg": "ok"}
        if answer == "cut" and request.transport:
            request.transport.close()
            return web.Response()
        return web.json_response(answer)

    async def file(self, request: web.Request) -> web.StreamResponse:
        content, headers = self.files[request.match_info["name"]]
        return web.Response(body=content, headers=headers)

    async def socket(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(max_msg_size=8 * 1024 * 1024)
        await socket.prepare(request)
        async for said in socket:
            if said.type is WSMsgType.TEXT:
                await self._take(socket, json.loads(said.data))
        self.sockets = [open_one for open_one in self.sockets if open_one is not socket]
        return socket

    async def _take(self, socket: web.WebSocketResponse, frame: dict[str, Any]) -> None:
        self.frames.append(frame)
        cmd = frame["cmd"]
        if cmd in self.mute:
            return
        answer = self.refuse.get(cmd, {"errcode": 0, "errmsg": "ok"})
        if cmd == "aibot_subscribe" and answer["errcode"] == 0:
            for older in self.sockets:
                event = {"msgtype": "event", "event": {"eventtype": "disconnected_event"}}
                await older.send_json({"cmd": "aibot_event_callback", "headers": {"req_id": "k"}, "body": event})
            self.sockets = [socket]
        body = {"body": self.bodies[cmd]} if cmd in self.bodies else {}
        await socket.send_json({"headers": frame["headers"], **answer, **body})

    async def says(self, body: dict[str, Any], req_id: str = "req-1") -> None:
        """A callback over the socket."""
        cmd = "aibot_event_callback" if body["msgtype"] == "event" else "aibot_msg_callback"
        await self.sockets[-1].send_json({"cmd": cmd, "headers": {"req_id": req_id}, "body": body})

    def sent(self, *cmds: str) -> list[dict[str, Any]]:
        return [frame for frame in self.frames if frame["cmd"] in cmds]


def body(msgtype: str = "text", **others: Any) -> dict[str, Any]:
    """A callback's body as WeCom words it."""
    plain = {"text": {"content": "客户说太贵了怎么回"}} if msgtype == "text" and "text" not in others else {}
    about = {"msgid": "m1", "aibotid": BOT, "chattype": "single", "from": {"userid": "zhangsan"}, "msgtype": msgtype}
    return {**about, **plain, **others}


def pressed(key: str = "card-1:unfold", task_id: str = "task-1", **others: Any) -> dict[str, Any]:
    detail = {"card_type": "button_interaction", "event_key": key, "task_id": task_id}
    return body(
        "event", msgid="e1", event={"eventtype": "template_card_event", "template_card_event": detail}, **others
    )


def entered() -> dict[str, Any]:
    return body("event", msgid="e2", event={"eventtype": "enter_chat"})


def message_id(said: Mapping[str, Any]) -> str:
    return f"wecom_bot:{BOT}:zhangsan:{said['msgid']}"


def parcel(payload: Mapping[str, Any], answers: Mapping[str, Any] | None = None, **others: Any) -> Parcel:
    about: dict[str, Any] = {"id": "p-1", "to": Address("wecom_bot", "user:zhangsan"), "payload": payload}
    return Parcel(**{**about, "answers": message_id(answers) if answers else "", **others})


class Caller:
    """Signs callbacks, sends them to the adapter's URL, and reads the sealed answers."""

    def __init__(self, url: str, session: ClientSession) -> None:
        self.url = url
        self.session = session

    async def call(self, said: Any) -> tuple[int, dict[str, Any] | None]:
        text = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
        secret = self.seal(text)
        data = json.dumps({"encrypt": secret})
        async with self.session.post(self.url, params=self.query(secret), data=data) as response:
            content = await response.read()
        return response.status, self.open(json.loads(content)) if content else None

    def query(self, secret: str) -> dict[str, str]:
        query = {"timestamp": "1740967200", "nonce": "n0nce"}
        return {**query, "msg_signature": self.sign(*query.values(), secret)}

    @staticmethod
    def sign(*parts: str) -> str:
        return hashlib.sha1("".join(sorted([TOKEN, *parts])).encode()).hexdigest()  # noqa: S324  # WeCom's choice

    @staticmethod
    def seal(text: str, receiver: str = "") -> str:
        return PrpCrypto(base64.b64decode(AES_KEY + "=")).encrypt(text, receiver).decode()

    def open(self, envelope: dict[str, Any]) -> dict[str, Any]:
        assert set(envelope) == {"encrypt", "msgsignature", "timestamp", "nonce"}
        timestamp, nonce = envelope["timestamp"], envelope["nonce"]
        assert isinstance(timestamp, int)
        assert envelope["msgsignature"] == self.sign(str(timestamp), nonce, envelope["encrypt"])
        return dict(json.loads(PrpCrypto(base64.b64decode(AES_KEY + "=")).decrypt(envelope["encrypt"], "")))


def settings_for(wecom: Wecom, mode: str, **others: Any) -> WecomBot:
    socket = wecom.url.replace("http://", "ws://") + "/socket"
    values = {"enabled": True, "mode": mode, "token": TOKEN, "aes_key": AES_KEY, "bot_id": BOT, "secret": "s3cr3t"}
    return WecomBot(**{**values, "ws_url": socket, **others})


@pytest.fixture
async def wecom() -> AsyncIterator[Wecom]:
    found = Wecom()
    app = web.Application()
    app.router.add_post("/{name:response|cgi-bin/webhook/send}", found.post)
    app.router.add_get("/file/{name}", found.file)
    app.router.add_get("/socket", found.socket)
    server = TestServer(app)
    await server.start_server()
    found.url = str(server.make_url("")).rstrip("/")
    yield found
    await server.close()


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def streams() -> MemoryStreams:
    return MemoryStreams()


@pytest.fixture
def relay() -> MemoryRelay:
    return MemoryRelay()


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def make(
    wecom: Wecom, clock: StillClock, streams: MemoryStreams, relay: MemoryRelay, tmp_path: Path
) -> Callable[..., WecomBotAdapter]:
    def made(mode: str, lease: MemoryLease | None = None) -> WecomBotAdapter:
        ports = WecomBotPorts(streams, relay, lease) if lease else WecomBotPorts(streams, relay)
        return WecomBotAdapter(settings_for(wecom, mode), clock, "https://bot.example.com", tmp_path, ports)

    return made


@pytest.fixture
async def callback_bot(
    make: Callable[..., WecomBotAdapter], desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[WecomBotAdapter, Caller]]:
    """An adapter in callback mode, served, and somebody who calls it."""
    monkeypatch.setattr(callback, "PATIENCE", {"message": 0.3, "press": 0.6, "welcome": 0.6})
    monkeypatch.setattr(callback, "LOOK", 0.02)
    monkeypatch.setattr(passive, "COMES", 0.5)
    monkeypatch.setattr(passive, "LOOK", 0.02)
    made = make("callback")
    app = web.Application()
    made.mount(app, desk)
    server = TestServer(app)
    await server.start_server()
    async with ClientSession() as session:
        yield made, Caller(str(server.make_url("/wecom-bot/callback")), session)
    await server.close()
    await made.close()


@pytest.fixture
async def socket_bot(
    make: Callable[..., WecomBotAdapter], desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[WecomBotAdapter]:
    """An adapter in websocket mode, connected."""
    monkeypatch.setattr(link, "FIRST_WAIT", 0.02)
    made = make("websocket")
    made.mount(web.Application(), desk)
    running = asyncio.create_task(made.run())
    await until(lambda: made._link.connection is not None)
    yield made
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await made.close()


async def until(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


class Tools:
    """What the tests need of this file; passed as a fixture, since test folders aren't packages."""

    token, aes_key, bot = TOKEN, AES_KEY, BOT
    body = staticmethod(body)
    lease = MemoryLease
    pressed = staticmethod(pressed)
    entered = staticmethod(entered)
    parcel = staticmethod(parcel)
    until = staticmethod(until)
    settings_for = staticmethod(settings_for)

    @staticmethod
    def stream(said: Mapping[str, Any]) -> str:
        return stream_id(message_id(said))


@pytest.fixture(scope="session")
def tools() -> type[Tools]:
    return Tools
