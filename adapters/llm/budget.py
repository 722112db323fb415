"""Tokens a day: counted by all machines together, reserved before a call, so that the limit is never passed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.contracts.clock import Clock


class Ledger(Protocol):
    """Where tokens are counted, so that restarts and other machines know."""

    async def spent(self, day: date) -> int:
        """Tokens of that day, of all machines; 0 when none."""
        ...

    async def add(self, day: date, tokens: int) -> None:
        """Add tokens to that day, in one atomic statement; negative gives back what was reserved in vain."""
        ...


class MemoryLedger:
    """Counts in this process only: enough for one machine that may forget at restart."""

    def __init__(self) -> None:
        self._days: dict[date, int] = {}

    async def spent(self, day: date) -> int:
        """Tokens of that day."""
        return self._days.get(day, 0)

    async def add(self, day: date, tokens: int) -> None:
        """Add tokens to that day; the days before are forgotten."""
        self._days = {day: self._days.get(day, 0) + tokens}


@dataclass
class Spending:
    """What one call costs: first what we reserved, in the end what it was."""

    tokens: int


class BudgetSpent(Exception):
    """Today's tokens are used up. Never leaves this package."""


class Budget:
    """The day's limit, in the company's time zone. `limit` 0: count only."""

    def __init__(self, ledger: Ledger, limit: int, clock: Clock, zone: ZoneInfo) -> None:
        self._ledger, self._clock, self._zone = ledger, clock, zone
        self.limit = limit

    @property
    def today(self) -> date:
        """The day that is being counted."""
        return self._clock.now().astimezone(self._zone).date()

    @asynccontextmanager
    async def reserve(self, tokens: int) -> AsyncIterator[Spending]:
        """Reserve tokens for a call; set `tokens` to what it really cost. Raises BudgetSpent.

        Reserved first, looked up second: two callers at the limit may both be refused, but never both be let through.
        """
        day, spending = self.today, Spending(tokens)
        await self._ledger.add(day, tokens)
        try:
            if self.limit and await self._ledger.spent(day) > self.limit:
                spending.tokens = 0
                raise BudgetSpent
            yield spending
        finally:
            if spending.tokens != tokens:
                await self._ledger.add(day, spending.tokens - tokens)


def estimate(text: str) -> int:
    """About how many tokens a text has, rather too many: one for a Chinese character, one for three Latin ones."""
    wide = sum(1 for character in text if ord(character) > 0x2E7F)
    return wide + (len(text) - wide) // 3 + 1
