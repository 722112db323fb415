"""`xiaoce deliveries`: what went out, what waits, and the dead letters that an operator can send again."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING

import typer

from bot.cli.common import console, open_database, run_async, settings_and_logs

if TYPE_CHECKING:
    from config.settings import Settings
    from storage.database import Database


class State(StrEnum):
    """Where a delivery can be."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    DEAD = "dead"


group = typer.Typer(help="The delivery list and its dead letters.", no_args_is_help=True)


@group.command("list")
def list_(
    state: State = typer.Option(State.DEAD, help="Which ones."),
    limit: int = typer.Option(50, min=1, max=1000),
) -> None:
    """Show deliveries of one state, newest first, and how many there are of each."""
    from rich.table import Table

    with open_database(settings_and_logs()) as database:
        rows = run_async(database.read(lambda store: store.deliveries.listing(state.value, limit)))
        counts = run_async(database.read(lambda store: store.deliveries.counts()))
    table = Table("ID", "To", "Tries", "Created", "Reason")
    for row in rows:
        table.add_row(row.id, str(row.address), str(row.attempts), f"{row.created_at:%m-%d %H:%M:%S}", row.reason)
    console.print(table)
    console.print(", ".join(f"{name}: {count}" for name, count in sorted(counts.items())) or "no deliveries yet")


@group.command("show")
def show(delivery_id: str) -> None:
    """Show one delivery with the exact call that is made."""
    with open_database(settings_and_logs()) as database:
        row = run_async(database.read(lambda store: store.deliveries.get(delivery_id)))
    if row is None:
        console.print(f"There is no delivery {delivery_id}: `xiaoce deliveries list --state sent` shows ids.")
        raise typer.Exit(1)
    console.print(f"{row.state}, tried {row.attempts} times, to {row.address}. {row.reason}", highlight=False)
    console.print_json(json.dumps(row.payload, ensure_ascii=False))


@group.command("replay")
def replay(
    delivery_id: str = typer.Argument("", help="One dead letter."),
    everything: bool = typer.Option(False, "--all", help="Every dead letter."),
) -> None:
    """Send dead letters again, by the running server or at its next start."""
    settings = settings_and_logs()
    with open_database(settings) as database:
        ids = _chosen(database, delivery_id, everything)
        revived = run_async(_replay(settings, database, ids))
    console.print(f"{revived} of {len(ids)} dead letters are waiting to be sent again.")


def _chosen(database: Database, delivery_id: str, everything: bool) -> list[str]:
    if not everything:
        return [delivery_id] if delivery_id else []
    dead = run_async(database.read(lambda store: store.deliveries.listing("dead", 100_000)))
    return [delivery.id for delivery in reversed(dead)]  # oldest first, so that order is kept


async def _replay(settings: Settings, database: Database, ids: list[str]) -> int:
    from bot.contracts.clock import SystemClock
    from bot.flows.delivery import DeliveryFlow
    from bot.flows.engine import Engine

    engine = Engine(database)
    await engine.connect()
    flow = DeliveryFlow(database, engine, SystemClock(), {}, settings.delivery.retry_seconds)
    return sum([await flow.replay(delivery_id) for delivery_id in ids])
