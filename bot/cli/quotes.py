"""`xiaoce quotes`: the prices that customers were told."""

from __future__ import annotations

from pathlib import Path

import typer

from bot.cli.common import existing

group = typer.Typer(help="Quotes.", no_args_is_help=True)


@group.callback()
def _quotes() -> None:
    """Keep `quotes` a group, whatever the number of its commands."""


@group.command("import")
def import_(file: Path) -> None:
    """Load quotes from a CSV or Excel file; every row that can't be taken is named."""
    from bot.cli.imports import load_file
    from storage.imports.quotes import import_quotes

    load_file(existing(file), import_quotes)
