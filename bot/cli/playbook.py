"""`xiaoce playbook`: the talk-tracks."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import typer

from bot.cli.common import console, existing, heads, open_database, progress, run_async, say, settings_and_logs
from config.languages import operator_language

group = typer.Typer(help="Talk-tracks and competitor cards.", no_args_is_help=True)


@group.command("import")
def import_(folder: Path) -> None:
    """Load every Markdown file below a folder; a running server takes the changes up within seconds."""
    from bot.app import open_playbook

    settings = settings_and_logs()
    with open_database(settings) as database, progress(say("cli.sample.playbook")) as tell:
        report = run_async(open_playbook(settings, database).import_folder(existing(folder), "operator", tell))
    lang = operator_language()
    console.print(report.sentence(lang), highlight=False)
    for fault in report.faults:
        console.print(fault.sentence(lang), style="red", highlight=False, markup=False, soft_wrap=True)
    raise typer.Exit(1 if report.faults else 0)


@group.command("list")
def list_() -> None:
    """Show all cards with language, owner's version and validity."""
    from rich.box import SIMPLE
    from rich.table import Column, Table

    settings = settings_and_logs()
    with open_database(settings) as database:
        rows = run_async(database.read(lambda store: store.playbook.all()))
    id_, *others = heads("playbook", "id", "language", "kind", "revision", "valid_until", "updated")
    id_column = Column(id_, no_wrap=True)  # it is what other commands and pages ask for
    table = Table(id_column, *others, box=SIMPLE, padding=(0, 1, 0, 0))
    zone = ZoneInfo(settings.time_zone)
    for row in rows:
        until, updated = str(row.valid_until or ""), f"{row.updated_at.astimezone(zone):%Y-%m-%d}"
        kind = say(f"talktracks.page.{row.kind}")
        table.add_row(row.id, row.language, kind, str(row.revision), until, updated)
    console.print(table)
