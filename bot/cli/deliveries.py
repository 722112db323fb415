"""`xiaoce deliveries`: what went out, what waits, and the dead letters that an operator can send again."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import typer

from bot.cli.common import console, heads, open_database, run_async, say, settings_and_logs
from bot.contracts.errors import BadInput

if TYPE_CHECKING:
    from config.settings import Settings
    from storage.database import Database
    from storage.repositories.deliveries import Delivery
    from storage.store import Store


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
    from rich.box import SIMPLE
    from rich.table import Column, Table

    settings = settings_and_logs()
    with open_database(settings) as database:
        rows = run_async(database.read(lambda store: _listed(store, state, limit)))
        counts = run_async(database.read(lambda store: store.deliveries.counts()))
    id_, to, *others = heads("deliveries", "id", "to", "tries", "created", "reason")
    table = Table(Column(id_, no_wrap=True), Column(to, overflow="fold"), *others, box=SIMPLE, padding=(0, 1, 0, 0))
    zone = ZoneInfo(settings.time_zone)
    for short, row in rows:
        created = f"{row.created_at.astimezone(zone):%m-%d %H:%M:%S}"
        table.add_row(short, str(row.address), str(row.attempts), created, row.reason)
    if rows:
        console.print(table)
    numbers = {name: counts.get(name, 0) for name in State}
    console.print(say("operator.deliveries.counts", **numbers), highlight=False)


@group.command("show")
def show(delivery_id: str = typer.Argument(..., help="The id, or its beginning.")) -> None:
    """Show one delivery with the exact call that is made."""
    with open_database(settings_and_logs()) as database:
        row = run_async(database.read(lambda store: _found(store, delivery_id)))
    state = say(f"operator.deliveries.state.{row.state}")
    told = say("operator.deliveries.about", id=row.id, state=state, attempts=row.attempts, to=row.address)
    console.print(f"{told} {row.reason}".rstrip(), highlight=False, markup=False, soft_wrap=True)
    console.print_json(json.dumps(row.payload, ensure_ascii=False))


@group.command("replay")
def replay(
    delivery_id: str = typer.Argument("", help="One dead letter: its id, or the beginning of it."),
    everything: bool = typer.Option(False, "--all", help="Every dead letter."),
) -> None:
    """Send dead letters again, by the running server or at its next start."""
    settings = settings_and_logs()
    with open_database(settings) as database:
        ids = run_async(database.read(lambda store: _chosen(store, delivery_id, everything)))
        revived = run_async(_replay(settings, database, ids))
    console.print(say("operator.deliveries.replayed", revived=revived, count=len(ids)), highlight=False)


def _listed(store: Store, state: State, limit: int) -> list[tuple[str, Delivery]]:
    """Each with as much of its id as the other commands need."""
    return [(store.deliveries.short(row.id), row) for row in store.deliveries.listing(state.value, limit)]


def _found(store: Store, start: str) -> Delivery:
    """The only delivery whose id starts so. Raises BadInput."""
    ids = store.deliveries.starting_with(start) if start else []
    exact = store.deliveries.get(start) if len(ids) != 1 else store.deliveries.get(ids[0])
    if exact is None:
        raise BadInput(say(f"operator.deliveries.{'several' if ids else 'none'}", id=start))
    return exact


def _chosen(store: Store, start: str, everything: bool) -> list[str]:
    if everything:
        dead = store.deliveries.listing("dead", 100_000)
        return [delivery.id for delivery in reversed(dead)]  # oldest first, so that order is kept
    if not start:
        raise BadInput(say("operator.deliveries.which"))
    row = _found(store, start)
    if row.state != "dead":
        raise BadInput(
            say("operator.deliveries.not_dead", id=start, state=say(f"operator.deliveries.state.{row.state}"))
        )
    return [row.id]


async def _replay(settings: Settings, database: Database, ids: list[str]) -> int:
    from bot.contracts.clock import SystemClock
    from bot.flows.delivery import DeliveryFlow
    from bot.flows.engine import Engine

    engine = Engine(database)
    await engine.connect()
    flow = DeliveryFlow(database, engine, SystemClock(), {}, settings.delivery.retry_seconds)
    return sum([await flow.replay(delivery_id) for delivery_id in ids])
