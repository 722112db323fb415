"""What the e-mail adapter needs from outside. The composition root fulfils it, over the database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol


class Place(NamedTuple):
    """How far a folder was read: everything up to `uid`, as long as the server keeps `validity`."""

    validity: int  # UIDVALIDITY: the server counts anew when it changes
    uid: int


class Progress(Protocol):
    """Remembers how far each mailbox was read, over restarts. Raises IntakeUnavailable when it can't."""

    async def last(self, mailbox: str) -> Place | None:
        """Where reading stopped; None for a mailbox that was never read."""
        ...

    async def keep(self, mailbox: str, place: Place) -> None:
        """Everything up to `place` is stored."""
        ...


Lease = Callable[[], Awaitable[bool]]
"""Whether this process may read the mailbox now; one at a time has the right. Asked every few seconds, also while the
server is waited for. Raises IntakeUnavailable when nobody can say."""


GiveBack = Callable[[], Awaitable[None]]
"""This process reads no more: the next one may begin at once."""


async def alone() -> bool:
    """The lease of an installation with one process."""
    return True


async def keep() -> None:
    """Nobody else waits for it."""


@dataclass(frozen=True, slots=True)
class EmailPorts:
    """Everything that the adapter is given."""

    progress: Progress
    lease: Lease = field(default=alone)
    give_back: GiveBack = field(default=keep)
