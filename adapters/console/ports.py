"""What the console needs from outside. The composition root fulfils it; nothing here knows a database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from bot.contracts import Payload, Person


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One line of a person's chat with the bot."""

    id: str  # Message.id of what came in, Parcel.id of what went out: the browser shows each id once
    seq: int  # orders the entries of one person; any growing number
    direction: Literal["in", "out"]
    at: datetime  # aware
    text: str = ""  # of what came in; empty for presses, which are not shown
    payload: Payload | None = None  # of what went out: what ConsoleAdapter.render gave
    attachments: tuple[str, ...] = ()  # names of the files that came in


class SignIn(Protocol):
    """Who a sign-in token belongs to."""

    async def person_for(self, token: str) -> Person | None:
        """The person with this token; None when it is unknown, replaced, or the person has left.

        Asked at every request, so that a changed role or a revoked token counts at once.
        """
        ...


class History(Protocol):
    """What was said before."""

    async def before(self, person: Person, before_seq: int | None, limit: int) -> Sequence[HistoryEntry]:
        """The newest `limit` entries older than `before_seq` (None: than now), oldest of them first.

        A reply may appear here from the moment it is stored, even before `ConsoleAdapter.send` is called.
        """
        ...


@dataclass(frozen=True, slots=True)
class ConsolePorts:
    """Everything that the console is given."""

    sign_in: SignIn
    history: History
