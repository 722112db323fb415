"""`xiaoce contacts`: who works at the customers'."""

from __future__ import annotations

from pathlib import Path

import typer

from bot.cli.common import existing

group = typer.Typer(help="The customers' people.", no_args_is_help=True)


@group.callback()
def _contacts() -> None:
    """Keep `contacts` a group, whatever the number of its commands."""


@group.command("import")
def import_(file: Path) -> None:
    """Load customers' people from a CSV or Excel file; every row that can't be taken is named."""
    from bot.cli.imports import load_file
    from storage.imports.contacts import import_contacts

    load_file(existing(file), import_contacts)
