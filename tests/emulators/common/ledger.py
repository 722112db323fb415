"""What really became of everything that the app sent. An answer of "ok" says nothing about that, so tests read this."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Generic, TypeVar

What = TypeVar("What", bound=StrEnum)  # an outcome, in the words of one platform


@dataclass(frozen=True)
class Line(Generic[What]):
    """One line of a ledger."""

    WORDS: ClassVar[str] = "text"  # the field of a payload that holds its words

    outcome: What
    place: str  # the conversation or person; as addressed when nobody is concerned
    kind: str  # what was called, or the type of the message
    payload: Mapping[str, Any]  # what is seen, after cuts; for accepted and rejected, the request
    id: str  # the platform's, of the message or view
    at: datetime
    reason: str = ""  # the platform's error, or why it was cut or dropped

    @property
    def text(self) -> str:
        """The words of the message; "" when it has none."""
        return str(self.payload.get(self.WORDS, ""))


Row = TypeVar("Row", bound="Line[Any]")


class Lines(Generic[What, Row]):
    """All lines, oldest first. Every platform has the outcomes accepted, rejected and truncated."""

    def __init__(self, seen: Collection[What], dropped: Collection[What]) -> None:
        """`seen`: the outcomes by which somebody has the message; `dropped`: nobody has, and nothing was said."""
        self._lines: list[Row] = []
        self._changed = asyncio.Event()
        self._seen, self._dropped = seen, dropped

    def __iter__(self) -> Iterator[Row]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)

    def __getitem__(self, index: int) -> Row:
        return self._lines[index]

    def add(self, line: Row) -> None:
        """Write one line and wake whoever waits for it."""
        self._lines.append(line)
        self._changed.set()

    def of(self, *outcomes: What, place: str | None = None, kind: str | None = None) -> list[Row]:
        """The lines with one of these outcomes (any, if none is named)."""
        return [
            line
            for line in self._lines
            if (not outcomes or line.outcome in outcomes) and place in (None, line.place) and kind in (None, line.kind)
        ]

    def delivered_to(self, place: str) -> list[Row]:
        """The messages that came there, whole or cut, in order; later changes are not in them."""
        return self.of(*self._seen, place=place)

    def texts_to(self, place: str) -> list[str]:
        """Their words."""
        return [line.text for line in self.delivered_to(place) if line.text]

    @property
    def delivered(self) -> list[Row]:
        """Every message that somebody got, whole or cut."""
        return self.of(*self._seen)

    @property
    def accepted(self) -> list[Row]:
        """One line for each call answered ok."""
        return self._named("accepted")

    @property
    def rejected(self) -> list[Row]:
        """One line for each call refused."""
        return self._named("rejected")

    @property
    def truncated(self) -> list[Row]:
        """Every message that arrived cut."""
        return self._named("truncated")

    @property
    def dropped(self) -> list[Row]:
        """Everything thrown away without a word."""
        return self.of(*self._dropped)

    async def wait_for(
        self,
        count: int,
        timeout: float = 5.0,  # noqa: ASYNC109  # a test reads better than with a context manager
        *,
        place: str | None = None,
        outcome: What | None = None,
    ) -> list[Row]:
        """Wait (real seconds) until `count` messages (or lines of `outcome`) are there; raise TimeoutError."""
        outcomes = [outcome] if outcome else list(self._seen)
        try:
            async with asyncio.timeout(timeout):
                while len(found := self.of(*outcomes, place=place)) < count:
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            have = len(self.of(*outcomes, place=place))
            raise TimeoutError(f"waited for {count} × {[str(o) for o in outcomes]}, have {have}") from None
        return found

    def _named(self, outcome: str) -> list[Row]:
        return [line for line in self._lines if line.outcome == outcome]
