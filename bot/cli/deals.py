"""`xiaoce deals`: the deals that signals and forecasts are about."""

from __future__ import annotations

from pathlib import Path

import typer

from bot.cli.common import existing

group = typer.Typer(help="Deals and their stages.", no_args_is_help=True)


@group.callback()
def _deals() -> None:
    """Keep `deals` a group, whatever the number of its commands."""


@group.command("import")
def import_(
    file: Path,
    stages: Path | None = typer.Option(None, help="Also load when deals came to which stage."),
) -> None:
    """Load deals from a CSV or Excel file; every row that can't be taken is named."""
    from bot.cli.imports import Load, load_files
    from storage.imports.deals import import_deals, import_stages

    loads: list[tuple[Path, Load]] = [(existing(file), import_deals)]
    if stages is not None:
        loads.append((existing(stages), import_stages))
    load_files(*loads)
