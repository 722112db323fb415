"""The bot for one fault: started afresh in every test, because a fault leaves traces."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.emulators.slack.emulator import BURST, SlackEmulator
from tests.emulators.wecom.emulator import WecomEmulator
from tests.scenarios.world import World, company_data, phones, running, workspace


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The long forms run only when they are asked for: `make faults`, or -m long."""
    if "long" in config.option.markexpr:
        return
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(pytest.mark.skip(reason="the long form: make faults"))


@pytest.fixture
async def emulator() -> AsyncIterator[WecomEmulator]:
    """WeCom; whatever fails, the bot stays a careful client."""
    async with phones() as emulator:
        yield emulator
    assert emulator.violations == []


@pytest.fixture
async def slack() -> AsyncIterator[SlackEmulator]:
    """Slack, with the limits that it has."""
    async with workspace(BURST) as slack:
        yield slack
    assert slack.violations == []


@pytest.fixture
def data(workshop: Path, tmp_path: Path) -> Path:
    """A data folder with the company in it."""
    return company_data(workshop, tmp_path / "data")


@pytest.fixture
async def world(data: Path, emulator: WecomEmulator) -> AsyncIterator[World]:
    """The running bot."""
    async with running(data, emulator) as world:
        yield world


@pytest.fixture
async def slack_world(data: Path, emulator: WecomEmulator, slack: SlackEmulator) -> AsyncIterator[World]:
    """The same, at both platforms."""
    async with running(data, emulator, slack) as world:
        yield world
