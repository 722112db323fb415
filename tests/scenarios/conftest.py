"""The bot of one test module: started once, with the company loaded, beside the emulated platforms."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.emulators.slack.emulator import SlackEmulator
from tests.emulators.wecom.emulator import WecomEmulator
from tests.scenarios.company import Employee
from tests.scenarios.slack import SlackMember
from tests.scenarios.world import QUICK, World, ai_bot, company_data, phones, running, workspace


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def emulator() -> AsyncIterator[WecomEmulator]:
    """WeCom. At the end of a module the bot must have done nothing that a careful client doesn't do."""
    async with phones() as emulator:
        yield emulator
    assert emulator.violations == []


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def slack() -> AsyncIterator[SlackEmulator]:
    """Slack; the same holds for it, and every card was within its limits."""
    async with workspace() as slack:
        yield slack
    assert slack.violations == []
    assert slack.warnings == []
    assert slack.ledger.truncated == []


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(
    workshop: Path, emulator: WecomEmulator, slack: SlackEmulator, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """The running bot, at both platforms."""
    data = company_data(workshop, tmp_path_factory.mktemp("bot") / "data")
    async with running(data, emulator, slack) as world:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(world.app.adapters["slack"], "limit", QUICK)
            yield world


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["http", "socket"])
async def bot_world(
    request: pytest.FixtureRequest, workshop: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """The same at an AI bot too: once with callbacks, once with the long connection, for a bot has one of them.

    Its platforms are its own. Not beside `world`: one bot runs in a process.
    """
    data = company_data(workshop, tmp_path_factory.mktemp("bot") / "data")
    async with phones() as emulator, workspace() as slack, ai_bot(request.param) as bot:
        async with running(data, emulator, slack, bot=bot) as world:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(world.app.adapters["slack"], "limit", QUICK)
                yield world
        assert [*emulator.violations, *slack.violations, *bot.violations] == []


@pytest.fixture
def rep(world: World) -> Employee:
    """A rep who has said nothing yet."""
    return world.newcomer()


@pytest.fixture
def member(world: World, rep: Employee) -> SlackMember:
    """The same, in Slack."""
    return SlackMember(world, rep.slack)
