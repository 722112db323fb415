"""`xiaoce chats`: what reps and customers wrote to each other."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import typer

from bot.cli.common import existing, settings_and_logs

group = typer.Typer(help="Chats with customers.", no_args_is_help=True)


@group.callback()
def _chats() -> None:
    """Keep `chats` a group, whatever the number of its commands."""


@group.command("import")
def import_(folder: Path) -> None:
    """Load a WeCom chat archive: rooms.csv with consents, *.jsonl with messages. Again: only what is new."""
    from bot.cli.imports import load_files
    from storage.imports.chats import import_chats

    settings = settings_and_logs()
    load = partial(import_chats, zone=ZoneInfo(settings.time_zone))
    load_files((existing(folder), load), settings=settings)
