"""What the skill asks of the flows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Literal, Protocol

from bot.contracts import Person

Begun = Literal["begun", "no_consent", "gone"]

# A recording's file and its media type, or those of a copy that every browser plays.
Playable = Callable[[Path, str], Awaitable[tuple[Path, str]]]


class Desk(Protocol):
    """Everything that changes a recording."""

    async def begin(self, file_id: str, customer_id: str, person: Person) -> Begun:
        """Have a stored file transcribed. "no_consent": it may not be kept, and its file is deleted."""
        ...

    async def agree(self, customer_id: str, person: Person) -> bool:
        """Note a customer's consent. False when they refused before."""
        ...

    async def correct(self, dialogue_id: str, *, ours: str | None = None, customer_id: str | None = None) -> bool:
        """Work a recording out again with this speaker as ours, or this customer. False: it may not be kept."""
        ...
