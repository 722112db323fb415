"""slack_bolt, set up so that nothing is acknowledged before it is stored.

By itself bolt's async app acknowledges an event at once and runs its listener in a task that nobody waits for: a crash
loses the message. Here everything is taken by one middleware, which stores first and whose answer *is* the
acknowledgement, so no listener of bolt ever runs. Bolt parses the request and answers url_verification and ssl_check.
Its own signature check is off, because it answers 500 to a timestamp that is no number; `signature` does it before.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

import structlog

from adapters.slack.intake import Answer

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
    from slack_bolt.response import BoltResponse

TAKEN = "xiaoce_taken"

Take = Callable[[Mapping[str, Any]], Awaitable[Answer]]

log = structlog.get_logger(__name__)


class Bolt:
    """The way in that both modes share."""

    def __init__(self, take: Take) -> None:
        self._take = take
        self._app: AsyncApp | None = None

    async def http(self, text: str, content_type: str) -> BoltResponse:
        """The answer to a verified request."""
        return await self._dispatch(text, {"content-type": content_type}, "http")

    async def socket(self, payload: Mapping[str, Any]) -> BoltResponse:
        """The answer to an envelope of Socket Mode."""
        return await self._dispatch(dict(payload), {}, "socket_mode")

    async def _dispatch(self, body: str | dict[str, Any], headers: dict[str, Any], mode: str) -> BoltResponse:
        from slack_bolt.async_app import AsyncBoltRequest

        try:
            request = AsyncBoltRequest(body=body, headers=headers, mode=mode)
            response = await self._opened().async_dispatch(request)
        except Exception as error:  # signed by Slack, but not of a shape that bolt expects
            log.warning("slack.bolt_cannot_read", why=type(error).__name__)
            return await self._without_bolt(body, headers)
        if response.status >= 400 and TAKEN not in request.context:
            return await self._without_bolt(body, headers)
        return response

    async def _without_bolt(self, body: str | dict[str, Any], headers: Mapping[str, Any]) -> BoltResponse:
        """Keep it all the same. What isn't even an object is only noted: repeating would bring the same bytes."""
        found = _object(body)
        if found is None:
            log.error("slack.request_unreadable", size=len(body), content_type=headers.get("content-type", ""))
            return _response(Answer())
        return _response(await self._take(found))

    async def _middleware(self, req: AsyncBoltRequest, next: Any) -> BoltResponse:
        req.context[TAKEN] = True
        return _response(await self._take(req.body))

    def _opened(self) -> AsyncApp:
        """The app, made at the first request: importing bolt takes a third of a second."""
        if self._app is None:
            from slack_bolt.async_app import AsyncApp

            # process_before_response: should anybody ever add a listener, it too must end before the answer.
            self._app = AsyncApp(
                name="xiaoce",
                authorize=_authorize,
                request_verification_enabled=False,
                ignoring_self_events_enabled=False,  # `events` knows our own, and their changes as well
                process_before_response=True,
            )
            self._app.use(self._middleware)
        return self._app


async def _authorize(enterprise_id: str | None, team_id: str | None) -> Any:
    """Bolt asks whose request this is. One workspace, one token, and nothing here calls Slack with it."""
    from slack_bolt.authorization import AuthorizeResult

    return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id)


def _object(body: str | dict[str, Any]) -> dict[str, Any] | None:
    if isinstance(body, dict):
        return body
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _response(answer: Answer) -> BoltResponse:
    from slack_bolt.response import BoltResponse

    return BoltResponse(status=answer.status, body=dict(answer.body) or "")
