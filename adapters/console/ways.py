"""Signing in with a platform: off to it, and back with a code.

What makes an answer count: it comes to the browser that set out (a sealed cookie holds state and nonce), within ten
minutes, and for the first time (state and code are spent in the database, so once for all machines).
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from urllib.parse import quote

import structlog
from aiohttp import web

from adapters.console.cookies import ATTEMPT
from adapters.console.door import Door, language_of, local_path, see_other
from adapters.console.identity.errors import SignInFailed
from adapters.console.limits import Rate
from adapters.console.ports import IdentityProvider, SignIn
from adapters.console.security import Seal
from adapters.console.signin import SignInPages
from adapters.console.view import View
from config.locales import t

log = structlog.get_logger(__name__)
LONGEST = timedelta(minutes=10)  # from setting out to coming back: a QR code has to be found and scanned
AT_ONCE = 8  # attempts of one browser; its older ones are forgotten
STATUS = {"away": 502, "setup": 502, "code_refused": 401, "not_a_member": 403}


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a browser set out with."""

    way: str
    state: str
    nonce: str
    back: str


class Ways:
    """One pair of routes for every provider."""

    def __init__(
        self, providers: Sequence[IdentityProvider], sign_in: SignIn, door: Door, seal: Seal, pages: SignInPages
    ) -> None:
        self._providers = {provider.name: provider for provider in providers}
        self._sign_in = sign_in
        self._door = door
        self._seal = seal
        self._pages = pages

    def routes(self, failures: Rate, view: View) -> list[web.RouteDef]:
        """What this part answers."""
        back = _Return(self._providers, self._sign_in, self._door, self._seal, self._pages, failures, view)
        return [web.get("/sign-in/{way}", self.start), web.get("/sign-in/{way}/return", back.arrive)]

    async def start(self, request: web.Request) -> web.Response:
        """Send the browser to the platform, with a new attempt in its cookies."""
        provider = _provider(self._providers, request)
        back = local_path(request.query.get("next", "/"))
        if not self._door.hosts.is_public(request):  # the platform comes back to the public address: begin there
            place = f"{self._door.hosts.public_url}/sign-in/{provider.name}?next={quote(back, safe='')}"
            raise web.HTTPSeeOther(place)
        attempt = Attempt(provider.name, secrets.token_hex(16), secrets.token_hex(16), back)
        target = provider.start(
            attempt.state, attempt.nonce, _redirect_uri(self._door, provider), request.headers.get("User-Agent", "")
        )
        response = see_other(target)
        for name in self._door.cookies.names(request, ATTEMPT)[: -AT_ONCE + 1]:
            self._door.cookies.drop(response, name)
        locked = self._seal.lock(json.dumps(asdict(attempt)))
        self._door.cookies.set(response, _cookie(attempt.state), locked, LONGEST)
        return response


class _Return:
    """The way back."""

    def __init__(
        self,
        providers: dict[str, IdentityProvider],
        sign_in: SignIn,
        door: Door,
        seal: Seal,
        pages: SignInPages,
        failures: Rate,
        view: View,
    ) -> None:
        self._providers = providers
        self._sign_in = sign_in
        self._door = door
        self._seal = seal
        self._pages = pages
        self._failures = failures
        self._view = view

    async def arrive(self, request: web.Request) -> web.Response:
        """Sign in whoever the platform says this is."""
        provider = _provider(self._providers, request)
        attempt = self._attempt(request, provider.name)
        if attempt is None or not await self._sign_in.spend(f"state:{attempt.state}"):
            return await self._expired(request)
        address = self._door.hosts.counted(request)
        if wait := self._failures.take(address):
            response = self._pages.too_often(request, attempt.back, wait)
        else:
            response = await self._finish(request, provider, attempt)
            if response.status < 400:
                self._failures.give_back(address)
        self._door.cookies.drop(response, _cookie(attempt.state))
        return response

    async def _finish(self, request: web.Request, provider: IdentityProvider, attempt: Attempt) -> web.Response:
        code = request.query.get("code", "")
        if not code:
            return self._failed(request, provider, attempt, 401, "cancelled")
        if not await self._sign_in.spend(f"code:{provider.name}:{code}"):
            return self._failed(request, provider, attempt, 401, "code_refused")
        try:
            account = await provider.finish(code, attempt.nonce, _redirect_uri(self._door, provider))
        except SignInFailed as error:
            log.warning("console.sign_in.failed", way=provider.name, why=error.why, detail=str(error))
            return self._failed(request, provider, attempt, STATUS[error.why], error.why)
        response = await self._door.enter(request, provider.name, account, attempt.back)
        return response or self._unknown(request, provider, account)

    def _attempt(self, request: web.Request, way: str) -> Attempt | None:
        """What this browser set out with; None when it didn't, or too long ago."""
        state = request.query.get("state", "")
        opened = self._seal.unlock(self._door.cookies.get(request, _cookie(state)), LONGEST)
        if opened is None:
            return None
        attempt = Attempt(**json.loads(opened))
        same = hmac.compare_digest(attempt.state.encode(), state.encode("utf-8", "replace"))
        return attempt if same and attempt.way == way else None

    async def _expired(self, request: web.Request) -> web.Response:
        """Back in the history, or a link that somebody else made: whoever is signed in already is not told off."""
        if await self._door.visitor(request):
            return see_other("/")
        return self._pages.form(request, "/", 400, t("console.way.failed.expired", language_of(request)))

    def _failed(
        self, request: web.Request, provider: IdentityProvider, attempt: Attempt, status: int, why: str
    ) -> web.Response:
        language = language_of(request)
        platform = t(f"console.way.{provider.name}.platform", language)
        sentence = t(f"console.way.failed.{why}", language, platform=platform)
        return self._pages.form(request, attempt.back, status, sentence)

    def _unknown(self, request: web.Request, provider: IdentityProvider, account: str) -> web.Response:
        log.warning("console.sign_in.unknown", way=provider.name, account=account)
        language = language_of(request)
        return self._view.page("unknown.html", None, language, status=403, way=provider.name, account=account)


def _provider(providers: dict[str, IdentityProvider], request: web.Request) -> IdentityProvider:
    provider = providers.get(request.match_info["way"])
    if provider is None:
        raise web.HTTPNotFound
    return provider


def _redirect_uri(door: Door, provider: IdentityProvider) -> str:
    """From the settings, never from the request."""
    return f"{door.hosts.public_url}/sign-in/{provider.name}/return"


def _cookie(state: str) -> str:
    """One for each attempt; the name holds nothing that isn't a letter or digit."""
    return ATTEMPT + "".join(char for char in state[:8] if char.isascii() and char.isalnum())
