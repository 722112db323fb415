"""Every call is told with how it ended and what it cost, every answer with whether it was of use."""

from __future__ import annotations

import asyncio

import pytest

from bot.contracts.model import Writing
from tests.emulators.llm import Fault
from tests.unit.adapters.llm.conftest import House

TASK = Writing("写一段回复客户的话。", "HN-350报价120万元。", "太贵了怎么回？")
GOOD = "HN-350报价120万元。"


async def test_an_answer_costs_what_the_endpoint_charges(house: House) -> None:
    answers = (GOOD, '{"choice": "a"}')
    house.emulator.says(*answers)
    assert await house.model().write(TASK) == GOOD
    assert await house.model().choose("太贵了", {"a": "嫌贵"}, "zh") == "a"
    requests = zip(house.emulator.requests, answers, strict=True)
    bills = [house.emulator.usage(dict(asked.body), text) for asked, text in requests]
    assert house.calls == [("ok", bill["prompt_tokens"], bill["completion_tokens"]) for bill in bills]
    assert house.judgements == [True, True]


async def test_where_the_endpoint_does_not_count_we_estimate(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The day's budget and the figures are the same tokens."""
    house.emulator.says(GOOD)
    monkeypatch.setattr(house.emulator, "usage", lambda body, text: None)
    assert await house.model().write(TASK) == GOOD
    [(result, asked, written)] = house.calls
    assert result == "ok"
    assert asked > written > 0
    assert await house.ledger.spent(house.clock.at.date()) == asked + written


@pytest.mark.parametrize(
    ("fault", "result", "costs"),
    [
        (Fault.KEY, "key", False),
        (Fault.BUSY, "busy", False),
        (Fault.SERVER, "server", False),
        (Fault.SILENT, "timeout", True),
        (Fault.CUT, "odd", True),
    ],
)
async def test_a_failure_is_told_by_its_kind(house: House, fault: Fault, result: str, costs: bool) -> None:
    """Of a broken call the prompt was charged, as far as we know; a refused one is free."""
    house.emulator.says(GOOD)
    house.emulator.fail(fault)
    assert await house.model(seconds=1, first_token_seconds=0.5).write(TASK) is None
    [(told, asked, written)] = house.calls
    assert (told, asked > 0, written) == (result, costs, 0)
    assert house.judgements == [], "nothing was said"


async def test_a_call_that_is_given_up_is_told_too(house: House) -> None:
    house.emulator.says(GOOD)
    house.emulator.fail(Fault.SILENT)
    asking = asyncio.create_task(house.model().write(TASK))
    while not house.emulator.requests:
        await asyncio.sleep(0.01)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    assert [result for result, _, _ in house.calls] == ["cancelled"]


async def test_what_was_paid_and_not_shown_is_withheld(house: House) -> None:
    house.emulator.says("只要96万元。")
    assert await house.model().write(TASK) is None
    house.emulator.says("no JSON", '{"choice": "a"}')
    assert await house.model().choose("太贵了", {"a": "嫌贵"}, "zh") == "a"
    assert [result for result, _, _ in house.calls] == ["ok", "ok", "ok"]
    assert house.judgements == [False, False, True]


async def test_what_was_never_asked_is_no_call(house: House) -> None:
    """Over budget, or without places: nothing was paid."""
    assert await house.model(daily_tokens=1).write(TASK) is None
    assert house.emulator.requests == house.calls == []
