"""D1, D10: the language model's limits: none set up, a day's budget, a restart, a slow one in WeCom."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.emulators.llm import Fault, LlmEmulator
from tests.emulators.wecom.emulator import WecomEmulator
from tests.scenarios.browser import browser, words
from tests.scenarios.company import ADMIN
from tests.scenarios.thinking import GOOD, NEVER_HEARD, TOO_EXPENSIVE, WORDED, bare, notices, saying, thinks
from tests.scenarios.world import World, company_data, running, until

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def llm() -> AsyncIterator[LlmEmulator]:
    """The endpoint."""
    llm = await LlmEmulator().start()
    llm.says(saying())
    yield llm
    await llm.stop()


@pytest.fixture
def data(workshop: Path, tmp_path: Path) -> Path:
    """The company's data."""
    return company_data(workshop, tmp_path / "data")


async def asked(world: World, text: str) -> str:
    """What a newcomer is shown for a question, without what is different each time."""
    async with browser(world, world.newcomer().id) as window:
        return "\n".join(bare(entry["html"]) for entry in await window.say(text))


async def test_without_a_model_nothing_is_asked_and_cards_are_those_of_old(
    data: Path, emulator: WecomEmulator, llm: LlmEmulator
) -> None:
    """D1: the setting absent, the setting off, and a model that says nothing: the same to the byte."""
    questions = (TOO_EXPENSIVE, NEVER_HEARD, "话术 今天食堂中午吃什么", "我有多少客户", "帮助")
    async with running(data, emulator) as world:
        absent = [await asked(world, text) for text in questions]
    async with running(data, emulator, llm=thinks(llm, enabled=False)) as world:
        off = [await asked(world, text) for text in questions]
        assert await notices(world) == []
    assert llm.requests == []
    llm.fail(Fault.EMPTY)
    async with running(data, emulator, llm=thinks(llm)) as world:
        silent = [await asked(world, text) for text in questions]
    assert llm.requests
    assert off == absent
    assert silent == absent


async def test_a_day_has_so_many_tokens_and_a_restart_gives_no_new_ones(
    data: Path, emulator: WecomEmulator, llm: LlmEmulator
) -> None:
    """D10: plain answers from then on, told once; counted where a restart finds it."""
    limited = thinks(llm, daily_tokens=4000)
    async with running(data, emulator, llm=limited) as world, browser(world, world.newcomer().id) as window:
        with world.listening(ADMIN.wecom) as heard:
            for _ in range(12):
                if WORDED not in (shown := words(await window.say(TOO_EXPENSIVE))):
                    break
            await world.quiet()
        assert "先问贵在和什么比" in shown
        assert WORDED not in shown
        assert "4000 个 token" in heard().words
        spent = len(llm.requests)
    assert spent >= 1
    async with running(data, emulator, llm=limited) as world:
        assert WORDED not in await asked(world, TOO_EXPENSIVE)
        assert len(llm.requests) == spent
        assert len(await notices(world)) == 1


async def test_who_was_told_of_an_outage_is_told_of_its_end_after_a_restart(
    data: Path, emulator: WecomEmulator, llm: LlmEmulator
) -> None:
    """D1: an administrator corrects the key and starts again."""
    llm.key = "sk-another"
    async with running(data, emulator, llm=thinks(llm)) as world:
        assert WORDED not in await asked(world, TOO_EXPENSIVE)
        await world.quiet()
        assert len(await notices(world)) == 1
    async with running(data, emulator, llm=thinks(llm, api_key="sk-another")) as world:
        await until(lambda: _worded(world))
        await world.quiet()
        assert ["降级" in text for text in await notices(world)] == [True, False]


async def test_in_wecom_nobody_waits_long_for_words(data: Path, emulator: WecomEmulator, llm: LlmEmulator) -> None:
    """A8: WeCom can't show an answer being written, so it comes without the words when they take too long."""
    async with running(data, emulator, llm=thinks(llm, unseen_seconds=1)) as world:
        await until(lambda: _worded(world))
        llm.pause = 0.12
        begun = time.monotonic()
        heard = await world.say(world.newcomer().wecom, TOO_EXPENSIVE)
        assert time.monotonic() - begun < 3
        assert len(heard.cards) == 1
        assert GOOD[:8] not in heard.words
        assert WORDED in await asked(world, TOO_EXPENSIVE), "in the console it is seen being written"


async def _worded(world: World) -> bool:
    return WORDED in await asked(world, TOO_EXPENSIVE)
