"""The skills' pages inside the frame: role, CSRF and language are settled before a skill is asked."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from adapters.console import body
from adapters.console.door import Door, Guarded, Visitor
from adapters.console.view import View
from bot.contracts import Page, PageRequest, PageResult
from bot.contracts.page import PageFile


class SkillPages:
    """Hangs pages into the web application."""

    def __init__(self, pages: Sequence[Page], door: Door, view: View) -> None:
        self._pages = pages
        self._door = door
        self._view = view

    def routes(self) -> list[web.RouteDef]:
        """One for each page and method."""
        return [
            web.route(method, page.route, self._door.page(self._shower(page)))
            for page in self._pages
            for method in page.methods
        ]

    def _shower(self, page: Page) -> Guarded:
        async def show(request: web.Request, visitor: Visitor) -> web.StreamResponse:
            if page.roles and visitor.person.role not in page.roles:
                raise web.HTTPForbidden
            return self._answer(page, request, visitor, await page.show(await _asked(request, visitor)))

        return show

    def _answer(self, page: Page, request: web.Request, visitor: Visitor, result: PageResult) -> web.StreamResponse:
        if result.redirect:
            raise web.HTTPSeeOther(result.redirect)
        if result.file:
            return _file(result.file)
        if not result.template:
            raise web.HTTPNotFound
        return self._view.page(
            result.template,
            visitor,
            visitor.language,
            folder=page.templates,
            status=result.status,
            path=request.path,
            **result.values,
        )


def _file(file: PageFile) -> web.StreamResponse:
    if not file.path.is_file():
        raise web.HTTPNotFound
    # Only sound and pictures that move are shown; nothing that a browser would run.
    shown = file.media_type.partition("/")[0] in {"audio", "video"}
    kind = file.media_type if shown else "application/octet-stream"
    return web.FileResponse(file.path, headers={"Content-Type": kind, "Content-Disposition": "inline"})


async def _asked(request: web.Request, visitor: Visitor) -> PageRequest:
    return PageRequest(
        viewer=visitor.person,
        language=visitor.language,
        method=request.method,
        path=dict(request.match_info),
        query=dict(request.query),
        form=await _form(request),
    )


async def _form(request: web.Request) -> dict[str, str]:
    """The fields; of a repeated name the last counts, as with a checkbox behind its hidden default."""
    if request.content_type not in body.FORM_TYPES:
        return {}
    fields = await body.form(request)
    return {name: value for name, value in fields.items() if isinstance(value, str) and name != "csrf"}
