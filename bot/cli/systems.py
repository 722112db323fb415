"""`xiaoce systems`: what is connected, by one entry each (C5)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import typer

from bot.cli.common import console, existing, open_database, run_async, say, settings_and_logs
from config.languages import operator_language

if TYPE_CHECKING:
    from datetime import datetime

    from bot.flows.event_systems import SystemRegistry
    from config.settings import Settings
    from storage.database import Database
    from storage.store import Store

group = typer.Typer(help="Connected systems: what they send and what they listen to.", no_args_is_help=True)


@group.command("apply")
def apply(path: Path, note: str = typer.Option("", help="Why it is changed; kept with the version.")) -> None:
    """Check an entry, or a folder of them, and let it hold. A running server knows it within a second."""
    from bot.cli.sources_view import definitions_in, text_of

    files = definitions_in(existing(path))
    settings = settings_and_logs()
    with open_database(settings) as database:
        registry = _registry(settings, database)
        texts = {file.name: text_of(file) for file in files}
        for name, text in texts.items():
            run_async(registry.checked(text, name))  # all of them, before the first one holds
        for name, text in texts.items():
            done = run_async(registry.apply(text, name, _who(), note=note))
            console.print(say(f"events.cli.applied.{done.outcome}", name=done.system, version=done.version))
            for fault in registry.faults(run_async(registry.checked(text, name)), operator_language()):
                console.print(f"  {fault}", style="yellow", highlight=False, markup=False, soft_wrap=True)


@group.command("list")
def list_() -> None:
    """Show every system: kind, owner, how many types it sends and subscriptions it has, when it was last heard."""
    from rich.table import Table

    settings = settings_and_logs()
    with open_database(settings) as database:
        systems = run_async(_registry(settings, database).current())
        versions, last, owners = run_async(database.read(_known))
    if not systems:
        console.print(say("events.cli.none"))
        return
    zone = ZoneInfo(settings.time_zone)
    names = ("name", "title", "kind", "owner", "produces", "listens", "version", "last")
    table = Table(*(say(f"events.cli.column.{name}") for name in names))
    for name, one in systems.items():
        heard = f"{last[name].astimezone(zone):%Y-%m-%d %H:%M}" if name in last else "–"
        counts = str(len(one.produces)), str(len(one.listens)), str(versions[name])
        table.add_row(name, one.title, one.kind, owners.get(one.owner, one.owner), *counts, heard)
    console.print(table)


@group.command("show")
def show(name: str) -> None:
    """Print a system's entry, as YAML."""
    with open_database(settings_and_logs()) as database:
        print(run_async(_text(database, name)), end="")


@group.command("check")
def check(name: str = typer.Argument("", help="A system; none: all of them.")) -> None:
    """Say what keeps systems from working: secrets that aren't set, tables that can't be read. Exit 1 if anything."""
    settings, wrong = settings_and_logs(), 0
    with open_database(settings) as database:
        registry = _registry(settings, database)
        if name:
            run_async(_text(database, name))
        for system in run_async(registry.current()).values():
            if name in ("", system.name):
                faults = registry.faults(system, operator_language())
                watched = run_async(database.read(lambda store: store.systems.watches()))
                faults += [state.fault for (owner, _), state in watched.items() if owner == system.name and state.fault]
                lines = [f"{system.name}: {fault}" for fault in faults] or [say("events.cli.well", name=system.name)]
                for line in lines:
                    console.print(line, highlight=False, markup=False, soft_wrap=True)
                wrong += len(faults)
    raise typer.Exit(1 if wrong else 0)


@group.command("remove")
def remove(name: str) -> None:
    """Take a system away: it can send nothing and hears nothing any more. What it sent stays."""
    settings = settings_and_logs()
    with open_database(settings) as database:
        run_async(_registry(settings, database).remove(name, _who()))
    console.print(say("events.cli.removed", name=name), highlight=False)


def _registry(settings: Settings, database: Database) -> SystemRegistry:
    from bot.contracts.clock import SystemClock
    from bot.nerve_in import make_registry

    return make_registry(settings, SystemClock(), database)


def _known(store: Store) -> tuple[dict[str, int], dict[str, datetime], dict[str, str]]:
    """Version, last event, and people's names."""
    from bot.contracts.person import OPERATOR

    people = {one.id: one.name for one in store.people.visible_to(OPERATOR)}
    versions = {name: one.version for name, one in store.systems.all().items()}
    return versions, store.events.latest(), people


async def _text(database: Database, name: str) -> str:
    from bot.flows.event_systems import unknown_system

    found = await database.read(lambda store: store.systems.current(name) or unknown_system(store, name))
    if isinstance(found, Exception):
        raise found
    return found.text


def _who() -> str:
    from bot.contracts.person import OPERATOR

    return OPERATOR.id
