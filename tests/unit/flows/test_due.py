"""Tickers: what is due is done in time, whatever fails and however fast the clock runs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.contracts import Clock, SystemClock
from bot.contracts.errors import IntakeUnavailable
from bot.flows import due
from bot.flows.due import FastClock, Ticker

START = datetime(2026, 7, 31, 9, tzinfo=UTC)
FAR = timedelta(days=1)


class Looks:
    """Counts looks; each returns or raises what it is told."""

    def __init__(self, *answers: datetime | Exception | None) -> None:
        self.answers = list(answers)
        self.count = 0
        self.seen = asyncio.Event()

    async def __call__(self) -> datetime | None:
        self.count += 1
        self.seen.set()
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def reach(self, count: int) -> None:
        """Wait until it was called so often."""
        while self.count < count:
            self.seen.clear()
            await asyncio.wait_for(self.seen.wait(), 10)


async def ticking(
    look: Callable[[], Awaitable[datetime | None]], run: Callable[[Ticker], Awaitable[None]], clock: Clock | None = None
) -> None:
    """Run with a ticker that would rest for an hour by itself."""
    ticker = Ticker("test", look, clock or SystemClock(), 3600)
    ticker.start()
    try:
        await run(ticker)
    finally:
        await ticker.stop()


async def test_looks_at_once_when_woken_and_when_something_is_due() -> None:
    """Not before: nothing is asked of the database in between."""
    looks = Looks(None, SystemClock().now() + timedelta(seconds=0.05), None)

    async def run(ticker: Ticker) -> None:
        await looks.reach(1)
        await asyncio.sleep(0.02)
        assert looks.count == 1
        ticker.wake()
        await looks.reach(3)

    await ticking(looks, run)


async def test_is_woken_during_a_look() -> None:
    """What was committed while it looked isn't overlooked."""
    ticker: Ticker
    count = 0
    twice = asyncio.Event()

    async def look() -> datetime | None:
        nonlocal count
        count += 1
        if count == 1:
            ticker.wake()
        else:
            twice.set()
        return None

    ticker = Ticker("test", look, SystemClock(), 3600)
    ticker.start()
    await asyncio.wait_for(twice.wait(), 10)
    await ticker.stop()


@pytest.mark.parametrize("error", [IntakeUnavailable("away"), RuntimeError("a fault of ours")], ids=["away", "fault"])
async def test_goes_on_after_a_failure(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """With growing pauses."""
    monkeypatch.setattr(due, "SHORTEST_BACK_OFF", 0.01)
    looks = Looks(error, error, None)

    async def run(_ticker: Ticker) -> None:
        await looks.reach(3)

    await ticking(looks, run)


async def test_hours_pass_in_moments_on_a_fast_clock() -> None:
    """The pause is measured in the clock's time: two hours at 200,000 times the speed take 36 ms."""
    clock = FastClock(200_000, START)
    looks = Looks(START + timedelta(hours=2), None)

    async def run(_ticker: Ticker) -> None:
        await looks.reach(2)

    await ticking(looks, run, clock)
    assert clock.now() >= START + timedelta(hours=2)


async def test_looks_now_and_then_whatever_is_due() -> None:
    """Another process may have written a row, or the clock was set back."""
    looks = Looks(*[SystemClock().now() + FAR] * 3)
    ticker = Ticker("test", looks, SystemClock(), 0.01)
    ticker.start()
    await looks.reach(3)
    await ticker.stop()
    count = looks.count
    await asyncio.sleep(0.03)
    assert looks.count == count, "it has stopped"
