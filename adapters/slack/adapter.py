"""The Slack adapter: an app's requests or its socket, and the Web API, as `bot.contracts.Adapter`."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

import structlog
from aiohttp import web

from adapters.slack.background import Background
from adapters.slack.bolt import Bolt
from adapters.slack.callback import Callback
from adapters.slack.check import bot_faults, faults
from adapters.slack.client import SlackClient
from adapters.slack.drafts import Drafts
from adapters.slack.fetch import fetch
from adapters.slack.fields import CHANNEL
from adapters.slack.home import HomeTab
from adapters.slack.intake import SlackIntake
from adapters.slack.ports import SlackPorts
from adapters.slack.render import render
from adapters.slack.sending import Sender
from adapters.slack.socket_mode import SocketMode
from bot.contracts.adapter import Direct, Fetched, Parcel, Payload, Receipt, Receive
from bot.contracts.clock import Clock
from bot.contracts.errors import PermanentFailure, TemporaryFailure
from bot.contracts.message import Attachment
from bot.contracts.reply import Address, Reply
from config.groups.slack import Slack

FINDING = 5.0  # seconds for somebody's direct messages

log = structlog.get_logger(__name__)


class SlackAdapter:
    """Translates between Slack and the contracts. docs/connect-slack.md tells how to connect an app."""

    name = CHANNEL
    # Slack takes about one message a second and channel, and short bursts; beyond that it answers 429. So that a press
    # right after an answer isn't kept waiting, three may leave together.
    limit = (3, 3.0)
    drafts = True
    unasked = True

    def __init__(self, settings: Slack, clock: Clock, public_url: str, data: Path, ports: SlackPorts) -> None:
        """`public_url` is the address that Slack must reach; `data` the folder that outgoing files lie in."""
        self._settings = settings
        self._clock = clock
        self._public_url = public_url.rstrip("/")
        self._client = SlackClient(settings)
        self._home = HomeTab(self._client, ports.home)
        self._drafts = Drafts(self._client)
        self._sender = Sender(self._client, clock, data, self._drafts, self._home)
        self._background = Background()
        self._socket: SocketMode | None = None
        self._receives = False  # requests

    def mount(self, app: web.Application, receive: Receive) -> None:
        """Serve the Request URL, or get ready to open the socket, as the settings say."""
        intake = SlackIntake(self._client, self._clock, receive, self._home, self._drafts, self._background)
        bolt = Bolt(intake.take)
        if self._settings.mode == "socket":
            self._socket = SocketMode(self._client, bolt)
            return
        callback = Callback(self._settings.signing_secret.get_secret_value(), self._clock, bolt)
        app.router.add_post(self._settings.events_path, callback.take)
        self._receives = True

    def render(self, reply: Reply) -> list[Payload]:
        """The calls that say the reply, each within Slack's limits. Pure."""
        return render(reply)

    async def send(self, parcel: Parcel) -> Receipt:
        """Make one call; the ways of recognising a repeat are described in `sending`."""
        return await self._sender.send(parcel)

    async def draft(self, to: Address, answers: str, text: str) -> None:
        """Show the answer so far: as a stream, a changing message or a status. Never raises."""
        await self._drafts.show(to, answers, text)

    async def direct(self, sender: str) -> Direct | None:
        """The direct messages; None when Slack opens none with this person."""
        try:
            async with asyncio.timeout(FINDING):
                return Direct(await self._client.direct(sender))
        except PermanentFailure as error:
            log.warning("slack.no_direct_messages", why=str(error))
            return None
        except (TemporaryFailure, TimeoutError):
            return Direct(sender)  # Slack takes a person's id as an address too

    async def fetch(self, attachment: Attachment, folder: Path, limit: int) -> Fetched:
        """Download an attachment. Raises FetchFailed."""
        return await fetch(self._client, attachment, folder, limit)

    async def check(self, now: datetime) -> list[str]:
        """Try tokens, scopes and address."""
        return await faults(self._client, self._settings, self._public_url)

    async def run(self) -> None:
        """Keep the socket, if that is the mode and somebody receives; else only say whether the token is good.

        The socket can't open with a bad token, and says so; with events nobody would know before the first answer.
        """
        if self._socket is not None:
            await self._socket.run()
        elif self._receives:
            for fault in await bot_faults(self._client):
                log.warning("slack.bot_token", fault=fault)

    async def close(self) -> None:
        """End what goes on in the background and give the sockets back."""
        await self._background.close()
        await self._client.close()
