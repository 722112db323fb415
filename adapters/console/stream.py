"""Server-sent events: what is new in the chat, to every open window.

A push through the hub arrives at once. What another process delivered is found by a look into history, for which the
port `News` wakes the streams of those concerned; one look in a while depends on neither.
"""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from collections.abc import Sequence

import structlog
from aiohttp import web
from aiohttp_sse import EventSourceResponse, sse_response

from adapters.console.client import Draft, Hub, Stream
from adapters.console.door import Door, Visitor
from adapters.console.ports import History, HistoryEntry
from adapters.console.view import View

log = structlog.get_logger(__name__)
LOOK_SECONDS = 30.0  # between two looks into history for which nobody woke the stream
SESSION_SECONDS = 5.0  # between two looks whether the visitor is still signed in
LOOK_BACK = 20  # newest entries that a look compares
KNOWN = 200  # ids that a stream remembers having sent
RETRY_MS = 2000  # how soon a browser comes back after a cut


class EventStream:
    """The call that stays open."""

    def __init__(
        self, hub: Hub, door: Door, view: View, history: History, *, look_seconds: float = LOOK_SECONDS
    ) -> None:
        self._hub = hub
        self._door = door
        self._view = view
        self._history = history
        self._look_seconds = look_seconds

    def routes(self) -> list[web.RouteDef]:
        """What this part answers."""
        return [web.get("/chat/stream", self._door.call(self.open), allow_head=False)]

    async def open(self, request: web.Request, visitor: Visitor) -> web.StreamResponse:
        """Send what came after Last-Event-ID, then what comes, until somebody leaves."""
        with self._hub.open(visitor.person.id) as stream:
            latest = await self._history.before(visitor.person, None, LOOK_BACK)
            feed = _Feed(self._view, visitor, _seen(latest, request.headers.get("Last-Event-ID", "")))
            async with sse_response(request) as response:
                await self._serve(request, stream, feed, response)
        return response

    async def _serve(self, request: web.Request, stream: Stream, feed: _Feed, response: EventSourceResponse) -> None:
        """An error ends the stream and nothing else: the browser comes back by itself."""
        try:
            await response.send("{}", event="hello", retry=RETRY_MS)
            await self._follow(request, stream, feed, response)
        except ConnectionResetError:
            log.debug("console.stream_cut", person=feed.visitor.person.id)
        except Exception:
            log.exception("console.stream_failed", person=feed.visitor.person.id)

    async def _follow(self, request: web.Request, stream: Stream, feed: _Feed, response: EventSourceResponse) -> None:
        visitor: Visitor | None = feed.visitor
        asks = min(self._look_seconds, SESSION_SECONDS)
        look_due, door_due = 0.0, time.monotonic() + asks
        while visitor and not stream.closed and response.is_connected():
            if stream.missed or time.monotonic() >= look_due:
                stream.missed, look_due = False, time.monotonic() + self._look_seconds
                await feed.send(response, await self._history.before(visitor.person, None, LOOK_BACK))
            if entry := await stream.next(max(0.0, min(look_due, door_due) - time.monotonic())):
                await self._show(entry, feed, response)
            if time.monotonic() >= door_due:  # also while entries come without a pause
                visitor = await self._door.visitor(request, active=False)  # an open window is nobody at work
                door_due = time.monotonic() + asks
        if visitor is None:
            await response.send("{}", event="signed_out")

    async def _show(self, entry: HistoryEntry | Draft, feed: _Feed, response: EventSourceResponse) -> None:
        if isinstance(entry, Draft):
            await response.send(json.dumps(self._view.draft(entry.text)), event="draft")
        else:
            await feed.send(response, [entry])


class _Feed:
    """Sends each entry once."""

    def __init__(self, view: View, visitor: Visitor, seen: Sequence[str]) -> None:
        self.visitor = visitor
        self._view = view
        self._seen: OrderedDict[str, None] = OrderedDict.fromkeys(seen)

    async def send(self, response: EventSourceResponse, entries: Sequence[HistoryEntry]) -> None:
        for entry in entries:
            if self._is_new(entry.id) and (item := self._view.item(entry, self.visitor)):
                await response.send(json.dumps(item), id=entry.id, event="entry")

    def _is_new(self, entry_id: str) -> bool:
        if entry_id in self._seen:
            return False
        self._seen[entry_id] = None
        if len(self._seen) > KNOWN:
            self._seen.popitem(last=False)
        return True


def _seen(latest: Sequence[HistoryEntry], last_id: str) -> list[str]:
    """The ids that the browser has: up to the one it names; all when it comes for the first time."""
    ids = [entry.id for entry in latest]
    if not last_id:
        return ids
    return ids[: ids.index(last_id) + 1] if last_id in ids else []
