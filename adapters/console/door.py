"""Who is at the door: sessions with their time limits, guarded handlers, CSRF."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from urllib.parse import quote

from aiohttp import web

from adapters.console import body
from adapters.console.cookies import SESSION, VISIT, Cookies
from adapters.console.device import device_of
from adapters.console.hosts import Hosts
from adapters.console.limits import Pace
from adapters.console.ports import ConsolePorts, Opening, Session
from adapters.console.security import Seal
from bot.contracts import Clock, Person
from config.locales import t

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SEEN_EVERY = timedelta(minutes=1)  # how exactly the server remembers when somebody did something
PATH_LIMIT = 2000  # characters of a path to go back to


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is signed in."""

    person: Person
    csrf: str
    session: str = ""  # its id

    @property
    def language(self) -> Literal["zh", "en"]:
        """The language of what they read."""
        return "en" if self.person.language == "en" else "zh"


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a session lasts."""

    whole: timedelta  # from signing in
    idle: timedelta  # from what its owner did last


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Guarded = Callable[[web.Request, Visitor], Awaitable[web.StreamResponse]]


class Door:
    """Recognises people by the key in their session cookie."""

    def __init__(
        self, ports: ConsolePorts, cookies: Cookies, hosts: Hosts, seal: Seal, clock: Clock, lifetime: Lifetime
    ) -> None:
        self.lifetime = lifetime
        self.hosts = hosts
        self.cookies = cookies
        self._sign_in = ports.sign_in
        self._providers = ports.providers
        self._seal = seal
        self._clock = clock

    async def visitor(self, request: web.Request, *, active: bool = True) -> Visitor | None:
        """Who asks; None when nobody is signed in any more. `active`: a person did this, not a script by itself."""
        key = self.cookies.get(request, SESSION)
        session = await self._sign_in.session(key) if key else None
        if session is None or not self.lasts(session):
            return None
        if active and self._clock.now() - session.seen_at >= SEEN_EVERY:
            await self._sign_in.seen(session.id, self.hosts.address(request))
        return Visitor(session.person, self._seal.mark("csrf", key), session.id)

    def lasts(self, session: Session) -> bool:
        """Whether a session is within its time limits."""
        now = self._clock.now()
        return now - session.begun_at < self.lifetime.whole and now - session.seen_at < self.lifetime.idle

    async def enter(self, request: web.Request, way: str, proof: str, back: str) -> web.Response | None:
        """Sign somebody in and lead them on, with a new key; None when nobody comes in by this."""
        opening = Opening(way, proof, device_of(request.headers.get("User-Agent", "")), self.hosts.address(request))
        key = await self._sign_in.begin(opening, self.cookies.get(request, SESSION))
        if key is None:
            return None
        response = see_other(back)
        self.cookies.set(response, SESSION, key, self.lifetime.whole)
        self.cookies.drop(response, VISIT)
        return response

    async def holder(self, token: str) -> Person | None:
        """Whose sign-in link this is; None when it is nobody's."""
        return await self._sign_in.holder(token)

    async def leave(self, visitor: Visitor) -> web.Response:
        """End the session."""
        await self._sign_in.end(visitor.person, [visitor.session])
        response = see_other("/sign-in")
        self.cookies.drop(response, SESSION)
        return response

    def visit(self, request: web.Request) -> str:
        """The mark of a browser in which nobody is signed in yet, new if it has none."""
        return self.cookies.get(request, VISIT) or secrets.token_urlsafe(16)

    def visit_csrf(self, visit: str) -> str:
        """The CSRF mark of the sign-in form."""
        return self._seal.mark("csrf", visit)

    def knows_form(self, request: web.Request, mark: str) -> bool:
        """Whether the sign-in form was ours."""
        visit = self.cookies.get(request, VISIT)
        return bool(visit) and self._seal.matches(mark, "csrf", visit)

    def page(self, handler: Guarded) -> Handler:
        """For pages: strangers are led to the sign-in page and back."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            visitor = await self.visitor(request)
            if visitor is None:
                raise web.HTTPSeeOther(self._way_in(request))
            if not await _csrf_ok(request, visitor):
                raise web.HTTPForbidden
            return await handler(request, visitor)

        return guarded

    def call(self, handler: Guarded, pace: Pace | None = None) -> Handler:
        """For the chat's own calls: strangers get 401 and a sentence, as JSON. `pace` limits how often."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            visitor = await self.visitor(request)
            if visitor is None:
                return refusal(401, t("console.error.signed_out", language_of(request)))
            if not await _csrf_ok(request, visitor):
                return refusal(403, t("console.error.csrf", visitor.language))
            if pace:
                pace.check(request, visitor.person.id)
            return await handler(request, visitor)

        return guarded

    def _way_in(self, request: web.Request) -> str:
        """The sign-in page; in a platform's own browser straight to the platform, so that links open signed in."""
        back = quote(request.path_qs if request.method in SAFE_METHODS else "/", safe="")
        agent = request.headers.get("User-Agent", "")
        way = next((f"/{provider.name}" for provider in self._providers if provider.silent(agent)), "")
        return f"/sign-in{way}?next={back}"


async def _csrf_ok(request: web.Request, visitor: Visitor) -> bool:
    if request.method in SAFE_METHODS:
        return True
    mark = request.headers.get("X-CSRF", "")
    if not mark and request.content_type in body.FORM_TYPES:
        mark = str((await body.form(request)).get("csrf", ""))
    return secrets.compare_digest(mark.encode("utf-8", "replace"), visitor.csrf.encode())


def refusal(status: int, sentence: str) -> web.Response:
    """An error that the chat shows as it is."""
    return web.json_response({"error": sentence}, status=status)


def see_other(path: str) -> web.Response:
    """To another page; as a response, so that cookies can be put on it."""
    return web.Response(status=303, headers={"Location": path})


def language_of(request: web.Request) -> Literal["zh", "en"]:
    """The language of a stranger, by the browser's first wish; Chinese if it has none."""
    return "en" if request.headers.get("Accept-Language", "").lower().startswith("en") else "zh"


def local_path(value: str) -> str:
    """A path to go back to after signing in; anything that could lead elsewhere becomes "/"."""
    harmless = value.startswith("/") and not value.startswith(("//", "/\\")) and len(value) <= PATH_LIMIT
    return value if harmless and value.isprintable() and "\\" not in value else "/"
