"""What the sandbox asks of those who rehearse: handed over by the composition root."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from bot.contracts import Address, Person
from knowledge.events.systems import System
from storage.repositories.rehearsals import Rehearsal


class Rehearsals(Protocol):
    """Everything is durable and audited; nothing waits for a rehearsal's end."""

    async def systems(self) -> Mapping[str, System]:
        """Every connected system, by name."""
        ...

    async def begin(
        self,
        system: str,
        subscription: str,
        by: Person,
        language: str,
        to: Address | None,
        faults: Sequence[str],
        events: int,
    ) -> str:
        """Its id. `to`: where the report goes, None: nowhere. Raises BadInput with what to do."""
        ...

    async def running(self, system: str, subscription: str) -> Rehearsal | None:
        """The one that is under way."""
        ...

    async def open_lock(self, system: str, subscription: str, by: Person, reason: str) -> None:
        """An admin's own decision, without a rehearsal. Raises BadInput when no reason is given."""
        ...
