"""`xiaoce audit`: who saw and changed what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import typer

from bot.cli.common import console, heads, open_database, run_async, settings_and_logs
from bot.contracts.person import OPERATOR


def audit(
    limit: int = typer.Option(50, min=1, max=10_000, help="How many entries, the newest first."),
    full: bool = typer.Option(False, help="Show all details, however many lines they take."),
) -> None:
    """Show the audit log: imports, edits, look-ups of customers, sign-in links, replays."""
    from rich.table import Column, Table

    settings = settings_and_logs()
    with open_database(settings) as database:
        entries = run_async(database.read(lambda store: store.audit.listing(OPERATOR, limit)))
    *short, detail = heads("audit", "when", "who", "what", "on", "detail")
    columns = [Column(name, no_wrap=True) for name in short]
    last = Column(detail, no_wrap=not full, overflow="fold" if full else "ellipsis", ratio=1)
    table = Table(*columns, last, box=None, padding=(0, 2, 0, 0), expand=True)
    zone = ZoneInfo(settings.time_zone)
    for entry in entries:
        at = f"{entry.at.astimezone(zone):%m-%d %H:%M:%S}"
        table.add_row(at, entry.actor, entry.action, entry.subject, _told(entry.detail))
    console.print(table, markup=False, highlight=False)


def _told(detail: Mapping[str, Any]) -> str:
    return " ".join(f"{name}={_value(value)}" for name, value in detail.items())


def _value(value: Any) -> str:
    return ",".join(str(part) for part in value) if isinstance(value, list) else str(value)
