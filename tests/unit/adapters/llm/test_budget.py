"""Tokens a day, shared and never passed."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.llm.budget import Budget, BudgetSpent, MemoryLedger, estimate
from tests.unit.adapters.llm.conftest import StillClock

SHANGHAI = ZoneInfo("Asia/Shanghai")


async def _use(budget: Budget, reserved: int, really: int) -> bool:
    try:
        async with budget.reserve(reserved) as spending:
            await asyncio.sleep(0)
            spending.tokens = really
    except BudgetSpent:
        return False
    return True


async def test_what_was_not_used_is_given_back() -> None:
    ledger, clock = MemoryLedger(), StillClock()
    budget = Budget(ledger, 1000, clock, SHANGHAI)
    assert await _use(budget, 800, 100)
    assert await ledger.spent(budget.today) == 100
    assert await _use(budget, 900, 900)
    assert not await _use(budget, 1, 1)
    assert await ledger.spent(budget.today) == 1000


async def test_the_day_is_the_companys() -> None:
    ledger, clock = MemoryLedger(), StillClock(datetime(2026, 3, 3, 15, 59, tzinfo=UTC))
    budget = Budget(ledger, 100, clock, SHANGHAI)
    assert await _use(budget, 100, 100)
    assert not await _use(budget, 100, 100)
    clock.at = datetime(2026, 3, 3, 16, 0, tzinfo=UTC)  # midnight in Shanghai
    assert budget.today == date(2026, 3, 4)
    assert await _use(budget, 100, 100)


async def test_no_limit_only_counts() -> None:
    ledger = MemoryLedger()
    budget = Budget(ledger, 0, StillClock(), SHANGHAI)
    assert await _use(budget, 10**9, 10**9)
    assert await ledger.spent(budget.today) == 10**9


@given(st.lists(st.integers(1, 60), min_size=1, max_size=12))
async def test_many_at_once_never_pass_the_limit(costs: list[int]) -> None:
    ledger = MemoryLedger()
    budget = Budget(ledger, 100, StillClock(), SHANGHAI)
    done = await asyncio.gather(*(_use(budget, cost, cost) for cost in costs))
    spent = await ledger.spent(budget.today)
    assert spent == sum(cost for cost, let in zip(costs, done, strict=True) if let) <= 100


async def test_a_failed_call_costs_what_was_reserved_unless_told_otherwise() -> None:
    ledger = MemoryLedger()
    budget = Budget(ledger, 100, StillClock(), SHANGHAI)
    with pytest.raises(RuntimeError):
        async with budget.reserve(60):
            raise RuntimeError
    assert await ledger.spent(budget.today) == 60


def test_estimates_grow_with_the_text() -> None:
    assert estimate("客户说太贵了") == 7  # Qwen and DeepSeek need 4 or 5
    assert estimate("The customer says it is too expensive") == 13  # they need 7
