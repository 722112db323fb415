"""The web server: one aiohttp application that console and callbacks share."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

from bot.contracts.errors import ConfigurationError
from config.settings import Web

log = structlog.get_logger(__name__)


class Server:
    """Listens while it is started. `health` answers /healthz: it must be quick."""

    def __init__(self, settings: Web, health: Callable[[], Awaitable[dict[str, object]]]) -> None:
        self._settings = settings
        self._health = health
        self.application = web.Application(client_max_size=settings.upload_limit_mb * 1024 * 1024)
        self.application.router.add_get("/healthz", self._healthz)
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen. Raises ConfigurationError when the port is taken."""
        self._runner = web.AppRunner(self.application, access_log=None, shutdown_timeout=3)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._settings.host, self._settings.port)
        try:
            await site.start()
        except OSError as error:
            raise ConfigurationError(
                f"Port {self._settings.port} on {self._settings.host} can't be used ({error.strerror}). "
                "Stop the other program, or set web.port."
            ) from error

    @property
    def port(self) -> int:
        """The port that is really listened on (settings may say 0 in tests)."""
        if self._runner is None or not self._runner.addresses:
            raise RuntimeError("the server is not started")
        address: tuple[str, int] = self._runner.addresses[0]
        return address[1]

    async def stop(self) -> None:
        """Answer what is under way, then stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _healthz(self, _request: web.Request) -> web.Response:
        return web.json_response(await self._health())


def free_port() -> int:
    """A port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def until_interrupted() -> None:
    """Return on Ctrl-C or when the service manager asks to stop."""
    import signal

    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    await stopped.wait()
