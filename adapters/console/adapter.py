"""The console as an adapter: the web chat, and the frame in which skills hang their pages."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from adapters.console.chat import Chat
from adapters.console.client import Hub
from adapters.console.door import Door
from adapters.console.frame import Frame
from adapters.console.pages import SkillPages
from adapters.console.ports import ConsolePorts, HistoryEntry
from adapters.console.security import Brake, Seal, load_key
from adapters.console.signin import SignInPages
from adapters.console.stream import EventStream
from adapters.console.translate import CHANNEL, payload_of, person_id_of
from adapters.console.uploads import UploadPages, Uploads
from adapters.console.view import View
from bot.contracts import Attachment, Clock, Fetched, Page, Parcel, Payload, Receipt, Receive, Reply
from config.locales import t
from config.settings import Settings

log = structlog.get_logger(__name__)
STATIC = Path(__file__).parent / "static"
LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
SWEEP_SECONDS = 3600.0


class ConsoleAdapter:
    """Serves the browser. Replies are in the history as soon as they are stored; `send` shows them at once."""

    name = CHANNEL
    limit = (50, 1.0)

    def __init__(self, settings: Settings, clock: Clock, ports: ConsolePorts, pages: Sequence[Page]) -> None:
        self._settings = settings
        self._clock = clock
        self._ports = ports
        self._pages = pages
        self._hub = Hub()
        self._uploads = Uploads(settings.data / "uploads", settings.web.upload_limit_mb * 1024**2)

    def mount(self, app: web.Application, receive: Receive) -> None:
        """Add the console's routes, headers and error pages. Makes the key file at the first start."""
        seal = Seal(load_key(self._settings.data), self._clock)
        door = Door(self._settings, seal, self._ports.sign_in)
        view = View(self._settings, seal, self._pages)
        https = self._settings.public_url.startswith("https://")
        Frame(door, view, https).surround(app, self._routes(seal, door, view, receive))
        app.on_shutdown.append(self._end_streams)

    def render(self, reply: Reply) -> list[Payload]:
        """One payload for each reply."""
        return [payload_of(reply)]

    async def send(self, parcel: Parcel) -> Receipt:
        """Show the reply in every open window; the rest find it in their history."""
        entry = HistoryEntry(parcel.id, 0, "out", self._clock.now(), payload=parcel.payload)
        windows = self._hub.push(person_id_of(parcel.to), entry)
        return Receipt(reference=parcel.id, note=f"{windows} open windows")

    async def fetch(self, attachment: Attachment, folder: Path, limit: int) -> Fetched:
        """Move an upload into `folder`. Raises FetchFailed."""
        return await self._uploads.fetch(attachment, folder, limit)

    async def check(self, now: datetime) -> list[str]:
        """Whether files can be stored, and whether the address is safe for signing in."""
        faults = []
        if not await asyncio.to_thread(_is_writable, self._settings.data):
            faults.append(t("console.check.data", folder=self._settings.data))
        address = urlsplit(self._settings.public_url)
        if address.scheme != "https" and address.hostname not in LOCAL_HOSTS:
            faults.append(t("console.check.https", url=self._settings.public_url))
        return faults

    async def run(self) -> None:
        """Clear away uploads that were never sent, every hour."""
        while True:
            count = await asyncio.to_thread(self._uploads.sweep, self._clock.now())
            if count:
                log.info("console.uploads_swept", files=count)
            await asyncio.sleep(SWEEP_SECONDS)

    async def close(self) -> None:
        """End the open streams."""
        self._hub.close()

    def _routes(self, seal: Seal, door: Door, view: View, receive: Receive) -> list[web.AbstractRouteDef]:
        sign_in = SignInPages(door, Brake(self._clock), view)
        chat = Chat(self._settings, self._clock, door, view, self._ports.history, seal)
        return [
            *sign_in.routes(),
            *chat.routes(receive, self._hub, self._uploads, sign_in),
            *UploadPages(self._uploads, door).routes(),
            *EventStream(self._hub, door, view, self._ports.history).routes(),
            *SkillPages(self._pages, door, view).routes(),
            web.static("/static/console", STATIC),
        ]

    async def _end_streams(self, app: web.Application) -> None:
        self._hub.close()


def _is_writable(folder: Path) -> bool:
    folder.mkdir(parents=True, exist_ok=True)
    return os.access(folder, os.W_OK)
