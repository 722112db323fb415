"""The chat's own calls: the page, history, messages, presses, files of ours."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import structlog
from aiohttp import web

from adapters.console import body
from adapters.console.client import Hub
from adapters.console.door import Door, Visitor, refusal
from adapters.console.limits import Pace
from adapters.console.ports import History, HistoryEntry
from adapters.console.security import Seal
from adapters.console.signin import SignInPages
from adapters.console.translate import (
    ATTACHMENT_LIMIT,
    TEXT_LIMIT,
    Unreadable,
    message_from,
    press_from,
    upload_ids,
)
from adapters.console.uploads import Uploads
from adapters.console.view import INLINE_IMAGES, View
from bot.contracts import Clock, Message, Receive
from bot.contracts.errors import IntakeUnavailable
from config.locales import load, t
from config.settings import Settings

log = structlog.get_logger(__name__)
PAGE_SIZE = 30
BODY_LIMIT = 64 * 1024  # bytes of one call: the longest text in UTF-8 and JSON
SUGGESTIONS = "console.suggest."
SCRIPT_TEXTS = "console.script."
_NUMBER = re.compile(r"-?[0-9]{1,18}")  # what a database takes


class Chat:
    """Everything between one browser and the intake."""

    def __init__(self, settings: Settings, clock: Clock, door: Door, view: View, history: History, seal: Seal) -> None:
        self._settings = settings
        self._clock = clock
        self._door = door
        self._view = view
        self._history = history
        self._seal = seal

    def routes(
        self, receive: Receive, hub: Hub, uploads: Uploads, sign_in: SignInPages, pace: Pace
    ) -> list[web.RouteDef]:
        """What this part answers."""
        intake = _Intake(receive, hub, uploads, self._clock)
        return [
            web.get("/", self._front(sign_in)),
            web.get("/chat/history", self._door.call(self.history)),
            web.get("/chat/files/{signed}", self._door.page(self.file)),
            web.post("/chat/messages", self._door.call(intake.message, pace)),
            web.post("/chat/presses", self._door.call(intake.press, pace)),
        ]

    def _front(self, sign_in: SignInPages) -> Any:
        shown = self._door.page(self.show)

        async def front(request: web.Request) -> web.StreamResponse:
            token = request.query.get("token", "")
            return await (sign_in.enter_by_link(request, token) if token else shown(request))

        return front

    async def show(self, request: web.Request, visitor: Visitor) -> web.Response:
        """The chat page; its script asks for the history."""
        language = visitor.language
        return self._view.page(
            "chat.html",
            visitor,
            language,
            path=request.path,
            suggestions=_texts(SUGGESTIONS, language),
            texts={key.removeprefix(SCRIPT_TEXTS): load(language)[key] for key in _keys(SCRIPT_TEXTS)},
            upload_limit=self._settings.web.upload_limit_mb,
            text_limit=TEXT_LIMIT,
            attachment_limit=ATTACHMENT_LIMIT,
        )

    async def history(self, request: web.Request, visitor: Visitor) -> web.Response:
        """`PAGE_SIZE` entries before ?before=seq, oldest first; `more` is the next page's `before`."""
        before = request.query.get("before", "")
        if before and not _NUMBER.fullmatch(before):
            return refusal(400, t("console.error.unreadable", visitor.language))
        entries = await self._history.before(visitor.person, int(before) if before else None, PAGE_SIZE)
        items = [item for entry in entries if (item := self._view.item(entry, visitor))]
        more = entries[0].seq if len(entries) == PAGE_SIZE else None
        return web.json_response({"entries": items, "more": more})

    async def file(self, request: web.Request, visitor: Visitor) -> web.StreamResponse:
        """A file that a reply brought, for the person it was sent to only."""
        values = self._seal.verify(request.match_info["signed"])
        if values is None or values.get("person") != visitor.person.id:
            raise web.HTTPNotFound
        data = self._settings.data.resolve()
        path = (data / values["path"]).resolve()
        if not path.is_relative_to(data) or not await asyncio.to_thread(path.is_file):
            raise web.HTTPNotFound
        return web.FileResponse(path, headers=_file_headers(values))


class _Intake:
    """Hands what the browser sends to the intake, and shows it in the person's other windows."""

    def __init__(self, receive: Receive, hub: Hub, uploads: Uploads, clock: Clock) -> None:
        self._receive = receive
        self._hub = hub
        self._uploads = uploads
        self._clock = clock

    async def message(self, request: web.Request, visitor: Visitor) -> web.Response:
        """Text, files, or both."""
        try:
            data = await _json(request)
            attachments = await self._uploads.attachments(upload_ids(data), visitor.person.id)
            message = message_from(data, visitor.person, attachments, self._clock.now())
        except Unreadable as error:
            return refusal(400, t(error.args[0] if error.args else "console.error.unreadable", visitor.language))
        return await self._hand_over(message, visitor)

    async def press(self, request: web.Request, visitor: Visitor) -> web.Response:
        """A button of a card."""
        try:
            message = press_from(await _json(request), visitor.person, self._clock.now())
        except Unreadable:
            return refusal(400, t("console.error.unreadable", visitor.language))
        return await self._hand_over(message, visitor)

    async def _hand_over(self, message: Message, visitor: Visitor) -> web.Response:
        try:
            await self._receive([message])
        except IntakeUnavailable as error:
            log.warning("console.intake_unavailable", message=message.id, error=str(error))
            return refusal(503, t("console.error.busy", visitor.language))
        self._hub.push(visitor.person.id, _echo(message))
        return web.json_response({"id": message.id}, status=202)


def _echo(message: Message) -> HistoryEntry:
    names = tuple(attachment.name for attachment in message.attachments)
    return HistoryEntry(message.id, 0, "in", message.at, message.text, attachments=names)


async def _json(request: web.Request) -> Mapping[str, Any]:
    """The body as an object; never reads more than BODY_LIMIT. Raises Unreadable."""
    text = await body.whole(request, BODY_LIMIT)
    if len(text) > BODY_LIMIT:
        raise Unreadable
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable from error
    if not isinstance(data, dict):
        raise Unreadable
    return data


def _file_headers(values: Mapping[str, Any]) -> dict[str, str]:
    shown = values["media_type"] in INLINE_IMAGES
    disposition = "inline" if shown else "attachment"
    return {
        "Content-Type": values["media_type"] if shown else "application/octet-stream",
        "Content-Disposition": f"{disposition}; filename*=UTF-8''{quote(values['name'], safe='')}",
        "Cache-Control": "private, max-age=3600",
    }


def _keys(prefix: str) -> list[str]:
    return [key for key in load("zh") if key.startswith(prefix)]


def _texts(prefix: str, language: str) -> list[str]:
    return [t(key, language) for key in _keys(prefix)]
