"""`xiaoce visits`: when salespeople are with customers, out of their calendars."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import typer

from bot.cli.common import console, existing, open_database, run_async, settings_and_logs
from config.languages import operator_language
from config.locales import t

if TYPE_CHECKING:
    from config.settings import Settings
    from storage.database import Database

group = typer.Typer(help="Visits to customers.", no_args_is_help=True)
SECONDS = 30.0  # for fetching a calendar


@group.callback()
def _visits() -> None:
    """Keep `visits` a group, whatever the number of its commands."""


@group.command("import")
def import_(
    source: str = typer.Argument(help="A folder with <employee number>.ics, one such file, or an https address."),
    person: str = typer.Option("", help="Employee number; empty: the file's name."),
) -> None:
    """Take visits out of calendars (.ics); do it again as often as they change. Exit 1: one couldn't be read."""
    from bot.contracts.errors import BadInput

    settings, faults = settings_and_logs(), 0
    with open_database(settings) as database:
        for number, data in _calendars(source, person):
            try:
                console.print(
                    run_async(_load(database, settings, number, data)), highlight=False, markup=False, soft_wrap=True
                )
            except BadInput as error:
                console.print(str(error), style="red", highlight=False, markup=False, soft_wrap=True)
                faults += 1
    raise typer.Exit(1 if faults else 0)


def _calendars(source: str, person: str) -> Iterator[tuple[str, bytes]]:
    """Employee number and calendar of each."""
    if source.startswith(("https://", "http://")):
        yield person, asyncio.run(_fetched(source))
        return
    path = existing(Path(source))
    for file in sorted(path.glob("*.ics")) if path.is_dir() else [path]:
        yield (person if person and not path.is_dir() else file.stem), file.read_bytes()


async def _fetched(address: str) -> bytes:
    import aiohttp

    from bot.contracts.errors import BadInput
    from storage.imports.ics import LARGEST

    try:
        timeout = aiohttp.ClientTimeout(total=SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(address) as response:
            response.raise_for_status()
            return await response.content.read(LARGEST + 1)
    except (aiohttp.ClientError, TimeoutError) as error:
        raise BadInput(t("coaching.visits.unreachable", operator_language(), why=type(error).__name__)) from error


async def _load(database: Database, settings: Settings, number: str, data: bytes) -> str:
    from bot.contracts import SystemClock
    from bot.contracts.errors import BadInput
    from storage.imports.ics import NoCalendar
    from storage.imports.visits import import_visits

    lang = operator_language()
    person = await database.read(lambda store: store.people.get(number))
    if person is None:
        raise BadInput(t("coaching.visits.nobody", lang, number=number or "?"))
    try:
        zone = ZoneInfo(settings.time_zone)
        found = await import_visits(database, person, data, zone, SystemClock().now())
    except NoCalendar:
        raise BadInput(t("coaching.visits.no_calendar", lang, name=person.name)) from None
    return t("coaching.visits.done", lang, name=person.name, kept=found.kept, others=found.others)
