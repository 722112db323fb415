"""What the pages ask of those who load: handed over by the composition root."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from bot.contracts import Person


class SourceDesk(Protocol):
    """Everything is durable and audited; nothing waits for a load."""

    async def begin(self, source: str, by: Person) -> None:
        """Load it now, unless it is being loaded."""
        ...

    async def mend(self, refusal_id: int, data: Mapping[str, str], by: Person) -> str:
        """Try a refused row with other values. "" when it will be tried, else the sentence that says why not."""
        ...

    async def drop(self, source: str, refusal_id: int, by: Person) -> None:
        """Never mind that row."""
        ...

    async def apply(self, text: str, by: Person, language: str) -> tuple[str, str]:
        """A new version of the source that a definition names: (source, ""), or ("", what is wrong with it)."""
        ...
