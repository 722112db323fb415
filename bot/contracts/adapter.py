"""An adapter translates between one platform and the contracts. It decides nothing and keeps nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from bot.contracts.message import Attachment, Message
from bot.contracts.reply import Address, Reply

if TYPE_CHECKING:
    from aiohttp import web

# Stores messages and their workflows in one transaction; returns when they are safe.
# Raises IntakeUnavailable when they can't be stored: the platform is told and repeats.
Receive = Callable[[Sequence[Message]], Awaitable[None]]

# One call to the platform, as JSON: what is stored in the delivery list, shown to operators and replayed.
Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Parcel:
    """One payload on its way to one address."""

    id: str  # idempotency key, the same at every attempt; [A-Za-z0-9_-], at most 64 characters
    to: Address
    payload: Payload
    attempt: int = 1  # 1 at first; higher: an earlier attempt may have arrived without our knowing
    repeats: bool = False  # an identical payload went there lately on purpose: it must not be dropped as a copy
    answers: str = ""  # id of the message that this replies to: what was drafted there is finished by this


@dataclass(frozen=True, slots=True)
class Receipt:
    """The platform took it. `reference` is its own id of what was sent; `note` is for the operator."""

    reference: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """An attachment's bytes, now in a file of ours."""

    path: Path
    name: str  # safe to show and to store: no folders, no control characters
    media_type: str  # as found in the content, not as claimed
    size: int


@dataclass(frozen=True, slots=True)
class Direct:
    """The conversation in which the bot and one person are alone."""

    conversation: str
    begun_by_person: bool = False  # the platform takes nothing there until the person has written there


class Adapter(Protocol):
    """One platform. Vendors' errors become `bot.contracts.errors` here."""

    name: str
    limit: tuple[int, float]  # at most so many parcels per so many seconds and address
    drafts: bool  # whether `draft` shows anything
    unasked: bool  # whether the platform takes something that answers nobody, now or later

    def mount(self, app: web.Application, receive: Receive) -> None:
        """Add this platform's routes to the web application."""
        ...

    def render(self, reply: Reply) -> list[Payload]:
        """Translate a reply into the calls that say it, in order. Pure; each within the platform's limits."""
        ...

    async def send(self, parcel: Parcel) -> Receipt:
        """Make one call. Raises TemporaryFailure (try again) or PermanentFailure (an operator must act)."""
        ...

    async def draft(self, to: Address, answers: str, text: str) -> None:
        """Show what the answer to a message looks like so far: whole text, replacing the draft before.

        Best effort: never raises, may be ignored where a platform can't; the parcel with the same `answers` ends it.
        """
        ...

    async def direct(self, sender: str) -> Direct | None:
        """Where a person reads alone what they asked in a group; None where nothing can be sent there. Never raises."""
        ...

    async def fetch(self, attachment: Attachment, folder: Path, limit: int) -> Fetched:
        """Download at most `limit` bytes into `folder` under a name of ours. Raises FetchFailed."""
        ...

    async def check(self, now: datetime) -> list[str]:
        """Try credentials and addresses. One sentence per fault and its remedy; empty when all is well."""
        ...

    async def run(self) -> None:
        """Keep a long connection, if the platform has one, until cancelled; else return at once."""
        ...

    async def close(self) -> None:
        """Give back sessions and sockets."""
        ...
