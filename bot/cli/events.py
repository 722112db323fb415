"""`xiaoce events`: send, look up, and decide about what waits in quarantine (C1, C6)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import typer

from bot.cli.common import console, open_database, run_async, say, settings_and_logs
from bot.contracts.errors import BadInput
from config.languages import operator_language

if TYPE_CHECKING:
    from bot.nerve_in import EventsIn
    from config.settings import Settings
    from storage.database import Database

group = typer.Typer(help="Business events: send, look up, quarantine.", no_args_is_help=True)


@group.command("send")
def send(
    file: Path = typer.Argument(..., help="CloudEvents as JSON, a JSON list or JSON Lines; - reads standard input."),
    to: str = typer.Option("", help="Where the server is, if not here: https://xiaoce.example."),
    token: str = typer.Option("", help="Name of the token in events.secrets, such as erp_token. Sends by HTTP."),
    system: str = typer.Option("", help="Store directly, as sent by this system; also when no server runs."),
) -> None:
    """Send events as a connected system would, and say what became of them. Exit 1 when one was refused."""
    from bot.cli.events_sending import events_in, stored, told, transmitted

    if not (system or token) or (system and token):
        raise BadInput(say("events.cli.which_way"))
    settings, items = settings_and_logs(), events_in(file)
    if token:
        verdicts = run_async(transmitted(settings, items, to or settings.public_url, token))
    else:
        with open_database(settings) as database:
            verdicts = run_async(stored(_part(settings, database), database, items, system))
    for line in told(verdicts):
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    raise typer.Exit(1 if any(one.outcome == "refused" for one in verdicts) else 0)


@group.command("list")
def list_(
    type_: str = typer.Option("", "--type", help="Only this type: order.confirmed."),
    system: str = typer.Option("", help="Only what this system sent."),
    key: str = typer.Option("", help="Only events with this order, customer or event number."),
    limit: int = typer.Option(20, min=1, max=10_000, help="How many."),
) -> None:
    """Show events, the newest first."""
    from rich.table import Table

    from storage.repositories.events import Asked

    asked, settings = Asked(type=type_, system=system, key=key), settings_and_logs()
    zone = ZoneInfo(settings.time_zone)
    with open_database(settings) as database:
        events = run_async(database.read(lambda store: store.events.listing(asked, limit)))
        keys = run_async(database.read(lambda store: store.events.keys_of(one.seq for one in events)))
    if not events:
        console.print(say("events.cli.no_events"))
        return
    table = Table(*(say(f"events.cli.column.{name}") for name in ("seq", "time", "type", "producer", "keys")))
    for one in events:
        named = " ".join(keys.get(one.seq, {}).values())
        table.add_row(str(one.seq), f"{one.time.astimezone(zone):%Y-%m-%d %H:%M:%S}", one.type, one.producer, named)
    console.print(table)


@group.command("show")
def show(seq: int) -> None:
    """Print one event, as JSON: what is stored, and what came where something was put right."""
    import json
    from dataclasses import asdict

    with open_database(settings_and_logs()) as database:
        found = run_async(database.read(lambda store: store.events.get(seq)))
    if found is None:
        raise BadInput(say("events.cli.no_event", seq=seq))
    print(json.dumps(asdict(found), ensure_ascii=False, indent=2, default=str))


@group.command("quarantine")
def quarantine(
    key: str = typer.Argument("", help="One kind of fault, as listed; none: all of them."),
    approve: bool = typer.Option(False, help="Take as proposed, now and from now on."),
    retry: bool = typer.Option(False, help="Try again as they are."),
    discard: bool = typer.Option(False, help="Give them up; needs --reason."),
    reason: str = typer.Option("", help="Why they are given up."),
) -> None:
    """Show what waits because it couldn't be read, and decide about it."""
    settings = settings_and_logs()
    with open_database(settings) as database:
        part = _part(settings, database)
        if not (approve or retry or discard):
            _print_waiting(part, database, key)
            return
        if not key:
            raise BadInput(say("events.cli.no_group", which="–"))
        if discard and not reason.strip():
            raise BadInput(say("events.cli.reason_needed"))
        console.print(_decided(part, key, approve=approve, discard=discard, reason=reason.strip()))


def _decided(part: EventsIn, key: str, *, approve: bool, discard: bool, reason: str) -> str:
    from bot.contracts.person import OPERATOR

    desk = part.quarantine
    if discard:
        done = run_async(desk.discard(key, reason, OPERATOR))
    else:
        done = run_async(desk.approve(key, OPERATOR) if approve else desk.retry(key, OPERATOR))
    if done is None:
        raise BadInput(say("events.cli.no_group", which=key))
    if discard:
        return say("events.cli.discarded", count=done.done)
    return say("events.cli.decided", done=done.done, left=done.left)


def _print_waiting(part: EventsIn, database: Database, key: str) -> None:
    import json

    from knowledge.events.waiting import groups_of

    groups = run_async(database.read(lambda store: groups_of(store.quarantine.open())))
    chosen = [one for one in groups if key in ("", one.key)]
    if key and not chosen:
        raise BadInput(say("events.cli.no_group", which=key))
    if not chosen:
        console.print(say("events.cli.nothing_waits"))
    systems = run_async(part.registry.current())
    maker = part.make(operator_language())
    for one in chosen:
        lines = [f"{one.key}  {maker.headline(one, systems.get(one.producer))}"]
        lines += [f"  {maker.pair(one, proposal)}" for proposal in one.proposal]
        for line in lines:
            console.print(line, highlight=False, markup=False, soft_wrap=True)
    if key:
        rows = run_async(database.read(lambda store: store.quarantine.these(chosen[0].ids[-1:])))
        for row in rows:
            print(json.dumps(row.envelope, ensure_ascii=False, indent=2))


def _part(settings: Settings, database: Database) -> EventsIn:
    """The way in, with everything that follows from an event; a running server sends on what is stored here."""
    from bot.contracts.clock import SystemClock
    from bot.nerve import make_commands

    return make_commands(settings, SystemClock(), database)
