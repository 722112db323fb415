"""The AI bot's adapter: its callback URL or its long connection, as `bot.contracts.Adapter`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from aiohttp import web

from adapters.common.wecom.crypto import CallbackCrypto
from adapters.common.wecom.pace import Pace
from adapters.wecom_bot.active import ActiveSender
from adapters.wecom_bot.callback import Callback
from adapters.wecom_bot.check import callback_faults, socket_faults
from adapters.wecom_bot.client import HttpClient
from adapters.wecom_bot.drafts import Drafts
from adapters.wecom_bot.exchange import Exchange
from adapters.wecom_bot.fetch import fetch
from adapters.wecom_bot.inbox import Inbox
from adapters.wecom_bot.intake import BotIntake
from adapters.wecom_bot.link import Link
from adapters.wecom_bot.passive import PassiveSender
from adapters.wecom_bot.ports import WecomBotPorts
from adapters.wecom_bot.render import for_callbacks, for_socket
from adapters.wecom_bot.translate import CHANNEL, USER
from adapters.wecom_bot.uploads import Uploads
from bot.contracts.adapter import Direct, Fetched, Parcel, Payload, Receipt, Receive
from bot.contracts.clock import Clock
from bot.contracts.errors import IntakeUnavailable, TemporaryFailure
from bot.contracts.message import Attachment, Message
from bot.contracts.reply import Address, Reply
from config.groups.wecom_bot import WecomBot

LAST_WORDS = 5.0  # seconds in which what came last is stored when the program stops


class WecomBotAdapter:
    """Translates between an AI bot and the contracts. docs/connect-wecom-bot.md tells how to connect one."""

    name = CHANNEL
    limit = (30, 60.0)  # of each chat; 1000 an hour is kept by `pace`
    drafts = True

    def __init__(self, settings: WecomBot, clock: Clock, public_url: str, data: Path, ports: WecomBotPorts) -> None:
        """`public_url` is the console's address, for links; `data` the folder that outgoing files lie in."""
        self._settings = settings
        self._clock = clock
        self._public_url = public_url.rstrip("/")
        self._ports = ports
        self._receive: Receive = _nobody
        self._client = HttpClient()
        intake = BotIntake(ports.streams, clock, self._received, settings.name)
        self._intake, self._inbox, pace = intake, Inbox(intake), Pace()
        self._link = Link(settings, self._client, ports.lease, self._inbox)
        self._passive = PassiveSender(self._client, clock, ports.streams)
        self._active = ActiveSender(self._link, clock, ports.streams, Uploads(data), pace)
        self._exchange = Exchange(ports.relay, self._active.send)
        self.unasked = self._is_socket  # callbacks can but answer
        self._drafts = Drafts(ports.streams, clock, self._link if self._is_socket else None, pace)

    def mount(self, app: web.Application, receive: Receive) -> None:
        """Serve the callback URL, or get ready to connect. Raises ConfigurationError for a bad EncodingAESKey."""
        self._receive = receive
        if self._is_socket:
            return
        callback = Callback(self._crypto(), self._ports.streams, self._intake)
        app.router.add_get(self._settings.callback_path, callback.verify, allow_head=False)
        app.router.add_post(self._settings.callback_path, callback.take)

    def render(self, reply: Reply) -> list[Payload]:
        """The payloads that say the reply, each within WeCom's limits. Pure."""
        return for_socket(reply, self._public_url) if self._is_socket else for_callbacks(reply, self._public_url)

    async def send(self, parcel: Parcel) -> Receipt:
        """Deliver one parcel, by the process that can; `passive`, `active` and `exchange` say how."""
        try:
            if not self._is_socket:
                return await self._passive.send(parcel)
            if self._link.connection is not None or self._link.holds:
                return await self._active.send(parcel)
            return await self._exchange.ask(parcel)
        except IntakeUnavailable as error:  # streams can't be read or written
            raise TemporaryFailure(str(error)) from error

    async def draft(self, to: Address, answers: str, text: str) -> None:
        """Show the answer so far in its stream. Never raises."""
        await self._drafts.show(to, answers, text)

    async def direct(self, sender: str) -> Direct | None:
        """The person's own chat with the bot, once they have written there; callbacks can't begin anything."""
        return Direct(f"{USER}{sender}", begun_by_person=True) if self._is_socket else None

    async def fetch(self, attachment: Attachment, folder: Path, limit: int) -> Fetched:
        """Download and decrypt an attachment. Raises FetchFailed; addresses are good for five minutes."""
        own_key = self._settings.aes_key.get_secret_value()
        return await fetch(self._client.session, attachment, folder, limit, own_key)

    async def check(self, now: datetime) -> list[str]:
        """Try what can be tried without ending a connection that is in use."""
        if self._is_socket:
            return await socket_faults(self._client, self._settings, self._link)
        return callback_faults(self._settings, self._public_url, self._crypto)

    async def run(self) -> None:
        """Keep the connection, if that is the mode; else return at once."""
        if not self._is_socket:
            return
        storing = asyncio.create_task(self._inbox.run(), name="wecom_bot inbox")
        try:
            await self._link.run(self._exchange.serve)
        finally:
            await self._inbox.empty(LAST_WORDS)
            storing.cancel()
            await asyncio.gather(storing, return_exceptions=True)

    async def close(self) -> None:
        """Give the sockets back."""
        await self._client.close()

    @property
    def _is_socket(self) -> bool:
        return self._settings.mode == "websocket"

    def _crypto(self) -> CallbackCrypto:
        token, key = self._settings.token.get_secret_value(), self._settings.aes_key.get_secret_value()
        return CallbackCrypto(token, key, "", "wecom_bot.check.aes_key")

    async def _received(self, messages: Sequence[Message]) -> None:
        await self._receive(messages)


async def _nobody(_messages: object) -> None:
    """Before `mount` nobody receives."""
    raise IntakeUnavailable
