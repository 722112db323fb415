"""Group commit: what comes while a transaction is under way goes into the next one together.

A commit costs a write to the disk however little it holds. Nobody waits longer than for the transaction before theirs.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.contracts.errors import IntakeUnavailable

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class _Waiting(Generic[T, R]):
    work: T
    size: int
    done: asyncio.Future[R]


class Joining(Generic[T, R]):
    """Hands pieces of work on, as many at a time as have come and fit."""

    def __init__(self, write: Callable[[Sequence[T]], Awaitable[Sequence[R]]], most: int) -> None:
        """`write` does several pieces at once, all or none, and returns what came of each. `most`: of their sizes."""
        self._write, self._most = write, most
        self._waiting: deque[_Waiting[T, R]] = deque()
        self._task: asyncio.Task[None] | None = None

    async def do(self, work: T, size: int) -> R:
        """What came of it. Raises what `write` raises for this piece."""
        one: _Waiting[T, R] = _Waiting(work, size, asyncio.get_running_loop().create_future())
        self._waiting.append(one)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(), name="joined events")
        return await one.done

    async def _run(self) -> None:
        while self._waiting:
            some = [self._waiting.popleft()]
            size = some[0].size
            while self._waiting and size + self._waiting[0].size <= self._most:
                some.append(self._waiting.popleft())
                size += some[-1].size
            await self._settle(some)

    async def _settle(self, some: Sequence[_Waiting[T, R]]) -> None:
        try:
            results = await self._write([one.work for one in some])
        except Exception as error:
            if len(some) > 1 and not isinstance(error, IntakeUnavailable):
                for one in some:  # whose fault it is shows when each is alone
                    await self._settle([one])
                return
            for one in some:
                if not one.done.done():
                    one.done.set_exception(error)
        else:
            for one, result in zip(some, results, strict=True):
                if not one.done.done():  # its caller has gone
                    one.done.set_result(result)
