"""The console as an adapter: the web chat, and the frame in which skills hang their pages."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from adapters.console.chat import Chat
from adapters.console.client import Draft, Hub
from adapters.console.cookies import Cookies
from adapters.console.door import Door, Lifetime
from adapters.console.frame import Frame
from adapters.console.hosts import LOCAL_HOSTS, Hosts
from adapters.console.limits import HOUR, MINUTE, Pace, Rate
from adapters.console.pages import SkillPages
from adapters.console.ports import ConsolePorts, HistoryEntry
from adapters.console.security import Seal, load_key
from adapters.console.sessions import SessionPages
from adapters.console.signin import SignInPages
from adapters.console.stream import EventStream
from adapters.console.translate import CHANNEL, address_of, payload_of, person_id_of
from adapters.console.uploads import UploadPages, Uploads
from adapters.console.view import View
from adapters.console.ways import Ways
from bot.contracts import Address, Attachment, Clock, Direct, Fetched, Page, Parcel, Payload, Receipt, Receive, Reply
from bot.contracts.errors import IntakeUnavailable
from config.groups.signin import Signin, networks
from config.locales import t
from config.settings import Settings

log = structlog.get_logger(__name__)
STATIC = Path(__file__).parent / "static"
SWEEP_SECONDS = 3600.0


class ConsoleAdapter:
    """Serves the browser. Replies are in the history as soon as they are stored; `send` shows them at once."""

    name = CHANNEL
    limit = (50, 1.0)
    drafts = True
    unasked = True

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        ports: ConsolePorts,
        pages: Sequence[Page],
        signin: Signin | None = None,
        trusted_proxies: str = "",
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._ports = ports
        self._pages = pages
        self._signin = signin or Signin()
        self._hosts = Hosts(settings.public_url, bool(settings.web.public_url), networks(trusted_proxies))
        self._hub = Hub()
        self._uploads = Uploads(settings.data / "uploads", settings.web.upload_limit_mb * 1024**2)

    def mount(self, app: web.Application, receive: Receive) -> None:
        """Add the console's routes, headers and error pages. Makes the key file at the first start."""
        seal = Seal(load_key(self._settings.data), self._clock)
        https = self._settings.public_url.startswith("https://")
        hours, minutes = self._settings.console.session_hours, self._signin.idle_minutes
        lifetime = Lifetime(timedelta(hours=hours), timedelta(minutes=minutes))
        door = Door(self._ports, Cookies(https), self._hosts, seal, self._clock, lifetime)
        view = View(self._settings, seal, self._pages)
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

    async def draft(self, to: Address, answers: str, text: str) -> None:
        """Show it in the windows that this process serves; the answer itself takes its place."""
        self._hub.push(person_id_of(to), Draft(text))

    async def direct(self, sender: str) -> Direct | None:
        """The console itself: everybody reads alone there."""
        return Direct(address_of(sender).conversation)

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
        if self._ports.providers and address.scheme != "https":
            faults.append(t("console.check.providers", url=self._settings.public_url))
        if not self._ports.providers and not self._signin.link:
            faults.append(t("console.check.no_way"))
        return faults

    async def run(self) -> None:
        """Tell open windows what other processes did; clear away what is old, every hour."""
        async with asyncio.TaskGroup() as both:
            both.create_task(self._clear_away())
            if self._ports.news is not None:
                both.create_task(self._ports.news.watch(self._hub.present, self._hub.wake))

    async def _clear_away(self) -> None:
        """Old sessions, and uploads that were never sent."""
        while True:
            await self._tidy()
            await asyncio.sleep(SWEEP_SECONDS)

    async def close(self) -> None:
        """End the open streams."""
        self._hub.close()
        for provider in self._ports.providers:
            await provider.close()

    async def _tidy(self) -> None:
        try:
            count = await asyncio.to_thread(self._uploads.sweep, self._clock.now())
            await self._ports.sign_in.tidy()
        except (OSError, IntakeUnavailable) as error:
            log.warning("console.not_tidied", error=str(error))  # in an hour again
        except Exception:  # it must not end what `run` does beside it
            log.exception("console.not_tidied")
        else:
            log.info("console.tidied", files=count)

    def _routes(self, seal: Seal, door: Door, view: View, receive: Receive) -> list[web.AbstractRouteDef]:
        limits, ports = self._signin, self._ports
        failures = Rate(self._clock, limits.attempts_per_minute, MINUTE)
        sign_in = SignInPages(door, failures, view, ports.providers, by_link=limits.link)
        chat = Chat(self._settings, self._clock, door, view, self._ports.history, seal)
        messages = Pace(self._clock, self._hosts, limits.messages_per_minute)
        uploads = Pace(self._clock, self._hosts, limits.uploads_per_minute)
        volume = Rate(self._clock, limits.upload_mb_per_hour * 1024**2, HOUR)
        return [
            *sign_in.routes(),
            *Ways(ports.providers, ports.sign_in, door, seal, sign_in).routes(failures, view),
            *SessionPages(ports.sign_in, door, view).routes(),
            *chat.routes(receive, self._hub, self._uploads, sign_in, messages),
            *UploadPages(self._uploads, door, uploads, volume).routes(),
            *EventStream(self._hub, door, view, self._ports.history).routes(),
            *SkillPages(self._pages, door, view).routes(),
            web.static("/static/console", STATIC),
        ]

    async def _end_streams(self, app: web.Application) -> None:
        self._hub.close()


def _is_writable(folder: Path) -> bool:
    """Or can be made; a check makes nothing."""
    there = next(path for path in (folder, *folder.resolve().parents) if path.exists())
    return there.is_dir() and os.access(there, os.W_OK)
