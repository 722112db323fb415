"""`xiaoce consents`: who agreed to be listened to. Taking a consent back deletes what was heard, at once (A18)."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

import typer

from bot.cli.common import console, existing, heads, open_database, run_async, say, settings_and_logs
from bot.contracts.person import OPERATOR

group = typer.Typer(help="Who agreed to be listened to.", no_args_is_help=True)
SOURCE = "consents revoke"


class Kind(StrEnum):
    """What a consent is about."""

    ROOM = "room"
    CUSTOMER = "customer"
    PERSON = "person"


@group.command("import")
def import_(file: Path) -> None:
    """Load consents from a CSV or Excel file; a row that says no deletes what was heard of its subject."""
    from bot.cli.imports import load_file
    from storage.imports.consents import import_consents

    load_file(existing(file), import_consents)


@group.command("list")
def list_(
    kind: Kind | None = typer.Option(None, help="Only these."),
    limit: int = typer.Option(100, min=1, help="At most so many."),
) -> None:
    """Show what holds now, the latest first."""
    from rich.box import SIMPLE
    from rich.table import Column, Table

    settings = settings_and_logs()
    zone = ZoneInfo(settings.time_zone)
    with open_database(settings) as database:
        held = run_async(
            database.read(lambda store: store.consents.listing(OPERATOR, kind.value if kind else None, limit))
        )
    kind_, subject, *others = heads("consents", "kind", "subject", "given", "when", "by", "source")
    table = Table(kind_, Column(subject, no_wrap=True), *others, box=SIMPLE, padding=(0, 1, 0, 0))
    for one in held:
        known, given = say(f"operator.consents.kind.{one.kind}"), "yes" if one.given else "no"
        moment = f"{one.at.astimezone(zone):%Y-%m-%d %H:%M}"
        table.add_row(known, one.subject, say(f"operator.consents.given.{given}"), moment, one.by, one.source)
    console.print(table)


@group.command("revoke")
def revoke(kind: Kind, subject: str) -> None:
    """Take back the consent of a room, a customer or a person, and delete what was heard of them."""
    from bot.contracts.clock import SystemClock
    from bot.flows.purge import PurgeFlow

    settings = settings_and_logs()
    with open_database(settings) as database:
        flow = PurgeFlow(database, settings.data)
        now = SystemClock().now()
        purged = run_async(flow.revoke(kind.value, subject, by=OPERATOR.id, at=now, source=SOURCE))
    console.print(
        say("operator.consents.revoked", subject=subject, dialogues=len(purged.dialogues), files=len(purged.paths)),
        highlight=False,
    )
