"""A bot that is killed under load loses nothing and says nothing twice."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bot.server import free_port
from storage.database import Database
from storage.imports.people import import_people
from tests.emulators.slack.emulator import SlackEmulator
from tests.emulators.wecom.emulator import WecomEmulator
from tests.faults.kill import PER_LIFE, Figures, KillTest
from tests.faults.lines import SlackLine, WecomLine
from tests.faults.process import BotProcess
from tests.scenarios.company import STAFF, TEXTS, Employee, load, reps, slack_users, wecom_users, write_people
from tests.scenarios.world import settings_for


@pytest.mark.timeout(600)
async def test_two_kills_under_load(data: Path) -> None:
    """Persist, then acknowledge: every accepted message is answered exactly once, over two kills.

    The dice of this seed want the first before the bot can answer anything; Slack's kill comes while it answers.
    """
    _judge(await _kill(data, kills=2, seed=1), kills=2)


@pytest.mark.timeout(600)
async def test_a_kill_under_load_in_slack(data: Path) -> None:
    """The same by signed events: what was acknowledged is in the direct messages exactly once."""
    members = reps(PER_LIFE)
    async with WecomEmulator() as wecom, SlackEmulator(users=slack_users(members)) as slack:
        bot = BotProcess(data, wecom, free_port(), slack=slack)
        await _hire(bot, members)
        try:
            figures = await KillTest(bot, SlackLine(slack), members, seed=5).run(kills=1)
        finally:
            await bot.kill()
        sys.stdout.write(f"\n{figures}\n")
        assert slack.violations == slack.warnings == []
        assert slack.ledger.truncated == []
    _judge(figures, kills=1)


@pytest.mark.long
async def test_two_hundred_kills_under_load(data: Path) -> None:
    """The same, 200 times."""
    _judge(await _kill(data, kills=200, seed=2), kills=200)


@pytest.mark.postgres
@pytest.mark.timeout(600)
async def test_a_kill_under_load_on_postgres(tmp_path: Path, postgres_url: str) -> None:
    """The same on the other database. The dice want the kill while it answers."""
    data = tmp_path / "data"
    settings = settings_for(data, WecomEmulator(), free_port(), database={"url": postgres_url})
    await load(settings, tmp_path, STAFF, TEXTS[:1])
    _judge(await _kill(data, kills=1, seed=6, url=postgres_url), kills=1)


async def _kill(data: Path, kills: int, seed: int, url: str = "") -> Figures:
    members = reps(kills * PER_LIFE)
    async with WecomEmulator(users=wecom_users(members)) as emulator:
        bot = BotProcess(data, emulator, free_port(), {"DATABASE__URL": url} if url else {})
        await _hire(bot, members)
        try:
            figures = await KillTest(bot, WecomLine(emulator), members, seed).run(kills)
        finally:
            await bot.kill()
        sys.stdout.write(f"\n{figures}\n")
        assert emulator.violations == []
        assert emulator.ledger.truncated == []
    return figures


async def _hire(bot: BotProcess, members: list[Employee]) -> None:
    database = Database(bot.database_url)
    listed = await import_people(database, write_people(bot.data.parent / "people.csv", members))
    database.close()
    assert not listed.rejected


def _judge(figures: Figures, kills: int) -> None:
    assert figures.kills == kills
    assert len(figures.accepted) > 10 * kills, "the load was there"
    assert figures.lost == []
    assert figures.twice == []
    assert figures.answered == len(figures.accepted)
