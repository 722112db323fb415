"""The emulated AI bot's server: callbacks or long connection, response_url, webhook, files and phones on one socket."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Literal, Self

from aiohttp import web

from tests.emulators.common.clock import Clock, SystemClock
from tests.emulators.common.record import RawRequest
from tests.emulators.wecom.api import MAX_BODY
from tests.emulators.wecom.chats import Chats
from tests.emulators.wecom.ledger import Ledger, Outcome
from tests.emulators.wecom_bot.api import BotFront
from tests.emulators.wecom_bot.bot import Bot, named
from tests.emulators.wecom_bot.callback_url import CallbackUrl
from tests.emulators.wecom_bot.faults import BotFaults
from tests.emulators.wecom_bot.members import Members
from tests.emulators.wecom_bot.phone import add_phone
from tests.emulators.wecom_bot.sockets import Sockets
from tests.emulators.wecom_bot.wire import Wire
from tests.emulators.wecom_bot.world import BotWorld

Mode = Literal["http", "socket"]
DEFAULT_USERS = ("zhangmin", "liwei")
SHUTDOWN_SECONDS = 0.5
SAMPLE_BOT_ID, SAMPLE_SECRET = "aibEmulatedBot0001", "emulated-bot-secret-0001"
SAMPLE_TOKEN, SAMPLE_AES_KEY = "EmulatedBotToken", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFA"


class WecomBotEmulator:
    """`async with WecomBotEmulator(mode=…) as emulator:` serves at `emulator.base_url` until the block ends."""

    def __init__(
        self,
        *,
        mode: Mode = "http",
        clock: Clock | None = None,
        bot_id: str = SAMPLE_BOT_ID,
        secret: str = SAMPLE_SECRET,
        token: str = SAMPLE_TOKEN,
        aes_key: str = SAMPLE_AES_KEY,
        users: Mapping[str, str] | Iterable[str] = DEFAULT_USERS,
        groups: Mapping[str, Iterable[str]] | None = None,
        webhook_keys: Iterable[str] = (),
        callback_url: str = "",
        refresh_seconds: float = 0.5,
        host: str = "127.0.0.1",
        port: int = 0,
        name: str = "小策智能机器人",
    ) -> None:
        members = {chat: tuple(userids) for chat, userids in (groups or {}).items()}
        bot = Bot(bot_id, secret, token, aes_key, named(users), members, name)
        self.mode = mode
        self.world = BotWorld(bot, clock or SystemClock(), webhook_keys)
        self._callback_url, self._refresh_seconds = callback_url, refresh_seconds
        self._host, self._port = host, port
        self._runner: web.AppRunner | None = None
        self.base_url = ""
        self.callback_url: CallbackUrl
        self.sockets: Sockets
        self.callbacks: Members

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Open the socket."""
        app = web.Application(client_max_size=MAX_BODY)
        app.router.add_route("*", "/cgi-bin/{interface:.*}", BotFront(self.world).handle)
        app.router.add_get("/files/{name}", self.world.files.serve)
        app.router.add_get("/", self._connect)
        add_phone(app, self)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()
        self.base_url = f"http://{self._host}:{self._runner.addresses[0][1]}"
        self.callback_url = CallbackUrl(self.world, self.base_url, self._callback_url, self._refresh_seconds)
        self.sockets = Sockets(self.world, self.base_url)
        wire: Wire = self.sockets if self.mode == "socket" else self.callback_url
        self.callbacks = Members(self.world, wire)

    async def stop(self) -> None:
        """Close the socket and every connection."""
        await self.callback_url.close()
        await self.sockets.close()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def socket_url(self) -> str:
        """Where the bot's long connection goes."""
        return self.base_url.replace("http://", "ws://")

    @property
    def bot(self) -> Bot:
        """Credentials and members."""
        return self.world.bot

    @property
    def ledger(self) -> Ledger:
        """What became of everything the bot said; the recipient is a userid or a group's chatid."""
        return self.world.ledger

    @property
    def faults(self) -> BotFaults:
        """The switches."""
        return self.world.faults

    @property
    def chats(self) -> Chats:
        """The conversations, by userid or chatid."""
        return self.world.chats

    @property
    def requests(self) -> list[RawRequest]:
        """Every raw request to /cgi-bin, in order."""
        return self.world.record.requests

    @property
    def violations(self) -> list[str]:
        """What a careful bot would not do; empty at the end of a good test."""
        return self.world.record.violations

    @property
    def warnings(self) -> list[str]:
        """What is allowed but does not show as meant."""
        return self.world.record.warnings

    def set_callback(self, url: str) -> None:
        """Save the callback URL."""
        self.callback_url.url = url

    def said(self, chat: str) -> list[str]:
        """The bot's words in a conversation as they stand there now, oldest first."""
        words = [str(bubble.content.get("content", "")) for bubble in self.chats.of(chat) if bubble.sender == "app"]
        return [word for word in words if word]

    async def wait_finished(self, chat: str, count: int = 1, patience: float = 5.0) -> list[str]:
        """Wait (real seconds) until so many streams are finished there; their last words. Raises TimeoutError."""
        async with asyncio.timeout(patience):
            while len(found := self._finished(chat)) < count:
                await asyncio.sleep(0.01)
        return found

    def _finished(self, chat: str) -> list[str]:
        entries = self.ledger.of(Outcome.DELIVERED, Outcome.UPDATED, place=chat, kind="stream")
        return [entry.text for entry in entries if entry.payload.get("finish")]

    async def _connect(self, request: web.Request) -> web.StreamResponse:
        if self.mode == "socket" and request.headers.get("Upgrade", "").lower() == "websocket":
            return await self.sockets.handle(request)
        raise web.HTTPFound("/phone")
