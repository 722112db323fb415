"""One call to the model within budget, places and outage; what happened is told once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import date
from typing import TYPE_CHECKING

import structlog

from adapters.llm.budget import Budget, BudgetSpent, estimate
from adapters.llm.errors import Trouble
from adapters.llm.notice import Notice, Report, facts
from adapters.llm.outage import Change, Outage
from adapters.llm.tally import Tally
from adapters.llm.translate import Prompt, size
from config.groups.llm import Llm

if TYPE_CHECKING:
    from adapters.llm.answers import Said

log = structlog.get_logger(__name__)


class Attempts:
    """Makes calls, or doesn't."""

    def __init__(self, settings: Llm, outage: Outage, budget: Budget, report: Report, tally: Tally) -> None:
        self.outage = outage
        self._settings, self._budget, self._report, self._tally = settings, budget, report, tally
        self._places = asyncio.Semaphore(settings.concurrent)
        self._told: date | None = None  # the day of the last notice about the budget

    async def make(self, prompt: Prompt, call: Callable[[], Awaitable[Said]]) -> Said | None:
        """What the model said; None when it wasn't asked or couldn't answer."""
        try:
            async with asyncio.timeout(self._settings.seconds):
                await self._places.acquire()
        except TimeoutError:
            log.info("llm.no_place")  # busy with others, not broken
            return None
        try:
            return await self._tried(prompt, call) if self.outage.enter() else None
        finally:
            self._places.release()

    async def _tried(self, prompt: Prompt, call: Callable[[], Awaitable[Said]]) -> Said | None:
        """After `enter`: every way out tells the outage how it ended."""
        try:
            said = await self._paid(prompt, call)
        except Trouble as trouble:
            log.warning("llm.failed", kind=trouble.kind, status=trouble.status)
            change = self.outage.failed(at_once=trouble.at_once, rest=trouble.retry_after)
            await self._tell(change, trouble)
            return None
        except BudgetSpent:
            self.outage.leave()
            await self._tell_budget()
            return None
        except Exception as error:  # the ledger: what can't be counted isn't spent
            self.outage.leave()
            log.error("llm.not_counted", error=type(error).__name__)
            return None
        except BaseException:
            self.outage.leave()
            raise
        await self._tell(self.outage.succeeded(), None)
        return said

    async def _paid(self, prompt: Prompt, call: Callable[[], Awaitable[Said]]) -> Said:
        asked = estimate(size(prompt))
        async with self._budget.reserve(asked + self._settings.output_tokens) as spending:
            began, result, cost = time.perf_counter(), "cancelled", (asked, 0)
            try:
                said = await call()
                result, cost = "ok", (said.asked, said.written)
            except Trouble as trouble:
                # refused calls are free; of broken ones nobody tells us, so what was reserved stays spent
                broken = trouble.kind in ("timeout", "odd")
                spending.tokens = spending.tokens if broken else 0
                result, cost = trouble.kind, (asked if broken else 0, 0)
                raise
            finally:
                self._count(result, began, *cost)
            spending.tokens = said.tokens
            return said

    def _count(self, result: str, began: float, asked: int, written: int) -> None:
        seconds = time.perf_counter() - began
        self._tally.model_called(self._settings.model_name, result, seconds=seconds, asked=asked, written=written)

    async def _tell(self, change: Change, trouble: Trouble | None) -> None:
        if change is Change.DOWN and trouble:
            values = {**facts(self._settings), "seconds": round(self.outage.rest)}
            await self._safely(Notice("down", f"llm-down-{self._budget.today}-{trouble.kind}", trouble, values))
        elif change is Change.UP:
            await self._safely(Notice("up", f"llm-up-{self._budget.today}"))

    async def _tell_budget(self) -> None:
        if self._told != self._budget.today:
            self._told = self._budget.today
            await self._safely(Notice("budget", f"llm-budget-{self._told}", values={"tokens": self._budget.limit}))

    async def _safely(self, notice: Notice) -> None:
        log.warning("llm.notice", kind=notice.kind)
        try:
            await self._report(notice)
        except Exception as error:
            log.error("llm.notice_not_told", kind=notice.kind, error=type(error).__name__)
