"""What the door for events asks of the house: handed over by the composition root."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.contracts import Event
from bot.contracts.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Sender:
    """A connected system, and what proves that it is it. Never shown or logged."""

    name: str
    tokens: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()  # whsec_…


@dataclass(frozen=True, slots=True)
class Given:
    """One event and its whole envelope, as JSON: whatever was sent can be looked up."""

    event: Event
    envelope: Mapping[str, Any]


class EventPorts(Protocol):
    """Storage and rules."""

    async def senders(self) -> Sequence[Sender]:
        """All systems that may send, as of now. Raises IntakeUnavailable when that isn't known and can't be read."""
        ...

    async def accept(self, given: Sequence[Given], sender: str) -> Sequence[Verdict]:
        """One verdict for each; accepted ones are stored when this returns. Raises IntakeUnavailable."""
        ...
