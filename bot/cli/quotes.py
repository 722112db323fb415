"""`xiaoce quotes`: the prices that customers were told."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import typer

from bot.cli.common import existing, settings_and_logs

group = typer.Typer(help="Quotes.", no_args_is_help=True)


@group.callback()
def _quotes() -> None:
    """Keep `quotes` a group, whatever the number of its commands."""


@group.command("import")
def import_(file: Path) -> None:
    """Load quotes from a CSV or Excel file; every row that can't be taken is named."""
    from bot.cli.imports import load_files
    from storage.imports.quotes import import_quotes

    settings = settings_and_logs()
    load = partial(import_quotes, zone=ZoneInfo(settings.time_zone))
    load_files((existing(file), load), settings=settings)
