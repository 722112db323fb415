"""What became of one event or press on its way to the app."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypedDict

from tests.emulators.slack.rooms import Post
from tests.emulators.slack.signing import Sealed, Tamper

Kind = Literal["events_api", "interactive", "slash_commands"]
GOOD = range(200, 300)


class How(TypedDict, total=False):
    """How it is sent; by default as Slack does."""

    tamper: Tamper  # make it wrong in one way (HTTP only)
    event_id: str  # an id of an earlier event, as when Slack repeats it
    timestamp: int  # sign at another moment than the clock's
    copies: int  # so many leave at the same moment
    retry: bool  # False: give up after the first failure


@dataclass(frozen=True)
class Attempt:
    """One request (or envelope) and its answer; status 0 means that none came."""

    status: int
    seconds: float
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    error: str = ""

    @property
    def ok(self) -> bool:
        """Whether Slack takes it for delivered."""
        return self.status in GOOD

    @property
    def reason(self) -> str:
        """X-Slack-Retry-Reason of the next attempt."""
        if self.status:
            return "http_error"
        return "http_timeout" if "Timeout" in self.error else "connection_failed"


@dataclass
class Delivery:
    """All attempts at one thing; more may be added while Slack repeats it."""

    kind: Kind
    payload: Mapping[str, Any]
    attempts: list[Attempt] = field(default_factory=list)
    sealed: Sealed | None = None  # the first request as it left
    repeating: asyncio.Task[None] | None = None

    @property
    def ok(self) -> bool:
        """Whether some attempt was answered well."""
        return any(attempt.ok for attempt in self.attempts)

    @property
    def status(self) -> int:
        """The last attempt's status."""
        return self.attempts[-1].status

    @property
    def failure(self) -> str:
        """Why the last attempt failed, for the page."""
        last = self.attempts[-1]
        return last.error or f"HTTP {last.status}"

    @property
    def event_id(self) -> str:
        """The event's id; empty for presses and commands."""
        return str(self.payload.get("event_id", ""))

    @property
    def answer(self) -> Any:
        """What the app said in the good answer: JSON, text, or None."""
        body = next((attempt.body for attempt in self.attempts if attempt.ok), b"")
        try:
            return json.loads(body) if body else None
        except ValueError:
            return body.decode(errors="replace")

    async def finished(self) -> Delivery:
        """Wait until Slack repeats it no more."""
        if self.repeating is not None:
            await self.repeating
        return self


@dataclass(frozen=True)
class Said:
    """A message of a person, and the events that told the app of it."""

    post: Post
    deliveries: tuple[Delivery, ...]

    @property
    def ok(self) -> bool:
        """Whether every event was taken."""
        return all(delivery.ok for delivery in self.deliveries)
