"""Shows an answer while it is being written: seldom enough, one at a time, and never after the end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from bot.contracts.model import OnDraft

LAST_SECONDS = 2.0  # for the draft under way when the answer is there

log = structlog.get_logger(__name__)


class Drafts:
    """Hands texts to `show`, at most one in `apart` seconds; a slow platform never holds the model up."""

    def __init__(self, show: OnDraft | None, apart: float, time: Callable[[], float]) -> None:
        self._show, self._apart, self._time = show, apart, time
        self._task: asyncio.Task[None] | None = None
        self._next = 0.0
        self._shown = ""

    @property
    def due(self) -> bool:
        """Whether a draft may be shown now."""
        return self._show is not None and self._time() >= self._next and (self._task is None or self._task.done())

    def offer(self, text: str) -> None:
        """Show this text, if it is new."""
        if self._show is None or not text or text == self._shown:
            return
        self._shown, self._next = text, self._time() + self._apart
        self._task = asyncio.create_task(self._safely(self._show, text))

    async def finish(self) -> None:
        """Wait for the draft under way, so that none comes after the answer."""
        if self._task is None:
            return
        await asyncio.wait({self._task}, timeout=LAST_SECONDS)
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _safely(self, show: OnDraft, text: str) -> None:
        try:
            await show(text)
        except Exception as error:
            log.warning("llm.draft_not_shown", error=type(error).__name__)
