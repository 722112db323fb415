"""The WeCom adapter: a self-built app's callback URL and API, as `bot.contracts.Adapter`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from aiohttp import web

from adapters.common.address import is_private
from adapters.common.wecom.crypto import CallbackCrypto
from adapters.wecom.callback import Callback
from adapters.wecom.client import WecomClient
from adapters.wecom.fetch import fetch
from adapters.wecom.render import render
from adapters.wecom.sending import Sender
from adapters.wecom.translate import CHANNEL, USER
from bot.contracts.adapter import Direct, Fetched, Parcel, Payload, Receipt, Receive
from bot.contracts.clock import Clock
from bot.contracts.errors import ConfigurationError, DeliveryFailure
from bot.contracts.message import Attachment
from bot.contracts.reply import Address, Reply
from config.locales import t
from config.settings import Wecom


class WecomAdapter:
    """Translates between WeCom and the contracts. docs/connect-wecom.md tells how to connect an app."""

    name = CHANNEL
    limit = (30, 60.0)  # WeCom drops what is beyond 30 a minute and member, without an error
    drafts = False
    unasked = True

    def __init__(self, settings: Wecom, clock: Clock, public_url: str, data: Path) -> None:
        """`public_url` is the console's address, for links; `data` the folder that outgoing files lie in."""
        self._settings = settings
        self._clock = clock
        self._public_url = public_url.rstrip("/")
        self._client = WecomClient(settings, clock)
        self._sender = Sender(self._client, clock, data)

    def mount(self, app: web.Application, receive: Receive) -> None:
        """Serve the callback URL. Raises ConfigurationError when the EncodingAESKey is none."""
        callback = Callback(self._crypto(), self._settings.agent_id, self._clock, receive)
        app.router.add_get(self._settings.callback_path, callback.verify, allow_head=False)
        app.router.add_post(self._settings.callback_path, callback.take)

    def render(self, reply: Reply) -> list[Payload]:
        """The calls that say the reply, each within WeCom's limits. Pure."""
        return render(reply, self._settings.agent_id, self._public_url)

    async def send(self, parcel: Parcel) -> Receipt:
        """Make one call; the ways of recognising a repeat are described in `sending`."""
        return await self._sender.send(parcel)

    async def draft(self, to: Address, answers: str, text: str) -> None:
        """Nothing: WeCom can't change a text that was sent, so an answer is shown when it is whole."""

    async def direct(self, sender: str) -> Direct | None:
        """The conversation with the app; it may write there at any time."""
        return Direct(f"{USER}{sender}")

    async def fetch(self, attachment: Attachment, folder: Path, limit: int) -> Fetched:
        """Download an attachment. Raises FetchFailed; media older than three days is gone."""
        return await fetch(self._client, attachment, folder, limit)

    async def check(self, now: datetime) -> list[str]:
        """Try callback settings, credentials, trusted address and the app itself."""
        return [*self._callback_faults(), *await self._app_faults()]

    async def run(self) -> None:
        """Nothing to keep open: WeCom calls us."""

    async def close(self) -> None:
        """Give the sockets back."""
        await self._client.close()

    def _crypto(self) -> CallbackCrypto:
        settings = self._settings
        return CallbackCrypto(settings.token.get_secret_value(), settings.aes_key.get_secret_value(), settings.corp_id)

    def _callback_faults(self) -> list[str]:
        faults = []
        try:
            self._crypto()
        except ConfigurationError as error:
            faults.append(str(error))
        if not self._settings.callback_path.startswith("/"):
            faults.append(t("wecom.check.callback_path"))
        if is_private(self._public_url) and not is_private(self._settings.base_url):
            faults.append(t("wecom.check.public_url", url=self._public_url + self._settings.callback_path))
        return faults

    async def _app_faults(self) -> list[str]:
        try:
            app = await self._client.get("agent/get", agentid=str(self._settings.agent_id))
        except DeliveryFailure as error:
            return [str(error)]
        faults = [t("wecom.check.closed")] if app.get("close") == 1 else []
        return [*faults, *([t("wecom.check.nobody")] if _seen_by_nobody(app) else [])]


def _seen_by_nobody(app: dict[str, object]) -> bool:
    """Whether the app's visible range is there and empty."""
    ranges = ("allow_userinfos", "allow_partys", "allow_tags")
    known = [app[name] for name in ranges if name in app]
    return bool(known) and not any(_has_members(part) for part in known)


def _has_members(part: object) -> bool:
    return isinstance(part, dict) and any(bool(value) for value in part.values())
