"""The sign-in page, signing in by token in a form or by a link, and signing out.

Only a form of ours signs anybody in. A link asks first: the browser may have followed it from another site, and whoever
made it may want their own name over what is written next (login CSRF); a chat's preview may have followed it, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qs

import structlog
from aiohttp import web

from adapters.console import body
from adapters.console.cookies import VISIT
from adapters.console.door import Door, Visitor, language_of, local_path, see_other
from adapters.console.limits import Rate
from adapters.console.ports import LINK, IdentityProvider
from adapters.console.view import View
from bot.contracts import Person
from config.locales import t

log = structlog.get_logger(__name__)


class SignInPages:
    """The way in and out. `failures` counts by address: attempts that succeed are given back."""

    def __init__(
        self, door: Door, failures: Rate, view: View, providers: Sequence[IdentityProvider], *, by_link: bool
    ) -> None:
        self._door = door
        self._failures = failures
        self._view = view
        self._providers = [provider.name for provider in providers]
        self._by_link = by_link

    def routes(self) -> list[web.RouteDef]:
        """What this part answers."""
        return [
            web.get("/sign-in", self.show),
            web.post("/sign-in", self.enter),
            web.post("/sign-out", self._door.page(self.leave)),
        ]

    async def show(self, request: web.Request) -> web.Response:
        """The ways in; who is signed in already goes on."""
        back = local_path(request.query.get("next", "/"))
        if await self._door.visitor(request):
            raise web.HTTPSeeOther(back)
        return self.form(request, back)

    async def enter(self, request: web.Request) -> web.Response:
        """The form was sent."""
        fields = await body.form(request)
        back = local_path(str(fields.get("next", "/")))
        if not self._door.knows_form(request, str(fields.get("csrf", ""))):
            return self.form(request, back, 403, t("console.error.csrf", language_of(request)))
        return await self._try(request, _token_in(str(fields.get("token", ""))), back)

    async def enter_by_link(self, request: web.Request, token: str) -> web.Response:
        """/?token=…: ask whether to sign in, with one button. Changes nothing, as befits a GET."""
        token = token.strip()
        if refusal := self._refusal(request, "/"):
            return refusal
        person = await self._door.holder(token)
        if person is None:
            return self._wrong(request, "/")
        self._failures.give_back(self._door.hosts.counted(request))
        visitor = await self._door.visitor(request)
        if visitor and visitor.person.id == person.id:
            return see_other("/")
        return self._asking(request, token, person, visitor)

    async def leave(self, request: web.Request, visitor: Visitor) -> web.Response:
        """Sign out."""
        return await self._door.leave(visitor)

    def form(
        self, request: web.Request, back: str, status: int = 200, error: str = "", *, wrong_token: bool = False
    ) -> web.Response:
        """The page with the ways in, and what went wrong with the last one."""
        language, visit = language_of(request), self._door.visit(request)
        response = self._view.page(
            "sign_in.html",
            None,
            language,
            status=status,
            back=back,
            error=error,
            wrong_token=wrong_token,
            ways=self._providers,
            by_link=self._by_link,
            hours=int(self._door.lifetime.whole.total_seconds() // 3600),
            form_csrf=self._door.visit_csrf(visit),
        )
        self._door.cookies.set(response, VISIT, visit, None)
        return response

    def _asking(self, request: web.Request, token: str, person: Person, visitor: Visitor | None) -> web.Response:
        language, visit = language_of(request), self._door.visit(request)
        now, mark = visitor.person.name if visitor else "", self._door.visit_csrf(visit)
        response = self._view.page("link.html", None, language, token=token, name=person.name, now=now, form_csrf=mark)
        response.headers["Referrer-Policy"] = "strict-origin"  # the address holds the token until the script runs
        self._door.cookies.set(response, VISIT, visit, None)
        return response

    async def _try(self, request: web.Request, token: str, back: str) -> web.Response:
        if refusal := self._refusal(request, back):
            return refusal
        response = await self._door.enter(request, LINK, token, back) if token else None
        if response is None:
            return self._wrong(request, back)
        self._failures.give_back(self._door.hosts.counted(request))
        return response

    def _refusal(self, request: web.Request, back: str) -> web.Response | None:
        """Why no token is even looked at; None, and an attempt counted, when one may be."""
        if not self._by_link:
            return self.form(request, back, 403, t("console.sign_in.no_links", language_of(request)))
        wait = self._failures.take(self._door.hosts.counted(request))
        return self.too_often(request, back, wait) if wait else None

    def _wrong(self, request: web.Request, back: str) -> web.Response:
        return self.form(request, back, 401, t("console.sign_in.wrong", language_of(request)), wrong_token=True)

    def too_often(self, request: web.Request, back: str, wait: int) -> web.Response:
        """Refuse for a while, in words and for programs."""
        log.warning("console.sign_in.braked", address=self._door.hosts.counted(request))
        response = self.form(request, back, 429, t("console.sign_in.too_often", language_of(request), seconds=wait))
        response.headers["Retry-After"] = str(wait)
        return response


def _token_in(pasted: str) -> str:
    """The code itself, or that of a whole link."""
    text = pasted.strip()
    return parse_qs(text.partition("?")[2]).get("token", [text])[0]
