"""Who is at the door: sessions, guarded handlers, CSRF."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from urllib.parse import quote

from aiohttp import web

from adapters.console.ports import SignIn
from adapters.console.security import Seal
from bot.contracts import Person
from config.locales import t
from config.settings import Settings

SESSION = "xiaoce_session"
VISIT = "xiaoce_visit"  # before signing in there is no session: the sign-in form's CSRF mark hangs on this
FORM_TYPES = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is signed in."""

    person: Person
    csrf: str

    @property
    def language(self) -> Literal["zh", "en"]:
        """The language of what they read."""
        return "en" if self.person.language == "en" else "zh"


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Guarded = Callable[[web.Request, Visitor], Awaitable[web.StreamResponse]]


class Door:
    """Recognises people by a sealed cookie that holds their token; the server keeps no sessions."""

    def __init__(self, settings: Settings, seal: Seal, sign_in: SignIn) -> None:
        self._lifetime = timedelta(hours=settings.console.session_hours)
        self._https = settings.public_url.startswith("https://")
        self._seal = seal
        self._sign_in = sign_in

    async def visitor(self, request: web.Request) -> Visitor | None:
        """Who asks; None when nobody is signed in, or their token no longer counts."""
        cookie = request.cookies.get(SESSION, "")
        token = self._seal.unlock(cookie, self._lifetime) if cookie else None
        person = await self._sign_in.person_for(token) if token else None
        return Visitor(person, self._seal.mark("csrf", cookie)) if person else None

    async def admit(self, token: str) -> Person | None:
        """The person with this token, for signing in."""
        return await self._sign_in.person_for(token) if token else None

    def enter(self, response: web.StreamResponse, token: str) -> None:
        """Give the browser a session."""
        age = int(self._lifetime.total_seconds())
        self._set(response, SESSION, self._seal.lock(token), age)

    def leave(self, response: web.StreamResponse) -> None:
        """Take the session away."""
        response.del_cookie(SESSION, path="/", httponly=True, samesite="Lax", secure=self._https)

    def visit(self, request: web.Request) -> str:
        """The mark of a browser in which nobody is signed in yet, new if it has none."""
        return request.cookies.get(VISIT) or secrets.token_urlsafe(16)

    def remember_visit(self, response: web.StreamResponse, visit: str) -> str:
        """Keep the mark in the browser; returns the CSRF mark for the sign-in form."""
        self._set(response, VISIT, visit, None)
        return self.visit_csrf(visit)

    def visit_csrf(self, visit: str) -> str:
        """The CSRF mark of the sign-in form."""
        return self._seal.mark("csrf", visit)

    def knows_form(self, request: web.Request, mark: str) -> bool:
        """Whether the sign-in form was ours."""
        visit = request.cookies.get(VISIT, "")
        return bool(visit) and self._seal.matches(mark, "csrf", visit)

    def page(self, handler: Guarded) -> Handler:
        """For pages: strangers are led to the sign-in page and back."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            visitor = await self.visitor(request)
            if visitor is None:
                back = request.path_qs if request.method in SAFE_METHODS else "/"
                raise web.HTTPSeeOther(f"/sign-in?next={quote(back, safe='')}")
            if not await _csrf_ok(request, visitor):
                raise web.HTTPForbidden
            return await handler(request, visitor)

        return guarded

    def call(self, handler: Guarded) -> Handler:
        """For the chat's own calls: strangers get 401 and a sentence, as JSON."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            visitor = await self.visitor(request)
            if visitor is None:
                return refusal(401, t("console.error.signed_out", language_of(request)))
            if not await _csrf_ok(request, visitor):
                return refusal(403, t("console.error.csrf", visitor.language))
            return await handler(request, visitor)

        return guarded

    def _set(self, response: web.StreamResponse, name: str, value: str, age: int | None) -> None:
        response.set_cookie(name, value, max_age=age, path="/", httponly=True, samesite="Lax", secure=self._https)


async def _csrf_ok(request: web.Request, visitor: Visitor) -> bool:
    if request.method in SAFE_METHODS:
        return True
    mark = request.headers.get("X-CSRF", "")
    if not mark and request.content_type in FORM_TYPES:
        mark = str((await request.post()).get("csrf", ""))
    return secrets.compare_digest(mark.encode("utf-8", "replace"), visitor.csrf.encode())


def refusal(status: int, sentence: str) -> web.Response:
    """An error that the chat shows as it is."""
    return web.json_response({"error": sentence}, status=status)


def language_of(request: web.Request) -> Literal["zh", "en"]:
    """The language of a stranger, by the browser's first wish; Chinese if it has none."""
    return "en" if request.headers.get("Accept-Language", "").lower().startswith("en") else "zh"


def local_path(value: str) -> str:
    """A path to go back to after signing in; anything that could lead elsewhere becomes "/"."""
    harmless = value.startswith("/") and not value.startswith(("//", "/\\"))
    return value if harmless and value.isprintable() and "\\" not in value else "/"
