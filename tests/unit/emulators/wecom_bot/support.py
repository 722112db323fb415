"""A plain bot behind the callback URL and a plain bot on the long connection, both without any of our adapters."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import aiohttp
import xmltodict
from aiohttp import web
from wechatpy.work.crypto import WeChatCrypto

from tests.emulators.wecom_bot import WecomBotEmulator
from tests.emulators.wecom_bot.bot import Bot

Body = dict[str, Any]
RESPOND, SEND = "aibot_respond_msg", "aibot_send_msg"


def stream(content: str, *, finish: bool = True, name: str = "s1", **more: Any) -> Body:
    return {"msgtype": "stream", "stream": {"id": name, "finish": finish, "content": content, **more}}


def card(task_id: str = "quote-1", title: str = "报价审批", **more: Any) -> Body:
    buttons = [{"text": "同意", "style": 1, "key": "approve"}, {"text": "退回", "style": 2, "key": "reject"}]
    shape = {"card_type": "button_interaction", "main_title": {"title": title}, "button_list": buttons}
    return {"msgtype": "template_card", "template_card": {**shape, "task_id": task_id, **more}}


def markdown(content: str) -> Body:
    return {"msgtype": "markdown", "markdown": {"content": content}}


class CallbackBot:
    """Takes callbacks on a real socket, opens and seals them with wechatpy."""

    def __init__(self, bot: Bot) -> None:
        self.crypto = WeChatCrypto(bot.token, bot.aes_key, "")
        self.received: list[Body] = []
        self.statuses: list[int] = []  # answers to give first; then 200
        self.answer: Callable[[Body], Body | None] = lambda message: None
        self.delay = 0.0
        self.raw = b""  # instead of a sealed answer

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/bot", self._verify)
        app.router.add_post("/bot", self._take)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/bot"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    @property
    def messages(self) -> list[Body]:
        """What came, but for the questions after streams."""
        return [body for body in self.received if body["msgtype"] != "stream"]

    async def _verify(self, request: web.Request) -> web.Response:
        query = request.query
        try:
            names = ("msg_signature", "timestamp", "nonce", "echostr")
            return web.Response(text=self.crypto.check_signature(*(query[name] for name in names)))
        except Exception:
            return web.Response(status=403)

    async def _take(self, request: web.Request) -> web.Response:
        await asyncio.sleep(self.delay)
        assert request.content_type == "application/json"
        query = request.query
        try:
            outside = {"Encrypt": (await request.json())["encrypt"]}
            plain = self.crypto.decrypt_message(outside, query["msg_signature"], query["timestamp"], query["nonce"])
            self.received.append(message := json.loads(plain))
        except Exception:
            return web.Response(status=403)
        status = self.statuses.pop(0) if self.statuses else 200
        return web.Response(status=status, body=self.raw or self._seal(self.answer(message)))

    def _seal(self, answer: Body | None) -> bytes:
        if answer is None:
            return b""
        sealed = xmltodict.parse(self.crypto.encrypt_message(json.dumps(answer), "nonce", "1772413200"))["xml"]
        outside = {"encrypt": sealed["Encrypt"], "msgsignature": sealed["MsgSignature"]}
        return json.dumps({**outside, "timestamp": int(sealed["TimeStamp"]), "nonce": sealed["Nonce"]}).encode()


class SocketBot:
    """A client of the long connection: one reader, acks by req_id, callbacks in a queue."""

    def __init__(self, emulator: WecomBotEmulator, session: aiohttp.ClientSession) -> None:
        self._emulator = emulator
        self._session = session
        self._ids = itertools.count(1)
        self._acks: dict[str, asyncio.Future[Body]] = {}
        self.callbacks: asyncio.Queue[Body] = asyncio.Queue()
        self.ended = asyncio.Event()

    async def connect(self, **changed: str) -> Body:
        """Connect and subscribe; the ack."""
        self.socket = await self._session.ws_connect(self._emulator.socket_url)
        self._reader = asyncio.create_task(self._read())
        bot = self._emulator.bot
        return await self.call("aibot_subscribe", {"bot_id": bot.bot_id, "secret": bot.secret, **changed})

    async def close(self) -> None:
        await self.socket.close()
        await self._reader

    async def call(self, command: str, body: Body | None = None, req_id: str = "", patience: float = 2) -> Body:
        """Send a command and wait for its ack; TimeoutError if none comes."""
        req_id = req_id or f"{command}_{next(self._ids)}"
        self._acks[req_id] = asyncio.get_running_loop().create_future()
        frame = {"cmd": command, "headers": {"req_id": req_id}, **({"body": body} if body is not None else {})}
        await self.socket.send_json(frame)
        async with asyncio.timeout(patience):
            return await self._acks[req_id]

    async def code(self, command: str, body: Body | None = None, req_id: str = "") -> int:
        """Just the errcode."""
        return int((await self.call(command, body, req_id))["errcode"])

    async def callback(self) -> Body:
        """The next callback."""
        async with asyncio.timeout(2):
            return await self.callbacks.get()

    async def req_id(self) -> str:
        """The req_id of the next callback."""
        return str((await self.callback())["headers"]["req_id"])

    async def _read(self) -> None:
        async for message in self.socket:
            frame = json.loads(message.data)
            if "cmd" in frame:
                await self.callbacks.put(frame)
            elif not (ack := self._acks[frame["headers"]["req_id"]]).done():
                ack.set_result(frame)
        self.ended.set()
