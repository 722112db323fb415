"""The emulated WeCom server: interfaces, callbacks and phones on one real socket."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Self

from aiohttp import web

from tests.emulators.common.clock import Clock, SystemClock
from tests.emulators.common.record import RawRequest
from tests.emulators.wecom.api import MAX_BODY
from tests.emulators.wecom.callbacks import CallbackSender
from tests.emulators.wecom.chats import Chats
from tests.emulators.wecom.company import Company
from tests.emulators.wecom.faults import Faults
from tests.emulators.wecom.front import Front
from tests.emulators.wecom.ledger import Ledger
from tests.emulators.wecom.media import MediaStore
from tests.emulators.wecom.oauth import OAuth
from tests.emulators.wecom.phone import Phone
from tests.emulators.wecom.world import World

DEFAULT_USERS = ("zhangmin", "liwei")
SHUTDOWN_SECONDS = 0.5
SAMPLE_CORP_ID, SAMPLE_AGENT_ID = "ww1234567890abcdef", 1000002
SAMPLE_SECRET, SAMPLE_TOKEN = "emulated-app-secret", "EmulatedToken"
SAMPLE_AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFA"


class WecomEmulator:
    """`async with WecomEmulator(…) as emulator:` serves at `emulator.base_url` until the block ends."""

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        corp_id: str = SAMPLE_CORP_ID,
        secret: str = SAMPLE_SECRET,
        agent_id: int = SAMPLE_AGENT_ID,
        token: str = SAMPLE_TOKEN,
        aes_key: str = SAMPLE_AES_KEY,
        users: Mapping[str, str] | Iterable[str] = DEFAULT_USERS,
        parties: Mapping[str, Iterable[str]] | None = None,
        tags: Mapping[str, Iterable[str]] | None = None,
        unlicensed: Iterable[str] = (),
        webhook_keys: Iterable[str] = (),
        accounts: int | None = None,
        callback_url: str = "",
        host: str = "127.0.0.1",
        port: int = 0,
        app_name: str = "小策",
    ) -> None:
        company = Company(
            corp_id=corp_id,
            agent_id=agent_id,
            secret=secret,
            token=token,
            aes_key=aes_key,
            users=dict(users) if isinstance(users, Mapping) else {user: user for user in users},
            parties={party: tuple(members) for party, members in (parties or {}).items()},
            tags={tag: tuple(members) for tag, members in (tags or {}).items()},
            unlicensed=frozenset(unlicensed),
            webhook_keys=frozenset(webhook_keys),
            app_name=app_name,
        )
        self.world = World(company, clock or SystemClock(), accounts or len(company.users))
        self._callback_url = callback_url
        self._host, self._port = host, port
        self._runner: web.AppRunner | None = None
        self.base_url = ""
        self.callbacks: CallbackSender

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
        front, phone = Front(self.world), Phone(self)
        app.router.add_route("*", "/cgi-bin/{interface:.*}", front.handle)
        phone.add_routes(app)
        self.world.oauth.add_routes(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        port = self._runner.addresses[0][1]
        self.base_url = f"http://{self._host}:{port}"
        self.callbacks = CallbackSender(self.world, self.base_url, self._callback_url)

    async def stop(self) -> None:
        """Close the socket and every connection."""
        await self.callbacks.close()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def company(self) -> Company:
        """Credentials and members."""
        return self.world.company

    @property
    def ledger(self) -> Ledger:
        """What became of every message."""
        return self.world.ledger

    @property
    def faults(self) -> Faults:
        """The switches."""
        return self.world.faults

    @property
    def media(self) -> MediaStore:
        """The uploaded files."""
        return self.world.media

    @property
    def oauth(self) -> OAuth:
        """Signing in to web pages."""
        return self.world.oauth

    @property
    def chats(self) -> Chats:
        """The conversations on the phones."""
        return self.world.chats

    @property
    def requests(self) -> list[RawRequest]:
        """Every raw request to /cgi-bin, in order."""
        return self.world.record.requests

    @property
    def violations(self) -> list[str]:
        """What a careful client would not do; empty at the end of a good test."""
        return self.world.record.violations

    @property
    def warnings(self) -> list[str]:
        """What is allowed but looks bad on a phone."""
        return self.world.record.warnings

    def requests_to(self, path: str) -> list[RawRequest]:
        """The requests made to one path, such as `/cgi-bin/gettoken`."""
        return self.world.record.to(path)

    def set_callback(self, url: str | None) -> None:
        """Save the callback URL; None takes it away, so that interactive cards are refused (43012)."""
        self.callbacks.url = url or ""
        self.world.callback_set = url is not None
