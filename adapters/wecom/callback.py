"""The callback URL: where WeCom proves itself and hands messages over."""

from __future__ import annotations

import json

import structlog
from aiohttp import web

from adapters.common.body import of_callback
from adapters.common.wecom.crypto import CallbackCrypto, NotFromWecom, Unreadable
from adapters.wecom.translate import to_message
from bot.contracts.adapter import Receive
from bot.contracts.clock import Clock
from bot.contracts.errors import IntakeUnavailable
from bot.contracts.message import Message

log = structlog.get_logger(__name__)

# Old timestamps are not refused. Whether WeCom renews the timestamp when it sends a message again is not
# documented, and a clock of ours that goes wrong would silence the bot; refusing could lose messages, whereas a
# replay is harmless: Message.id is made of the signed content, and intake stores each id once.


class Callback:
    """Verifies, translates and stores; answers only when the message is safe."""

    def __init__(self, crypto: CallbackCrypto, agent_id: int, clock: Clock, receive: Receive) -> None:
        self._crypto = crypto
        self._agent_id = agent_id
        self._clock = clock
        self._receive = receive

    async def verify(self, request: web.Request) -> web.Response:
        """GET: the plaintext of echostr, nothing around it; 403 to everybody else."""
        try:
            plaintext = self._crypto.open_echo(request.query)
        except NotFromWecom as error:
            return _refuse(request, error)
        return web.Response(body=plaintext.encode(), content_type="text/plain", charset="utf-8")

    async def take(self, request: web.Request) -> web.Response:
        """POST: 200 when stored (or not a message), 403 unsigned, 413 too large, 503 so that WeCom repeats it."""
        body = await of_callback(request)
        if body is None:
            return web.Response(status=413)
        try:
            message = self._message(request, body)
        except NotFromWecom as error:
            return _refuse(request, error)
        if message is not None:
            try:
                await self._receive([message])
            except IntakeUnavailable:
                log.warning("wecom.intake_unavailable", message_id=message.id)
                return web.Response(status=503)
        return web.Response()  # empty: answers are sent through the API, when they are ready

    def _message(self, request: web.Request, body: bytes) -> Message | None:
        """None for what WeCom signed but no one can read: repeating would bring the same bytes again."""
        try:
            data = self._crypto.open_message(request.query, body)
            json.dumps(data)  # whatever is stored as `raw` must be JSON
            return to_message(data, self._agent_id, self._clock.now())
        except (Unreadable, ValueError, TypeError) as error:
            log.error("wecom.callback_unreadable", why=type(error).__name__, size=len(body))
            return None


def _refuse(request: web.Request, error: NotFromWecom) -> web.Response:
    log.warning("wecom.callback_refused", why=str(error), remote=request.remote)
    return web.Response(status=403)
