"""The emulated Slack: Web API, Events, Socket Mode, files, sign-in and people, on one real socket."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Self

from aiohttp import web

from tests.emulators.common.clock import Clock, SystemClock
from tests.emulators.common.record import RawRequest
from tests.emulators.slack.answers import Answers
from tests.emulators.slack.callbacks import CallbackSender
from tests.emulators.slack.client import Client
from tests.emulators.slack.courier import Courier
from tests.emulators.slack.faults import Faults
from tests.emulators.slack.front import Front
from tests.emulators.slack.ledger import Ledger
from tests.emulators.slack.rooms import Room
from tests.emulators.slack.side_doors import SideDoors
from tests.emulators.slack.sockets import Sockets
from tests.emulators.slack.workspace import ALL_EVENTS, ALL_SCOPES, Channel, Workspace
from tests.emulators.slack.world import World

SHUTDOWN_SECONDS = 0.5
MAX_BODY = 64 * 1024 * 1024
BURST = 4  # messages that a channel takes at once before it is one a second
SAMPLE_BOT_TOKEN, SAMPLE_APP_TOKEN = "xoxb-emulated-bot-token", "xapp-1-emulated-app-token"
SAMPLE_SIGNING_SECRET, SAMPLE_CLIENT_SECRET = "emulated-signing-secret", "emulated-client-secret"
SAMPLE_USERS = {"U0ZHANGMIN": "张敏", "U0LIWEI": "李伟"}
SAMPLE_CHANNELS = {"C0SALES": Channel("sales", tuple(SAMPLE_USERS))}


class SlackEmulator:
    """`async with SlackEmulator(…) as emulator:` serves at `emulator.base_url` until the block ends.

    Events go to `callback_url` over HTTP; when it is empty, to whoever is connected in Socket Mode.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        bot_token: str = SAMPLE_BOT_TOKEN,
        app_token: str = SAMPLE_APP_TOKEN,
        signing_secret: str = SAMPLE_SIGNING_SECRET,
        client_id: str = "1234567890.0987654321",
        client_secret: str = SAMPLE_CLIENT_SECRET,
        users: Mapping[str, str] = SAMPLE_USERS,
        channels: Mapping[str, Channel] = SAMPLE_CHANNELS,
        scopes: Iterable[str] = ALL_SCOPES,
        events: Iterable[str] = ALL_EVENTS,
        redirect_urls: Iterable[str] = (),
        callback_url: str = "",
        burst: int = BURST,
        host: str = "127.0.0.1",
        port: int = 0,
        app_name: str = "小策",
    ) -> None:
        workspace = Workspace(
            bot_token=bot_token,
            app_token=app_token,
            signing_secret=signing_secret,
            client_id=client_id,
            client_secret=client_secret,
            users=dict(users),
            channels=dict(channels),
            scopes=frozenset(scopes),
            events=frozenset(events),
            redirect_urls=tuple(redirect_urls),
            app_name=app_name,
        )
        self.world = World(workspace, clock or SystemClock(), burst=burst)
        self.sockets = Sockets(self.world)
        answers = Answers(self.world)
        self._courier = Courier(self.world, self.sockets, callback_url)
        self.callbacks = CallbackSender(self.world, self._courier, answers)
        self._client = Client(self)
        self._front = Front(self.world)
        self._doors = SideDoors(self.world, self._front, answers)
        self._host, self._port = host, port
        self._runner: web.AppRunner | None = None
        self.set_callback(callback_url)

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
        app.router.add_route("*", "/api/{method}", self._front.handle)
        app.router.add_get("/link/", self.sockets.handle)
        self._doors.add_routes(app)
        self._client.add_routes(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()
        self.base_url = self.world.base_url = f"http://{self._host}:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Close the socket and every connection."""
        await self._client.close()
        await self._courier.close()
        await self.sockets.close()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def workspace(self) -> Workspace:
        """Credentials, people and channels."""
        return self.world.workspace

    @property
    def ledger(self) -> Ledger:
        """What became of everything that the app sent."""
        return self.world.ledger

    @property
    def faults(self) -> Faults:
        """The switches."""
        return self.world.faults

    @property
    def requests(self) -> list[RawRequest]:
        """Every raw request of the app, in order."""
        return self.world.record.requests

    @property
    def violations(self) -> list[str]:
        """What a careful client would not do; empty at the end of a good test."""
        return self.world.record.violations

    @property
    def warnings(self) -> list[str]:
        """What is allowed but isn't good practice."""
        return self.world.record.warnings

    def requests_to(self, method: str) -> list[RawRequest]:
        """The requests made to one method, such as `chat.postMessage`."""
        return self.world.record.to(f"/api/{method}")

    def dm(self, user: str) -> Room:
        """The DM between a person and the bot."""
        return self.world.rooms.im(user)

    def channel(self, ident: str) -> Room:
        """A conversation by its id."""
        return self.world.rooms.get(ident)

    def set_callback(self, url: str) -> None:
        """The app's request URL for events, interactivity and commands; "" turns Socket Mode on."""
        self._courier.url = url
        self.world.socket_url = None if url else self.sockets.new_url
