"""The Request URL: events, buttons, forms and commands come here when slack.mode is "events"."""

from __future__ import annotations

import structlog
from aiohttp import web

from adapters.common.body import of_callback
from adapters.slack.bolt import Bolt
from adapters.slack.signature import refusal
from bot.contracts.clock import Clock

log = structlog.get_logger(__name__)


class Callback:
    """Verifies and hands on; answers only when the message is safe."""

    def __init__(self, secret: str, clock: Clock, bolt: Bolt) -> None:
        self._secret = secret
        self._clock = clock
        self._bolt = bolt

    async def take(self, request: web.Request) -> web.Response:
        """200 stored, 403 not from Slack or not from now, 413 too large, 503 so that Slack repeats it."""
        body = await of_callback(request)
        if body is None:
            return web.Response(status=413)
        if why := refusal(request.headers, body, self._secret, self._clock.now()):
            log.warning("slack.request_refused", why=why, remote=request.remote)
            return web.Response(status=403)
        if retry := request.headers.get("X-Slack-Retry-Num"):
            log.info("slack.repeated", number=retry[:8], why=request.headers.get("X-Slack-Retry-Reason", "")[:64])
        response = await self._bolt.http(body.decode("utf-8", "replace"), request.headers.get("Content-Type", ""))
        content_type = (response.headers.get("content-type") or ["text/plain"])[0].split(";")[0]
        return web.Response(status=response.status, text=response.body, content_type=content_type)
