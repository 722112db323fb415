"""Doing things when they are due: rows in the database say when, a ticker looks at them, nothing else is kept.

A ticker holds no state worth having: what is due is what the rows say, so a process that dies loses nothing, and any
number of processes may tick beside each other as long as each claims what it does.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from bot.contracts import Clock
from bot.contracts.errors import IntakeUnavailable

SHORTEST_BACK_OFF, LONGEST_BACK_OFF = 0.5, 30.0  # seconds, after a look that failed

log = structlog.get_logger(__name__)


class FastClock:
    """A clock that runs `speed` times as fast as the world's: hours pass in seconds (rehearsals, benchmarks)."""

    def __init__(self, speed: float, start: datetime) -> None:
        """`start`: what it shows now, aware."""
        self.speed = speed
        self._start, self._began = start, time.monotonic()

    def now(self) -> datetime:
        """The moment that it shows."""
        return self._start + timedelta(seconds=(time.monotonic() - self._began) * self.speed)


def speed_of(clock: Clock) -> float:
    """How many of the clock's seconds pass in one of ours."""
    return clock.speed if isinstance(clock, FastClock) else 1.0


class Ticker:
    """Looks when something is due, when it is woken, and at the latest after `longest_seconds` of real time."""

    def __init__(
        self, name: str, look: Callable[[], Awaitable[datetime | None]], clock: Clock, longest_seconds: float
    ) -> None:
        """`look` does what is due and returns when the next thing is; None: nothing is known to come.

        Looks never overlap. One that raises is repeated with growing pauses, whatever is due meanwhile.
        """
        self._name, self._look, self._clock = name, look, clock
        self._longest, self._speed = longest_seconds, speed_of(clock)
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, on the running loop; the first look is at once."""
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name=self._name)

    async def stop(self) -> None:
        """End; a look that is under way is cancelled."""
        if self._task is not None:
            task, self._task = self._task, None
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def wake(self) -> None:
        """Look now, or once more right after the look that is under way. To be called on the loop."""
        self._woken.set()

    async def _run(self) -> None:
        back_off = SHORTEST_BACK_OFF
        while True:
            self._woken.clear()
            try:
                due = await self._look()
            except Exception as error:  # whatever it is: what is due must not wait for ever
                _tell(self._name, error, back_off)
                await asyncio.sleep(back_off)
                back_off = min(back_off * 2, LONGEST_BACK_OFF)
            else:
                back_off = SHORTEST_BACK_OFF
                await self._rest(due)

    async def _rest(self, due: datetime | None) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._seconds_until(due)):
                await self._woken.wait()

    def _seconds_until(self, due: datetime | None) -> float:
        """Real ones. Never longer than allowed: the clock may be set anew, and others write rows too."""
        if due is None:
            return self._longest
        left = (due - self._clock.now()).total_seconds() / self._speed
        return min(max(left, 0.0), self._longest)


def _tell(name: str, error: Exception, seconds: float) -> None:
    if isinstance(error, IntakeUnavailable):
        log.warning("storage unavailable, looking again", work=name, seconds=seconds, error=str(error))
    else:
        log.error("looking at what is due failed; trying again", work=name, seconds=seconds, exc_info=error)
