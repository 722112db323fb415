"""D1: a model that fails is None at once, is told once, and costs nobody their answer."""

from __future__ import annotations

import asyncio
import time

import langsmith.utils
import pytest

from bot.contracts.model import Writing
from tests.emulators.llm import Fault, LlmEmulator
from tests.unit.adapters.llm.conftest import House

TASK = Writing("写。", "节能12%，报价120万元，质保3年。", "太贵了")
GOOD = "节能12%，报价120万元，质保三年，细节都在这里。"
AT_ONCE = [Fault.KEY, Fault.FORBIDDEN, Fault.MONEY, Fault.MISSING, Fault.MOVED]
IN_A_ROW = [
    Fault.CUT,
    Fault.UNFINISHED,
    Fault.BUSY,
    Fault.REFUSED,
    Fault.SERVER,
    Fault.HTML,
    Fault.MALFORMED,
    Fault.SILENT,
    Fault.SLOW,
]
SENTENCES = {
    Fault.KEY: "llm.api_key",
    Fault.FORBIDDEN: "llm.api_key",
    Fault.MONEY: "余额",
    Fault.MISSING: "llm.model",
    Fault.MOVED: "跳转",
    Fault.BUSY: "限流",
    Fault.REFUSED: "llm.structured",
    Fault.SERVER: "500",
    Fault.SILENT: "太慢",
    Fault.SLOW: "太慢",
}


@pytest.mark.parametrize("fault", IN_A_ROW)
async def test_failures_in_a_row_are_told_once_and_so_is_recovery(house: House, fault: Fault) -> None:
    house.emulator.says(GOOD)
    house.emulator.retry_after = "0"
    house.emulator.fail(fault, times=4)
    model = house.model(failures=2, rest_seconds=0.3, seconds=1, first_token_seconds=0.4)
    assert [await model.write(TASK) for _ in range(2)] == [None, None]
    assert house.kinds() == ["down"]
    assert not model.available
    asked = len(house.emulator.requests)
    assert [await model.write(TASK) for _ in range(5)] == [None] * 5
    assert len(house.emulator.requests) == asked, "left alone"
    for _ in range(2):  # two trials fail
        await asyncio.sleep(0.35)
        assert await model.write(TASK) is None
    await asyncio.sleep(0.35)
    assert await model.write(TASK) == GOOD
    assert house.kinds() == ["down", "up"]
    assert SENTENCES.get(fault, "看不懂") in house.notices[0].text("zh")
    assert "降级" in house.notices[0].text("en")
    assert "恢复" in house.notices[1].text("zh")


@pytest.mark.parametrize("fault", AT_ONCE)
async def test_what_will_not_mend_itself_is_told_at_once(house: House, fault: Fault) -> None:
    house.emulator.says(GOOD)
    house.emulator.moved_to = house.emulator.base_url.replace("/v1", "/elsewhere")
    house.emulator.fail(fault)
    model = house.model()
    assert await model.write(TASK) is None
    assert house.kinds() == ["down"]
    assert SENTENCES[fault] in house.notices[0].text("zh")
    assert not model.available


async def test_an_endpoint_that_is_not_there(house: House) -> None:
    await house.emulator.stop()
    model = house.model(failures=1)
    assert await model.write(TASK) is None
    assert house.kinds() == ["down"]
    assert house.emulator.base_url in house.notices[0].text("zh")


async def test_retry_after_is_respected(house: House) -> None:
    house.emulator.says(GOOD)
    house.emulator.retry_after = "30"
    house.emulator.fail(Fault.BUSY, times=1)
    model = house.model(failures=1, rest_seconds=0.1)
    assert await model.write(TASK) is None
    await asyncio.sleep(0.2)
    assert await model.write(TASK) is None
    assert len(house.emulator.requests) == 1
    assert "30 秒" in house.notices[0].text("zh")


@pytest.mark.parametrize(
    ("fault", "limits", "longest"),
    [
        (Fault.SILENT, {"seconds": 5, "first_token_seconds": 0.4}, 1.5),
        (Fault.SLOW, {"seconds": 0.8, "first_token_seconds": 0.7}, 2.0),
    ],
)
async def test_nobody_waits_longer_than_set(
    house: House, fault: Fault, limits: dict[str, float], longest: float
) -> None:
    house.emulator.says(GOOD * 20)
    model = house.model(**limits)
    await model.check()  # LangChain is imported by now
    house.emulator.fail(fault)
    started = time.monotonic()
    assert await model.write(TASK) is None
    assert time.monotonic() - started < longest


async def test_one_that_never_stops_talking_is_stopped_and_not_used(house: House) -> None:
    house.emulator.says("节能12%。")
    house.emulator.fail(Fault.ENDLESS)
    answer = await house.model().write(Writing("写。", TASK.material, limit=30))
    assert answer is None
    assert house.kinds() == []


@pytest.mark.parametrize("fault", [Fault.EMPTY, Fault.FILTERED])
async def test_saying_nothing_is_not_an_outage(house: House, fault: Fault) -> None:
    house.emulator.says(GOOD)
    house.emulator.fail(fault)
    model = house.model(failures=1)
    assert await model.write(TASK) is None
    assert house.kinds() == []
    assert model.available


@pytest.mark.parametrize(
    "fault", [f for f in Fault if f not in (Fault.LONG, Fault.ENDLESS, Fault.SLOW, Fault.CUT, Fault.UNFINISHED)]
)
async def test_structured_answers_fail_as_quietly(house: House, fault: Fault) -> None:
    house.emulator.says('{"choice": "a"}')
    house.emulator.moved_to = "http://127.0.0.1:9/v1"
    house.emulator.fail(fault)
    model = house.model(seconds=1, failures=1)
    chosen = await model.choose("哪个", {"a": "甲"}, "zh")
    assert chosen is None or fault in (Fault.SILENT,), "that one is about streams"


@pytest.mark.parametrize("way", ["json_schema", "function_calling", "json_mode"])
@pytest.mark.parametrize("fault", [Fault.LONG, Fault.FILTERED, Fault.EMPTY])
async def test_structured_answers_that_are_cut_or_withheld_are_no_outage(house: House, fault: Fault, way: str) -> None:
    house.emulator.says('{"choice": "b"}')
    house.emulator.fail(fault)
    model = house.model(failures=1, structured=way)
    assert await model.choose("哪个", {"a": "甲"}, "zh") is None
    assert house.kinds() == []


def _forget_environment() -> None:
    langsmith.utils.get_env_var.cache_clear()  # type: ignore[attr-defined]  # a cached function behind overloads


async def test_no_other_address_is_called(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """No redirect is followed, and neither LangSmith's tracing nor its gateway gets a word."""
    trap = await LlmEmulator().start()
    trap.says("被骗了")
    for name, value in {
        "LANGSMITH_TRACING": "true",
        "LANGCHAIN_TRACING_V2": "true",
        "LANGSMITH_API_KEY": "ls-trap",
        "LANGSMITH_ENDPOINT": trap.base_url,
        "LANGCHAIN_ENDPOINT": trap.base_url,
        "LANGSMITH_GATEWAY": trap.base_url,
        "LANGSMITH_GATEWAY_API_KEY": "ls-trap",
        "OPENAI_BASE_URL": trap.base_url,
        "OPENAI_API_BASE": trap.base_url,
        "OPENAI_API_KEY": "sk-trap",
        "OPENAI_ORG_ID": "org-trap",
        "OPENAI_PROXY": trap.base_url,
    }.items():
        monkeypatch.setenv(name, value)
    _forget_environment()  # it remembers the environment of the tests before
    try:
        house.emulator.says(GOOD)
        model = house.model()
        assert await model.write(TASK) == GOOD
        house.emulator.moved_to = trap.base_url
        house.emulator.fail(Fault.MOVED)
        assert await model.write(TASK) is None
        assert await model.choose("哪个", {"a": "甲"}, "zh") is None
        await asyncio.sleep(1.5)  # LangSmith would send in the background
        assert trap.requests == []
        assert trap.strangers == []
        assert all("trap" not in asked.everything for asked in house.emulator.requests)
    finally:
        _forget_environment()
        await trap.stop()


async def test_a_cancelled_caller_leaves_no_lock_behind(house: House) -> None:
    house.emulator.says(GOOD)
    house.emulator.fail(Fault.SILENT, times=1)
    model = house.model(concurrent=1)
    task = asyncio.create_task(model.write(TASK))
    await asyncio.sleep(1.0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await model.write(TASK) == GOOD


async def test_check_says_what_to_do(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    house.emulator.says("好")
    assert await house.model().check() == []
    assert "llm.api_key" in (await house.model(api_key="sk-wrong").check())[0]
    assert "llm.model" in (await house.model(model="unknown").check())[0]
