"""What the skill asks of the flows."""

from __future__ import annotations

from typing import Protocol

from bot.contracts import Address, Person


class Desk(Protocol):
    """Mining takes longer than an answer may."""

    async def begin(self, key: str, person: Person, to: Address | None) -> None:
        """Mine, and tell the person there what was found; None: where they are written to. `key` asks once."""
        ...
