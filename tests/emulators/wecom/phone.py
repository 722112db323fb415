"""The phone page: the members' side of the conversation, in a browser."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Coroutine, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import BodyPartReader, web

from tests.emulators.wecom.api import serve
from tests.emulators.wecom.chats import Bubble
from tests.emulators.wecom.errors import ApiError
from tests.emulators.wecom.poster import Delivery

if TYPE_CHECKING:
    from tests.emulators.wecom.emulator import WecomEmulator

STATIC = Path(__file__).parent / "static"
HEARTBEAT_SECONDS = 15.0
SSE_HEADERS = {"Content-Type": "text/event-stream", "Cache-Control": "no-cache"}


class Phone:
    """Routes under /phone."""

    def __init__(self, emulator: WecomEmulator) -> None:
        self._emulator = emulator
        self._sending: set[asyncio.Task[Delivery]] = set()

    def add_routes(self, app: web.Application) -> None:
        """Put the page and its interfaces on the server."""
        app.router.add_get("/phone", self._page)
        app.router.add_get("/phone/company", self._company)
        app.router.add_get("/phone/history", self._history)
        app.router.add_get("/phone/events", self._events)
        app.router.add_get("/phone/media/{media_id}", self._media)
        app.router.add_post("/phone/text", self._text)
        app.router.add_post("/phone/press", self._press)
        app.router.add_post("/phone/upload", self._upload)
        app.router.add_post("/phone/enter", self._enter)
        app.router.add_static("/phone/static", STATIC)

    async def _page(self, request: web.Request) -> web.FileResponse:
        return web.FileResponse(STATIC / "phone.html")

    async def _company(self, request: web.Request) -> web.Response:
        company = self._emulator.company
        users = [{"id": userid, "name": name} for userid, name in company.users.items()]
        return _json({"app": company.app_name, "users": users})

    async def _history(self, request: web.Request) -> web.Response:
        bubbles = self._emulator.chats.of(self._user(request.query))
        return _json([asdict(bubble) for bubble in bubbles])

    async def _events(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers=SSE_HEADERS)
        watching = self._emulator.chats.watch(self._user(request.query))
        with contextlib.suppress(ConnectionError), watching as queue:  # until the page is closed
            await response.prepare(request)
            await response.write(b": open\n\n")
            while True:
                await response.write(await _next_event(queue))
        return response

    async def _media(self, request: web.Request) -> web.Response:
        try:
            return serve(self._emulator.media.get(request.match_info["media_id"]))
        except ApiError as error:
            raise web.HTTPNotFound(text=error.errmsg) from error

    async def _text(self, request: web.Request) -> web.Response:
        data = await request.json()
        return self._start(self._emulator.callbacks.send_text(self._user(data), str(data["text"])))

    async def _enter(self, request: web.Request) -> web.Response:
        return self._start(self._emulator.callbacks.enter_agent(self._user(await request.json())))

    async def _press(self, request: web.Request) -> web.Response:
        data = await request.json()
        user, sender = self._user(data), self._emulator.callbacks
        if data.get("menu"):
            return self._start(sender.press_menu(user, data["id"], data["key"]))
        return self._start(sender.press_button(user, data["id"], data["key"], data.get("selected") or {}))

    async def _upload(self, request: web.Request) -> web.Response:
        user, kind = self._user(request.query), request.query.get("kind", "file")
        part = await (await request.multipart()).next()
        if not isinstance(part, BodyPartReader):
            raise web.HTTPBadRequest(text="no file")
        return self._start(self._send_file(user, kind, part.filename or "file", bytes(await part.read())))

    def _send_file(self, user: str, kind: str, name: str, content: bytes) -> Coroutine[Any, Any, Delivery]:
        sender = self._emulator.callbacks
        if kind == "image":
            return sender.send_image(user, content, name)
        if kind == "voice":
            return sender.send_voice(user, content, name.rpartition(".")[2].lower() or "amr")
        if kind == "video":
            return sender.send_video(user, content)
        return sender.send_file(user, name, content)

    def _start(self, sending: Coroutine[Any, Any, Delivery]) -> web.Response:
        """Send in the background: the page learns of the outcome by its events."""
        task = asyncio.get_running_loop().create_task(sending)
        self._sending.add(task)
        task.add_done_callback(self._finished)
        return _json({"sent": True})

    def _finished(self, task: asyncio.Task[Delivery]) -> None:
        self._sending.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self._emulator.warnings.append(f"the phone could not send: {error}")

    def _user(self, data: Mapping[str, Any]) -> str:
        userid = self._emulator.company.find_user(str(data.get("user", "")))
        if userid is None:
            raise web.HTTPBadRequest(text="no such user")
        return userid


async def _next_event(queue: asyncio.Queue[Bubble]) -> bytes:
    try:
        bubble = await asyncio.wait_for(queue.get(), HEARTBEAT_SECONDS)
    except TimeoutError:
        return b": still here\n\n"
    return f"data: {json.dumps(asdict(bubble), ensure_ascii=False)}\n\n".encode()


def _json(data: object) -> web.Response:
    return web.Response(text=json.dumps(data, ensure_ascii=False), content_type="application/json")
