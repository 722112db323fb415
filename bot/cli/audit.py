"""`xiaoce audit`: who saw and changed what."""

from __future__ import annotations

import json

import typer

from bot.cli.common import console, open_database, run_async, settings_and_logs
from bot.contracts.person import OPERATOR


def audit(limit: int = typer.Option(50, min=1, max=10_000, help="How many entries, the newest first.")) -> None:
    """Show the audit log: imports, edits, look-ups of customers, sign-in links, replays."""
    from rich.table import Table

    with open_database(settings_and_logs()) as database:
        entries = run_async(database.read(lambda store: store.audit.listing(OPERATOR, limit)))
    table = Table("When (UTC)", "Who", "What", "On", "Detail")
    for entry in entries:
        detail = json.dumps(dict(entry.detail), ensure_ascii=False)
        table.add_row(f"{entry.at:%Y-%m-%d %H:%M:%S}", entry.actor, entry.action, entry.subject, detail)
    console.print(table)
