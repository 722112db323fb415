"""The web server: one aiohttp application that console and callbacks share."""

from __future__ import annotations

import asyncio
import socket

from aiohttp import web

from bot.contracts.errors import ConfigurationError
from bot.probes import Probes
from config.languages import operator_language
from config.locales import t
from config.settings import Web

KEEP_ALIVE_SECONDS = 75.0  # idle connections, and half-sent headers, are given up after this


class PortTaken(ConfigurationError):
    """Another program listens on web.port: stop it, or set another port."""


class Server:
    """Listens while it is started."""

    def __init__(self, settings: Web, probes: Probes) -> None:
        self._settings = settings
        self.application = web.Application(client_max_size=settings.upload_limit_mb * 1024 * 1024)
        probes.mount(self.application)
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen. Raises PortTaken."""
        self._runner = web.AppRunner(
            self.application, access_log=None, shutdown_timeout=3, keepalive_timeout=KEEP_ALIVE_SECONDS
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._settings.host, self._settings.port)
        try:
            await site.start()
        except OSError as error:
            raise PortTaken(port_taken(self._settings.host, self._settings.port, error)) from error

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


def port_taken(host: str, port: int, error: OSError, remedy: str = "set_web") -> str:
    """Why nothing can listen there, and what to do; `remedy` names a text of `cli.port`."""
    language = operator_language()
    reason, do = error.strerror or str(error), t(f"cli.port.{remedy}", language)
    return t("cli.port.taken", language, host=host, port=port, reason=reason, remedy=do)


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
