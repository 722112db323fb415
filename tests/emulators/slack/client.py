"""The client page: what a person of the workspace sees and does, in a browser."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Coroutine, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import BodyPartReader, web

from tests.emulators.slack.errors import SlackError
from tests.emulators.slack.hub import Change
from tests.emulators.slack.rooms import Post, Room
from tests.emulators.slack.side_doors import serve
from tests.emulators.slack.world import World

if TYPE_CHECKING:
    from tests.emulators.slack.emulator import SlackEmulator

STATIC = Path(__file__).parent / "static"
HEARTBEAT_SECONDS = 15.0
SSE_HEADERS = {"Content-Type": "text/event-stream", "Cache-Control": "no-cache"}


class Client:
    """Routes under /client."""

    def __init__(self, emulator: SlackEmulator) -> None:
        self._emulator = emulator
        self._sending: set[asyncio.Task[Any]] = set()

    def add_routes(self, app: web.Application) -> None:
        """Put the page and its interfaces on the server."""
        app.router.add_get("/client", self._page)
        app.router.add_get("/client/workspace", self._workspace)
        app.router.add_get("/client/history", self._history)
        app.router.add_get("/client/views", self._views)
        app.router.add_get("/client/events", self._events)
        app.router.add_get("/client/file/{file}/{name}", self._file)
        app.router.add_post("/client/do/{what}", self._do)
        app.router.add_post("/client/upload", self._upload)
        app.router.add_post("/client/submit", self._submit)
        app.router.add_static("/client/static", STATIC)

    async def close(self) -> None:
        """Give up what is still on its way."""
        for task in list(self._sending):
            task.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)

    async def _page(self, request: web.Request) -> web.FileResponse:
        return web.FileResponse(STATIC / "client.html")

    async def _workspace(self, request: web.Request) -> web.Response:
        space = self._emulator.workspace
        user = request.query.get("user") or next(iter(space.users))
        rooms = [{"id": room.id, "kind": room.kind, "name": room.name} for room in self._world.rooms.of_user(user)]
        return _json(
            {
                "team": space.team_name,
                "app": {"name": space.app_name, "user": space.bot_user_id},
                "users": [{"id": ident, "name": name} for ident, name in space.users.items()],
                "channels": rooms,
                "commands": space.commands,
            }
        )

    async def _history(self, request: web.Request) -> web.Response:
        user = self._user(request.query)
        room = self._room(user, request.query)
        posts = [self._post(post) for post in room.seen_by(user)]
        threads = {ts: asdict(thread) for (channel, ts), thread in self._world.threads.items() if channel == room.id}
        return _json({"posts": posts, "threads": threads})

    async def _views(self, request: web.Request) -> web.Response:
        user = self._user(request.query)
        desk = self._world.desk
        modals = [self._world.view_json(view.id) for view in desk.stack_of(user)]
        home = desk.home_of(user)
        return _json({"modals": modals, "home": self._world.view_json(home.id) if home else None})

    async def _events(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers=SSE_HEADERS)
        with contextlib.suppress(ConnectionError), self._world.hub.watch(self._user(request.query)) as queue:
            await response.prepare(request)
            await response.write(b": open\n\n")
            while True:  # until the page is closed
                await response.write(await _next_event(queue))
        return response

    async def _file(self, request: web.Request) -> web.Response:
        try:
            return serve(self._world.files.get(request.match_info["file"]))
        except SlackError as error:
            raise web.HTTPNotFound(text=error.error) from error

    async def _do(self, request: web.Request) -> web.Response:
        data = await request.json()
        user, people = self._user(data), self._emulator.callbacks
        channel, thread = str(data.get("channel", "")), str(data.get("thread_ts", ""))
        doing: dict[str, Any] = {
            "say": lambda: people.say(user, data["text"], channel, thread_ts=thread),
            "command": lambda: people.command(user, data["text"], name=data["command"], channel=channel),
            "press": lambda: people.press(user, data["ts"], data["action"], chosen=data.get("chosen"), channel=channel),
            "press-view": lambda: people.press_in_view(data["view"], data["action"], chosen=data.get("chosen")),
            "close": lambda: people.close_view(data["view"], everything=bool(data.get("everything"))),
            "home": lambda: people.open_home(user, data.get("tab", "home")),
            "assistant": lambda: people.start_assistant(user),
        }
        if request.match_info["what"] not in doing:
            raise web.HTTPNotFound
        return self._start(doing[request.match_info["what"]]())

    async def _submit(self, request: web.Request) -> web.Response:
        """Answers when the app has answered, so that the page can show errors beside the inputs."""
        data = await request.json()
        try:
            outcome = await self._emulator.callbacks.submit(data["view"], data["values"])
        except ValueError as error:
            return _json({"errors": {"": str(error)}})
        return _json({"errors": outcome.errors})

    async def _upload(self, request: web.Request) -> web.Response:
        user, query = self._user(request.query), request.query
        part = await (await request.multipart()).next()
        if not isinstance(part, BodyPartReader):
            raise web.HTTPBadRequest(text="no file")
        name, content = part.filename or "file", bytes(await part.read())
        channel, thread = query.get("channel", ""), query.get("thread_ts", "")
        sending = self._emulator.callbacks.send_file(
            user, name, content, query.get("text", ""), channel, thread_ts=thread
        )
        return self._start(sending)

    def _start(self, sending: Coroutine[Any, Any, Any]) -> web.Response:
        """Send in the background: the page learns of the outcome by its events."""
        task = asyncio.get_running_loop().create_task(sending)
        self._sending.add(task)
        task.add_done_callback(self._finished)
        return _json({"sent": True})

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._sending.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self._world.record.warnings.append(f"the page could not send: {error}")

    @property
    def _world(self) -> World:
        return self._emulator.world

    def _user(self, data: Mapping[str, Any]) -> str:
        user = str(data.get("user", ""))
        if user not in self._emulator.workspace.users:
            raise web.HTTPBadRequest(text="no such user")
        return user

    def _room(self, user: str, data: Mapping[str, Any]) -> Room:
        try:
            return self._emulator.callbacks.room(user, str(data.get("channel", "")))
        except LookupError as error:
            raise web.HTTPNotFound(text=str(error)) from error

    def _post(self, post: Post) -> dict[str, Any]:
        names = self._emulator.workspace
        files = [{"id": file["id"], "name": file["name"], "type": file["mimetype"]} for file in post.files]
        shown = asdict(post)
        return {**shown, "name": names.name_of(post.user), "bot": post.user == names.bot_user_id, "files": files}


async def _next_event(queue: asyncio.Queue[Change]) -> bytes:
    try:
        change = await asyncio.wait_for(queue.get(), HEARTBEAT_SECONDS)
    except TimeoutError:
        return b": still here\n\n"
    return f"data: {json.dumps(asdict(change))}\n\n".encode()


def _json(data: object) -> web.Response:
    return web.Response(text=json.dumps(data, ensure_ascii=False), content_type="application/json")
