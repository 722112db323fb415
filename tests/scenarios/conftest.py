"""The bot of one test module: started once, with the company loaded, beside an emulated WeCom and an emulated Slack."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.emulators.slack.emulator import SlackEmulator
from tests.emulators.wecom.emulator import WecomEmulator
from tests.scenarios.company import Employee
from tests.scenarios.slack import SlackMember
from tests.scenarios.world import QUICK, World, company_data, phones, running, workspace


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the company's data is made, once for each worker."""
    return tmp_path_factory.mktemp("workshop")


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


@pytest.fixture
def rep(world: World) -> Employee:
    """A rep who has said nothing yet."""
    return world.newcomer()


@pytest.fixture
def member(world: World, rep: Employee) -> SlackMember:
    """The same, in Slack."""
    return SlackMember(world, rep.slack)
