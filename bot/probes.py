"""What machines ask of the web server: does it live, can it answer, how much waits.

The port is public, because platforms call back to it. So figures and reasons are for this machine's own programs, and
for whoever has the token.
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web
from pydantic import SecretStr

from bot.vitals import Checks

LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
# What proxies add. A request that was passed on comes from elsewhere, whatever its connection looks like.
PASSED_ON = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via")
PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


class Probes:
    """The three pages."""

    def __init__(
        self,
        *,
        is_learnt: Callable[[], bool],
        is_replaced: Callable[[], bool],
        checks: Callable[[], Awaitable[Checks]],
        figures: Callable[[], Awaitable[bytes]],
        token: SecretStr,
    ) -> None:
        """`is_replaced`: another process has this one's work, so it must be restarted. `token` "": local only."""
        self._is_learnt, self._is_replaced = is_learnt, is_replaced
        self._checks, self._figures, self._token = checks, figures, token

    def mount(self, app: web.Application) -> None:
        """Add the pages."""
        app.router.add_get("/healthz", self.health)
        app.router.add_get("/readyz", self.readiness)
        app.router.add_get("/metrics", self.metrics)

    async def health(self, _request: web.Request) -> web.Response:
        """200 while this process lives; looks at nothing that could be slow."""
        status = 503 if self._is_replaced() else 200
        return web.json_response({"ready": self._is_learnt()}, status=status)

    async def readiness(self, request: web.Request) -> web.Response:
        """200 when messages can be taken and answered, else 503; the reasons only for those who may see them."""
        checks = await self._checks()
        ready = all(result == "ok" for result in checks.values())
        body: dict[str, object] = {"ready": ready}
        if self._may_see(request):
            body["checks"] = checks
        return web.json_response(body, status=200 if ready else 503)

    async def metrics(self, request: web.Request) -> web.Response:
        """The figures in Prometheus's text format; 403 for those who may not see them."""
        if not self._may_see(request):
            return web.Response(status=403, text="Ask from the machine itself, or with the bearer token.\n")
        return web.Response(body=await self._figures(), headers={"Content-Type": PROMETHEUS})

    def _may_see(self, request: web.Request) -> bool:
        token = self._token.get_secret_value()
        given = request.headers.get("Authorization", "").encode("utf-8", "replace")
        return (bool(token) and hmac.compare_digest(given, f"Bearer {token}".encode())) or is_local(request)


def is_local(request: web.Request) -> bool:
    """Whether a program of this machine asks, directly and under a local name (a web page could lead here, too)."""
    if any(name in request.headers for name in PASSED_ON):
        return False
    return _is_loopback(request.remote or "") and _name(request.host) in LOCAL_NAMES


def _name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:  # a bracket without its partner
        return ""


def _is_loopback(address: str) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return (mapped or found).is_loopback
