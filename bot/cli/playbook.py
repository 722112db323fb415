"""`xiaoce playbook`: the talk-tracks."""

from __future__ import annotations

from pathlib import Path

import typer

from bot.cli.common import console, existing, open_database, progress, run_async, settings_and_logs

group = typer.Typer(help="Talk-tracks and competitor cards.", no_args_is_help=True)


@group.command("import")
def import_(folder: Path) -> None:
    """Load every Markdown file below a folder; a running server takes the changes up within seconds."""
    from bot.app import open_playbook

    settings = settings_and_logs()
    with open_database(settings) as database, progress("playbook") as tell:
        report = run_async(open_playbook(settings, database).import_folder(existing(folder), "operator", tell))
    console.print(report.sentence("en"), highlight=False)
    for fault in report.faults:
        console.print(f"[red]{fault}[/red]", highlight=False)
    raise typer.Exit(1 if report.faults else 0)


@group.command("list")
def list_() -> None:
    """Show all cards with language, owner's version and validity."""
    from rich.table import Table

    with open_database(settings_and_logs()) as database:
        rows = run_async(database.read(lambda store: store.playbook.all()))
    table = Table("ID", "Language", "Kind", "Revision", "Valid until", "Updated")
    for row in rows:
        until = str(row.valid_until or "")
        table.add_row(row.id, row.language, row.kind, str(row.revision), until, f"{row.updated_at:%Y-%m-%d %H:%M}")
    console.print(table)
