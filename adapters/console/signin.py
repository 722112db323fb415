"""Signing in by token, in a form or by a link, and signing out."""

from __future__ import annotations

import structlog
from aiohttp import web

from adapters.console.door import Door, Visitor, language_of, local_path
from adapters.console.security import Brake
from adapters.console.view import View
from config.locales import t

log = structlog.get_logger(__name__)


class SignInPages:
    """The way in and out."""

    def __init__(self, door: Door, brake: Brake, view: View) -> None:
        self._door = door
        self._brake = brake
        self._view = view

    def routes(self) -> list[web.RouteDef]:
        """What this part answers."""
        return [
            web.get("/sign-in", self.show),
            web.post("/sign-in", self.enter),
            web.post("/sign-out", self._door.page(self.leave)),
        ]

    async def show(self, request: web.Request) -> web.Response:
        """The form; who is signed in already goes on."""
        back = local_path(request.query.get("next", "/"))
        if await self._door.visitor(request):
            raise web.HTTPSeeOther(back)
        return self._form(request, back)

    async def enter(self, request: web.Request) -> web.Response:
        """The form was sent."""
        form = await request.post()
        back = local_path(str(form.get("next", "/")))
        if not self._door.knows_form(request, str(form.get("csrf", ""))):
            return self._form(request, back, 403, "console.error.csrf")
        return await self._try(request, str(form.get("token", "")).strip(), back)

    async def enter_by_link(self, request: web.Request, token: str) -> web.Response:
        """/?token=…: the redirect keeps the token out of the address bar and of later referrers."""
        return await self._try(request, token.strip(), "/")

    async def leave(self, request: web.Request, visitor: Visitor) -> web.Response:
        """Sign out."""
        response = _see_other("/sign-in")
        self._door.leave(response)
        return response

    async def _try(self, request: web.Request, token: str, back: str) -> web.Response:
        address = request.remote or ""
        if not self._brake.begin(address):
            log.warning("console.sign_in.braked", address=address)
            return self._form(request, back, 429, "console.sign_in.too_often")
        person = await self._door.admit(token)
        if person is None:
            return self._form(request, back, 401, "console.sign_in.wrong")
        self._brake.succeeded(address)
        response = _see_other(back)
        self._door.enter(response, token)
        return response

    def _form(self, request: web.Request, back: str, status: int = 200, error: str = "") -> web.Response:
        language, visit = language_of(request), self._door.visit(request)
        response = self._view.page(
            "sign_in.html",
            None,
            language,
            status=status,
            back=back,
            error=t(error, language) if error else "",
            form_csrf=self._door.visit_csrf(visit),
        )
        self._door.remember_visit(response, visit)
        return response


def _see_other(path: str) -> web.Response:
    return web.Response(status=303, headers={"Location": path})
