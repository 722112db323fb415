"""Questions that are asked while the model is busy are embedded together: two at once cost little more than one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from knowledge.retrieval.embedder import Matrix

Embed = Callable[[Sequence[str]], Awaitable[Matrix]]


class Together:
    """Collects single questions into batches, without ever waiting for one."""

    def __init__(self, embed: Embed, most: int) -> None:
        """`embed` gives one row for each text, at most `most` at a time."""
        self._embed = embed
        self._most = most
        self._waiting: list[tuple[str, asyncio.Future[Matrix]]] = []
        self._working: asyncio.Task[None] | None = None

    async def ask(self, text: str) -> Matrix:
        """The row of one text; raises whatever `embed` raised for its batch."""
        row: asyncio.Future[Matrix] = asyncio.get_running_loop().create_future()
        self._waiting.append((text, row))
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work(), name="embed questions")
        return await row

    async def _work(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            try:
                rows = await self._embed([text for text, _ in batch])
            except Exception as error:  # everybody who waits for this batch hears of it
                for _, row in batch:
                    _tell(row, error)
            else:
                for (_, row), found in zip(batch, rows, strict=True):
                    _tell(row, found)


def _tell(row: asyncio.Future[Matrix], found: Matrix | Exception) -> None:
    if row.done():
        return  # whoever asked has gone
    if isinstance(found, Exception):
        row.set_exception(found)
    else:
        row.set_result(found)
