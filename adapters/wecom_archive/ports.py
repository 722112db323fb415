"""What the archive's adapter needs from outside. The composition root fulfils it, over the database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Gap:
    """Messages that can't be read yet, because the private key of their version isn't here."""

    before: int  # seq behind which reading begins again once a key is there
    since: Mapping[int, datetime]  # version of the key -> when it was first missed
    last: datetime  # when one was missed last


@dataclass(frozen=True, slots=True)
class Place:
    """How far the archive was read: everything up to `seq`, but for the gap."""

    seq: int = 0
    gap: Gap | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A message, decrypted: a JSON object as text."""

    seq: int
    line: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """A message that couldn't be decrypted, and isn't tried again."""

    seq: int
    id: str
    reason: str  # last part of the locale key wecom_archive.rejected.*


@dataclass(frozen=True, slots=True)
class Asking:
    """Of whom it should be asked whether they agreed."""

    pairs: tuple[tuple[str, str], ...] = ()  # account of ours, contact: they write to each other directly
    rooms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether everybody of a room agreed, says WeCom. A direct conversation is a room of two."""

    given: bool
    at: datetime  # when that changed last
    room: str = ""  # or
    pair: tuple[str, str] = ("", "")


class Archive(Protocol):
    """Where messages go. Every method raises IntakeUnavailable when the database can't be reached."""

    async def place(self) -> Place:
        """Where reading stopped."""
        ...

    async def keep(
        self, before: Place, after: Place, opened: Sequence[Opened], rejected: Sequence[Rejected] = ()
    ) -> bool:
        """Store what may be stored, and the new place with it. False, and nothing done, when the place isn't `before`
        any more: another process reads. Raises ConfigurationError when the list of rooms can't be used."""
        ...

    async def asking(self) -> Asking:
        """Whose agreement isn't in our own list. Raises ConfigurationError."""
        ...

    async def faults(self) -> list[str]:
        """What is wrong with the list of rooms, in the operator's language."""
        ...

    async def agreed(self, answers: Sequence[Answer]) -> int:
        """Note what WeCom says; how many of them were news. A "no" deletes what was kept."""
        ...


Ask = Callable[[str, Mapping[str, Any]], Awaitable[dict[str, Any]]]
"""A call to WeCom's API with the archive's own secret. Raises TemporaryFailure or PermanentFailure."""

Lease = Callable[[], Awaitable[bool]]
"""Whether this process may pull now. Raises IntakeUnavailable when nobody can say."""


async def _alone() -> bool:
    return True


async def _nothing() -> None:
    return


@dataclass(frozen=True, slots=True)
class ArchivePorts:
    """Everything that the adapter is given."""

    archive: Archive
    ask: Ask
    lease: Lease = field(default=_alone)
    give_back: Callable[[], Awaitable[None]] = field(default=_nothing)
    hang_up: Callable[[], Awaitable[None]] = field(default=_nothing)  # closes what `ask` opened
