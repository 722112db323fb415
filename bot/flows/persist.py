"""Work inside a durable job must not fail because the database is busy for a moment."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from bot.contracts.errors import IntakeUnavailable

T = TypeVar("T")
LONGEST_WAIT = 30.0  # seconds between tries while a disk is full or a database is away

log = structlog.get_logger(__name__)


async def persistently(work: Callable[[], Awaitable[T]]) -> T:
    """Do `work` until storage takes it. Only storage's own unavailability is waited out; other errors rise."""
    wait = 0.1
    while True:
        try:
            return await work()
        except IntakeUnavailable as error:
            log.warning("storage unavailable, trying again", seconds=wait, error=str(error))
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)
