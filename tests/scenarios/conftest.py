"""The bot of one test module: started once, with the company loaded, beside an emulated WeCom."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.emulators.wecom.emulator import WecomEmulator
from tests.scenarios.company import Employee
from tests.scenarios.world import World, company_data, phones, running


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
async def world(
    workshop: Path, emulator: WecomEmulator, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """The running bot."""
    data = company_data(workshop, tmp_path_factory.mktemp("bot") / "data")
    async with running(data, emulator) as world:
        yield world


@pytest.fixture
def rep(world: World) -> Employee:
    """A rep who has said nothing yet."""
    return world.newcomer()
