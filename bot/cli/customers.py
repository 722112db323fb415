"""`xiaoce customers`: the customers whose names the bot understands."""

from __future__ import annotations

from pathlib import Path

import typer

from bot.cli.common import existing

group = typer.Typer(help="Customers and who owns them.", no_args_is_help=True)


@group.command("import")
def import_(file: Path) -> None:
    """Load customers from a CSV or Excel file; every row that can't be taken is named."""
    from bot.cli.imports import load_file
    from storage.imports.customers import import_customers

    load_file(existing(file), import_customers)
