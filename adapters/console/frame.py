"""What surrounds every answer of the console: host and origin checks, security headers, error pages, size limits."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from adapters.console.door import SAFE_METHODS, Door, Visitor, language_of, refusal
from adapters.console.security import HEADERS, HTTPS_HEADERS
from adapters.console.view import View
from config.locales import t

log = structlog.get_logger(__name__)
BODY_LIMIT = 1024 * 1024  # bytes of a form; uploads have their own limit
UPLOAD_PATH = "/chat/uploads"
EXPLAINED = frozenset({403, 404, 405, 408, 413, 421, 429, 500})  # statuses that have a sentence of their own


class Frame:
    """Acts on the console's own routes and on paths that nobody knows; other adapters stay untouched."""

    def __init__(self, door: Door, view: View, https: bool) -> None:
        self._door = door
        self._view = view
        self._headers = HEADERS | (HTTPS_HEADERS if https else {})
        self._routes: set[web.AbstractRoute] = set()

    def surround(self, app: web.Application, routes: Sequence[web.AbstractRouteDef]) -> None:
        """Add the routes to the application, and this frame around them."""
        self._routes.update(app.add_routes(routes))
        app.on_response_prepare.append(self.add_headers)
        app.middlewares.append(self.explain_errors)

    async def add_headers(self, request: web.Request, response: web.StreamResponse) -> None:
        """Set what the answer hasn't set itself."""
        if self._is_ours(request):
            for name, value in self._headers.items():
                response.headers.setdefault(name, value)

    def _is_ours(self, request: web.Request) -> bool:
        match = request.match_info
        return match.http_exception is not None or match.route in self._routes

    @web.middleware
    async def explain_errors(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Turn errors into a page, or into JSON for the chat's script, with a sentence that helps."""
        if not self._is_ours(request):
            return await handler(request)
        try:
            self._check(request)
            return await handler(request)
        except web.HTTPError as error:
            return await self._explain(request, error.status, error.headers.get("Retry-After", ""))
        except (web.HTTPException, ConnectionResetError):
            raise  # a redirect, or a browser that has gone
        except Exception:
            return await self._failed(request)

    def _check(self, request: web.Request) -> None:
        """What holds for every route, whoever asks: a route that is added can't forget it."""
        if not self._door.hosts.knows(request):
            raise web.HTTPMisdirectedRequest
        if request.method not in SAFE_METHODS and not self._door.hosts.is_from_our_page(request):
            raise web.HTTPForbidden
        size = request.content_length or 0
        if request.path != UPLOAD_PATH and size > BODY_LIMIT:
            raise web.HTTPRequestEntityTooLarge(max_size=BODY_LIMIT, actual_size=size)

    async def _failed(self, request: web.Request) -> web.StreamResponse:
        log.exception("console.failed", method=request.method, path=request.path)
        return await self._explain(request, 500)

    async def _visitor(self, request: web.Request) -> Visitor | None:
        """Who is signed in, for the page around the error; nobody if that can't be found out now."""
        try:
            return await self._door.visitor(request, active=False)
        except Exception:
            log.exception("console.visitor_unknown")
            return None

    async def _explain(self, request: web.Request, status: int, wait: str = "") -> web.StreamResponse:
        visitor = None if status == 421 else await self._visitor(request)
        language = visitor.language if visitor else language_of(request)
        sentence = t(f"console.status.{status if status in EXPLAINED else 500}", language, seconds=wait)
        response = self._answer(request, visitor, language, status, sentence)
        if wait:
            response.headers["Retry-After"] = wait
        if status == 408:
            response.force_close()  # the rest of that body is not waited for
        return response

    def _answer(
        self, request: web.Request, visitor: Visitor | None, language: str, status: int, sentence: str
    ) -> web.Response:
        if "text/html" not in request.headers.get("Accept", ""):
            return refusal(status, sentence)
        return self._view.page("error.html", visitor, language, status=status, path=request.path, sentence=sentence)
