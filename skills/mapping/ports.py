"""What the canvas needs of the flows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bot.contracts import Person
from bot.contracts.sources import Origin, RawRow


class Keeper(Protocol):
    """Lets definitions hold, and looks at sources."""

    async def apply(self, text: str, note: str, by: Person, after: int, language: str) -> str:
        """Make a definition hold and load by it; "" or the sentence that says why not. `after`: the version that its
        author saw."""
        ...

    async def look(self, origin: Origin, rows: int) -> Sequence[RawRow]:
        """The first rows. Raises SourceUnavailable or SourceRefused with what to do."""
        ...
