"""A value that is looked up now and then."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Recent(Generic[T]):
    """At most so many seconds old, and looked up once however many ask: probes can't crowd out the work."""

    def __init__(self, look: Callable[[], Awaitable[T]], seconds: float) -> None:
        self._look = look
        self._seconds = seconds
        self._until = 0.0
        self._flight: asyncio.Task[T] | None = None

    async def get(self, patience: float) -> T:
        """The value. Raises TimeoutError after `patience` seconds, or whatever looking it up raises."""
        if self._flight is None or (self._flight.done() and time.monotonic() >= self._until):
            self._flight = asyncio.create_task(self._fetch(), name="recent")
            self._flight.add_done_callback(_noted)
        async with asyncio.timeout(patience):
            return await asyncio.shield(self._flight)

    async def _fetch(self) -> T:
        try:
            return await self._look()
        finally:
            self._until = time.monotonic() + self._seconds


def _noted(flight: asyncio.Task[T]) -> None:
    """Its error is known, also when everybody who asked has gone."""
    if not flight.cancelled():
        flight.exception()
