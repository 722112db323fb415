"""One refresh in flight, a margin before the end, and no hammering with a wrong secret."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from adapters.wecom.errors import Refused, failure
from adapters.wecom.token import PAUSE, TokenKeeper
from bot.contracts.errors import PermanentFailure, TemporaryFailure


class Source:
    """Counts and answers requests for a token; `fault` is raised instead."""

    def __init__(self) -> None:
        self.asked = 0
        self.fault: Exception | None = None
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self) -> tuple[str, float]:
        self.asked += 1
        await self.gate.wait()
        if self.fault:
            raise self.fault
        return f"token-{self.asked}", 7200.0


async def test_a_hundred_callers_share_one_request(clock: Any) -> None:
    source = Source()
    source.gate.clear()
    keeper = TokenKeeper(source, clock)
    callers = [asyncio.create_task(keeper.get()) for _ in range(100)]
    await asyncio.sleep(0)
    source.gate.set()
    assert set(await asyncio.gather(*callers)) == {"token-1"}
    assert source.asked == 1


async def test_a_hundred_who_find_the_token_stale_share_one_refresh(clock: Any) -> None:
    source = Source()
    keeper = TokenKeeper(source, clock)
    stale = await keeper.get()
    found = await asyncio.gather(*(keeper.replace(stale) for _ in range(100)))
    assert set(found) == {"token-2"}
    assert await keeper.replace(stale) == "token-2"  # late: somebody has replaced it already
    assert source.asked == 2


async def test_a_caller_that_gives_up_does_not_take_the_token_away(clock: Any) -> None:
    source = Source()
    source.gate.clear()
    keeper = TokenKeeper(source, clock)
    first, second = asyncio.create_task(keeper.get()), asyncio.create_task(keeper.get())
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    source.gate.set()
    assert await second == "token-1"
    assert source.asked == 1


async def test_renewed_before_its_end(clock: Any) -> None:
    source = Source()
    keeper = TokenKeeper(source, clock)
    await keeper.get()
    clock.move(7200 - 301)
    assert await keeper.get() == "token-1"
    clock.move(2)
    assert await keeper.get() == "token-2"


async def test_wrong_secret_pauses(clock: Any) -> None:
    source = Source()
    source.fault = failure(40001, "invalid credential")
    keeper = TokenKeeper(source, clock)
    with pytest.raises(Refused, match=r"wecom\.secret"):
        await keeper.get()
    for _ in range(20):
        with pytest.raises(PermanentFailure, match="301 秒"):
            await keeper.get()
    assert source.asked == 1
    source.fault = None
    clock.move(PAUSE.total_seconds() + 1)
    assert await keeper.get() == "token-2"


@pytest.mark.parametrize("fault", [TemporaryFailure("busy"), failure(60020, "from ip: 1.2.3.4, more")])
async def test_other_faults_do_not_pause(clock: Any, fault: Exception) -> None:
    source = Source()
    source.fault = fault
    keeper = TokenKeeper(source, clock)
    for _ in range(2):
        with pytest.raises(type(fault)):
            await keeper.get()
    assert source.asked == 2
