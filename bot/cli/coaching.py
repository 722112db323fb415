"""`xiaoce coaching`: a day's prompts again, under other mute levels and response rates (A10)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

import typer

from bot.cli.common import console, open_database, run_async, say, settings_and_logs

if TYPE_CHECKING:
    from bot.flows.replay import Day
    from config.settings import Settings

group = typer.Typer(help="Prompts to salespeople.", no_args_is_help=True)


class Level(StrEnum):
    """Which mute level everybody has in the replay."""

    ALL = "all"
    BASIC = "basic"
    SCENE = "scene"
    SMART = "smart"


@group.callback()
def _coaching() -> None:
    """Keep `coaching` a group, whatever the number of its commands."""


@group.command("replay")
def replay(
    day: str = typer.Option(..., help="The day, as 2026-03-05."),
    level: Level = typer.Option(Level.ALL, help="The mute level that everybody has."),
) -> None:
    """How many prompts a day's dialogues and deals give; sends nothing, stores nothing."""
    from bot.contracts.errors import BadInput

    try:
        wanted = date.fromisoformat(day)
    except ValueError as error:
        raise BadInput(say("coaching.replay.day", day=day)) from error
    settings = settings_and_logs()
    _print(settings, day, run_async(_read(settings, wanted)), level)


async def _read(settings: Settings, day: date) -> Day:
    from bot.app import open_playbook
    from bot.coaching import make_desk, make_ears
    from bot.flows.replay import read_day

    with open_database(settings) as database:
        playbook, desk = open_playbook(settings, database), make_desk(settings)
        await playbook.load()
        return await read_day(database, make_ears(database, playbook, desk), desk, day)


def _print(settings: Settings, day: str, found: Day, level: Level) -> None:
    from rich.table import Table

    from skills.coaching.policy import LEVELS
    from skills.coaching.replay import replay as again

    people = {item.person_id for item in found.items}
    columns = [say(f"coaching.replay.columns.{name}") for name in ("level", "rate", "sent", "digest", "withheld")]
    table = Table(*columns, title=say("coaching.replay.title", day=day))
    halved = {person: rate.halved for person, rate in found.rates.items()}
    for name in LEVELS if level is Level.ALL else (level.value,):
        for share, rates in (("1", found.rates), ("1/2", halved)):
            counts = again(found.items, name, rates, settings.coaching)
            figures = [str(counts[state]) for state in ("sent", "digest", "withheld")]
            table.add_row(say(f"coaching.level_name.{name}"), share, *figures)
    console.print(table)
    console.print(say("coaching.replay.signals", signals=found.signals, people=len(people)), highlight=False)
