"""What the pages of systems ask of those who send: handed over by the composition root."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from bot.contracts import Person
from knowledge.events.systems import Listening, System

if TYPE_CHECKING:
    from storage.store import Store


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which deliveries are sent again. Times are those at which their events came; None: whenever."""

    system: str
    subscription: str = ""  # "": all
    since: datetime | None = None
    until: datetime | None = None
    delivered: bool = False  # also what had arrived


class Subscriptions(Protocol):
    """Everything is durable and audited."""

    def systems(self, store: Store) -> Mapping[str, System]:
        """Every connected system, by name."""
        ...

    def faults(self, system: System, language: str) -> Sequence[str]:
        """What keeps an entry from working: one sentence each, never a secret."""
        ...

    def address(self, listening: Listening) -> str:
        """Where a subscription leads, to be shown: without what is behind the path."""
        ...

    def is_proved(self, listening: Listening, proof: str) -> bool:
        """Whether what passed is what the entry says now."""
        ...

    async def pause(self, system: str, subscription: str, by: Person, reason: str) -> bool:
        """Keep events back. False when it isn't live."""
        ...

    async def enable(self, system: str, subscription: str, by: Person) -> bool:
        """Let events out again, those that were kept back first. False when it was neither paused nor disabled."""
        ...

    async def replay(self, ids: Sequence[int], by: Person) -> int:
        """Send these again, with all attempts anew; how many."""
        ...

    async def replay_all(self, chosen: Chosen, by: Person) -> int:
        """The same for all that are meant, in the order in which their events came."""
        ...

    async def apply(self, text: str, note: str, by: Person, after: int | None, language: str) -> tuple[str, str]:
        """A new version of an entry: (system, ""), or ("", what is wrong with it)."""
        ...

    async def remove(self, system: str, by: Person) -> None:
        """Take it away; what it sent stays."""
        ...
