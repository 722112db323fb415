"""Mode "callback": WeCom proves itself, hands messages over, and comes again for what the answer looks like so far.

WeCom waits five seconds. A message is answered by opening a stream, for which WeCom then asks again and again, until it
is finished or six minutes are over. Presses and greetings are answered at once or never.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from typing import Any

import structlog
from aiohttp import web

from adapters.common.body import of_callback
from adapters.common.language import language
from adapters.common.wecom.crypto import CallbackCrypto, NotFromWecom, Unreadable
from adapters.wecom_bot import bodies
from adapters.wecom_bot.intake import BotIntake
from adapters.wecom_bot.ports import Streams, StreamState
from adapters.wecom_bot.translate import StreamKind, stream_id
from bot.contracts.errors import IntakeUnavailable
from bot.contracts.message import Message
from config.locales import t

LOOK = 0.1  # seconds between two looks for the answer
# How long WeCom's request is kept for the answer. A stream can still be asked for later; a card's change can't.
PATIENCE: Mapping[StreamKind, float] = {"message": 0.8, "press": 3.5, "welcome": 3.5}

log = structlog.get_logger(__name__)


class Callback:
    """Verifies, stores, answers. Old timestamps aren't refused: a replay is stored once and answered the same."""

    def __init__(self, crypto: CallbackCrypto, streams: Streams, intake: BotIntake) -> None:
        self._crypto = crypto
        self._streams = streams
        self._intake = intake

    async def verify(self, request: web.Request) -> web.Response:
        """GET: the plaintext of echostr, nothing around it; 403 to everybody else."""
        try:
            plaintext = self._crypto.open_echo(request.query)
        except NotFromWecom as error:
            return _refuse(request, error)
        return web.Response(body=plaintext.encode(), content_type="text/plain", charset="utf-8")

    async def take(self, request: web.Request) -> web.Response:
        """POST: 200 with the answer, 403 unsigned, 413 too large, 503 so that WeCom repeats it."""
        raw = await of_callback(request)
        if raw is None:
            return web.Response(status=413)
        try:
            answer = await self._answer(self._crypto.open_json(request.query, raw))
        except NotFromWecom as error:
            return _refuse(request, error)
        except Unreadable as error:
            log.error("wecom_bot.callback_unreadable", why=str(error), size=len(raw))
            return web.Response()
        except IntakeUnavailable:
            log.warning("wecom_bot.intake_unavailable")
            return web.Response(status=503)
        if answer is None:
            return web.Response()
        timestamp = int(self._intake.now().timestamp())
        return web.json_response(self._crypto.seal_json(answer, timestamp, secrets.token_hex(8)))

    async def _answer(self, body: Mapping[str, Any]) -> dict[str, Any] | None:
        if body.get("msgtype") == "stream":
            return await self._refreshed(body)
        message = self._intake.read(body)
        if message is None:
            return None
        began = asyncio.get_running_loop().time()
        kind = await self._intake.store(message, body)
        return await self._first(message, kind, began + PATIENCE[kind]) if kind else None

    async def _refreshed(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """What the stream looks like now. An unknown one is ended, so that WeCom stops asking."""
        asked = body.get("stream")
        found = str(asked.get("id", "")) if isinstance(asked, Mapping) else ""
        state = await self._streams.take(found)
        if state is None:
            return bodies.stream(found, t("wecom_bot.stream.gone"), finish=True)
        return _stream(state, "")

    async def _first(self, message: Message, kind: StreamKind, until: float) -> dict[str, Any] | None:
        state = await self._soon(stream_id(message.id), until)
        if kind == "message":
            words = t("wecom_bot.stream.working", language(message.text))
            return _stream(state or StreamState(stream_id(message.id), message.at, {}), words)
        if state is None or not state.finish:
            return None
        if kind == "welcome":
            return bodies.welcome(state.content, state.card)
        return bodies.update(state.card, str(state.about.get("user", ""))) if state.card else None

    async def _soon(self, found: str, until: float) -> StreamState | None:
        """The stream when it is finished, or as it is at that time of the loop's clock."""
        while (state := await self._streams.take(found)) and not state.finish:
            if asyncio.get_running_loop().time() >= until:
                break
            await asyncio.sleep(LOOK)
        return state


def _stream(state: StreamState, working: str) -> dict[str, Any]:
    """A stream that has nothing to show yet says that it is working."""
    words = state.content or working or t("wecom_bot.stream.working")
    return bodies.stream(state.id, words, finish=state.finish, card=state.card if state.finish else None)


def _refuse(request: web.Request, error: NotFromWecom) -> web.Response:
    log.warning("wecom_bot.callback_refused", why=str(error), remote=request.remote)
    return web.Response(status=403)
