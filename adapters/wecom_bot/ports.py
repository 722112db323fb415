"""What the AI bot's adapter needs from outside. The composition root fulfils it, over the database.

A message, press or greeting of ours is answered in what we call its stream: a place at WeCom that stays open for a
while. Another process than the one that WeCom talks to may compute the answer, so streams live in the database.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class StreamState:
    """The answer to one callback, as far as it is known."""

    id: str  # 32 hexadecimal digits, made from Message.id
    opened_at: datetime  # aware
    about: Mapping[str, Any]  # JSON, for the adapter alone; holds response_url, a secret: never show or log it
    content: str = ""
    card: Mapping[str, Any] | None = None  # template_card
    finish: bool = False
    owner: str = ""  # parcel that ended it; "-" when its end was withdrawn
    taken: bool = False  # the end was handed to WeCom
    spent_by: str = ""  # parcel that may use the response_url


class Streams(Protocol):
    """Keeps streams for a day or more. Every method is one transaction; writes are atomic between processes.

    Raises IntakeUnavailable when nothing can be stored.
    """

    async def begin(self, stream_id: str, about: Mapping[str, Any], at: datetime) -> None:
        """Open a stream. One that exists stays as it is: WeCom repeats callbacks."""
        ...

    async def get(self, stream_id: str) -> StreamState | None:
        """The stream as it is now."""
        ...

    async def put(
        self, stream_id: str, content: str, finish: bool, card: Mapping[str, Any] | None = None, owner: str = ""
    ) -> bool:
        """Replace content and card; False, and nothing changes, when there is no such stream or another ended it.

        A draft (`finish` false) changes a stream without owner only. An end sets `owner` where there is none;
        where `owner` is the same already the answer is True and nothing changes.
        """
        ...

    async def take(self, stream_id: str) -> StreamState | None:
        """The stream as it is now, to be handed to WeCom: one that is finished is marked as taken, atomically."""
        ...

    async def withdraw(self, stream_id: str, owner: str, words: str) -> bool:
        """Replace the end that `owner` set by `words`, without card, owner "-". False when it was taken already."""
        ...

    async def spend(self, stream_id: str, parcel_id: str) -> bool:
        """Give the response_url to this parcel. True when it has it, now or from an earlier attempt."""
        ...


Handle = Callable[[str, Mapping[str, Any]], Awaitable[dict[str, Any]]]


class Relay(Protocol):
    """Brings parcels from any process to the one that holds the connection."""

    async def ask(self, parcel_id: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Have the holder handle a payload (JSON), and its result (JSON). Raises TimeoutError after 10 seconds."""
        ...

    async def serve(self, handle: Handle) -> None:
        """Call `handle(parcel_id, payload)` for what others ask, until cancelled. The same id may come twice."""
        ...


class Lease(Protocol):
    """The right to hold the connection, which one process has at a time."""

    async def __call__(self) -> bool:
        """Whether this process may hold the connection now; asking renews the right, for at least 30 seconds."""
        ...

    async def give_back(self) -> None:
        """Let the next process have it at once. Raises IntakeUnavailable."""
        ...


class Alone:
    """The lease of an installation with one process."""

    async def __call__(self) -> bool:
        """True."""
        return True

    async def give_back(self) -> None:
        """Nobody waits for it."""


@dataclass(frozen=True, slots=True)
class WecomBotPorts:
    """Everything that the adapter is given."""

    streams: Streams
    relay: Relay
    lease: Lease = field(default_factory=Alone)
