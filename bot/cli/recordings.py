"""`xiaoce recordings`: calls and meetings that were recorded."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import typer

from bot.cli.common import console, existing, open_database, run_async, settings_and_logs
from config.languages import operator_language
from config.locales import t

group = typer.Typer(help="Recorded calls and meetings.", no_args_is_help=True)


@group.callback()
def _recordings() -> None:
    """Keep `recordings` a group, whatever the number of its commands."""


@group.command("import")
def import_(folder: Path) -> None:
    """Take in the recordings of a folder; its calls.json or calls.csv may say whose they are,
    and NAME.turns.json what was said. Exit 1: one refused."""
    from bot.contracts import SystemClock
    from bot.contracts.errors import BadInput
    from bot.flows.recording_import import Import
    from storage.imports.recordings import read_list

    settings, lang = settings_and_logs(), operator_language()
    try:
        listed = read_list(existing(folder), ZoneInfo(settings.time_zone))
    except (ValueError, UnicodeDecodeError) as error:
        raise BadInput(t("recordings.import.list", lang, error=error)) from error
    refused = 0

    async def take() -> None:
        nonlocal refused
        async for name, taken in Import(database, settings.data, listed, SystemClock().now()).run(folder):
            refused += taken not in {"taken", "known"}
            console.print(
                t(f"recordings.import.{taken}", lang, name=name), highlight=False, markup=False, soft_wrap=True
            )

    with open_database(settings) as database:
        run_async(take())
    raise typer.Exit(1 if refused else 0)
