"""What the skill and its pages ask of those who decide: handed over by the composition root."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from bot.contracts import Person


class Decision(Protocol):
    """What came of it."""

    @property
    def done(self) -> int:
        """Events that were released or given up."""
        ...

    @property
    def left(self) -> int:
        """Events that still wait."""
        ...


class QuarantineDesk(Protocol):
    """Everything is audited; None where nothing waits any more: somebody else has decided."""

    async def approve(self, key: str, by: Person, chosen: Mapping[str, str] | None = None) -> Decision | None:
        """Release by the proposed mapping, or by a chosen one: field as it is sent -> field of ours."""
        ...

    async def retry(self, key: str, by: Person) -> Decision | None:
        """Try once more as it is."""
        ...

    async def discard(self, key: str, reason: str, by: Person) -> Decision | None:
        """Never mind these."""
        ...

    async def forget(self, producer: str, type_: str, given: str, by: Person) -> bool:
        """A mapping that was approved holds no longer."""
        ...
