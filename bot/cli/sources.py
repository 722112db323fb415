"""`xiaoce sources`: where data comes from, loading it, and the rows that could not be taken."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.cli.common import console, existing, open_database, progress, run_async, say, settings_and_logs
from config.languages import operator_language

if TYPE_CHECKING:
    from bot.loop_sources import SourcesPart
    from config.settings import Settings
    from storage.database import Database
    from storage.repositories.loads import Load

group = typer.Typer(help="Where data comes from: definitions, loads, refused rows.", no_args_is_help=True)


@group.command("apply")
def apply(path: Path, note: str = typer.Option("", help="Why it is changed; kept with the version.")) -> None:
    """Check a definition, or a folder of them, and let it hold; says what each changed. The next load uses it."""
    from bot.cli.sources_view import changes, definitions_in, text_of

    files = definitions_in(existing(path))
    settings = settings_and_logs()
    with open_database(settings) as database:
        part = _part(settings, database)
        texts = {file.name: text_of(file) for file in files}
        for name, text in texts.items():
            run_async(part.definitions.examined(text, name))  # all of them, before the first one holds
        for name, text in texts.items():
            source = part.definitions.checked(text, name).source
            before = run_async(database.read(lambda store, one=source: store.sources.current(one)))  # type: ignore[misc]  # bound now
            done = run_async(part.definitions.apply(text, name, _who(), note=note))
            console.print(say(f"sources.cli.applied.{done.outcome}", name=done.source, version=done.version))
            for line in changes(before.text if before and done.outcome == "changed" else "", text):
                console.print(f"  {line}", highlight=False, markup=False, soft_wrap=True)


@group.command("list")
def list_() -> None:
    """Show every source: its light, how many rows it has, how many wait to be mended, and its last load."""
    from bot.cli.sources_view import listing

    settings = settings_and_logs()
    with open_database(settings) as database:
        console.print(run_async(listing(database, settings)))


@group.command("show")
def show(name: str) -> None:
    """Print a source's definition, as YAML."""
    with open_database(settings_and_logs()) as database:
        print(run_async(_current(database, name)), end="")


@group.command("load")
def load(names: list[str] = typer.Argument(None, help="Sources; none: all of them.")) -> None:
    """Load what is new, here and now; safe beside a running server. Exit 1 when a row or a load was refused."""
    settings = settings_and_logs()
    with open_database(settings) as database:
        part = _part(settings, database)
        chosen = names or run_async(_in_order(database))
        if not chosen:
            console.print(say("sources.cli.none"))
        ends = [_loaded(part, name) for name in chosen]
    raise typer.Exit(1 if any(one.state != "done" or one.rejected for one in ends) else 0)


@group.command("check")
def check(name: str, rows: int = typer.Option(5, min=1, max=100, help="How many rows to show.")) -> None:
    """Connect, read the first rows and show what the mapping makes of them; nothing is loaded."""
    from bot.cli.sources_view import mapped_rows

    settings = settings_and_logs()
    with open_database(settings) as database:
        lines, refused = run_async(mapped_rows(database, settings, _part(settings, database), name, rows))
    for line in lines:
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    raise typer.Exit(1 if refused else 0)


@group.command("refused")
def refused(
    name: str,
    export: Path = typer.Option(None, help="Write them into a CSV file, to be corrected and handed to `mend`."),
    limit: int = typer.Option(20, min=1, max=10_000, help="How many to show."),
) -> None:
    """Show the rows that could not be taken, and why."""
    from bot.flows.sources_mending import as_csv

    with open_database(settings_and_logs()) as database:
        run_async(_current(database, name))
        rows = run_async(database.read(lambda store: store.refusals.open(name, None if export else limit)))
    if export:
        export.write_text(as_csv(rows, operator_language()), encoding="utf-8", newline="")
        console.print(say("sources.cli.exported", count=len(rows), file=export), highlight=False)
        return
    for row in rows:
        why = "；".join(reason.sentence(operator_language()) for reason in row.reasons) or say("sources.cli.waits")
        place = f"{row.place}:{row.line}" if row.place else str(row.line)
        console.print(say("sources.cli.refusal", id=row.id, place=place, why=why), highlight=False, markup=False)
    if not rows:
        console.print(say("sources.cli.nothing_refused", name=name))


@group.command("mend")
def mend(file: Path) -> None:
    """Take corrected rows, as `refused --export` wrote them, and try them at once."""
    from bot.cli.sources_view import table_of

    settings = settings_and_logs()
    rows = table_of(existing(file))
    with open_database(settings) as database:
        part = _part(settings, database)
        mended = run_async(part.mending.take(rows, _who()))
        if mended.unknown:
            console.print(say("sources.mend.gone", ids="、".join(mended.unknown[:20])), style="yellow")
        if not mended.sources:
            console.print(say("sources.cli.nothing_mended"))
        ends = [_loaded(part, name, replay=True) for name in mended.sources]
    raise typer.Exit(1 if any(one.state != "done" or one.rejected for one in ends) else 0)


@group.command("drop")
def drop(
    name: str,
    ids: list[int] = typer.Argument(None, help="The numbers that `refused` shows."),
    everything: bool = typer.Option(False, "--all", help="All that wait."),
) -> None:
    """Never mind refused rows, as long as the source has them just so."""
    from bot.contracts.errors import BadInput

    if not ids and not everything:
        raise BadInput(say("sources.cli.which_rows"))
    settings = settings_and_logs()
    with open_database(settings) as database:
        run_async(_current(database, name))
        waiting = run_async(database.read(lambda store: [one.id for one in store.refusals.open(name)]))
        chosen = waiting if everything else ids
        dropped = run_async(_part(settings, database).mending.drop(name, chosen, _who()))
    console.print(say("sources.cli.dropped", count=dropped), highlight=False)


@group.command("history")
def history(name: str) -> None:
    """Show a source's versions and its last loads."""
    from bot.cli.sources_view import past

    settings = settings_and_logs()
    with open_database(settings) as database:
        run_async(_current(database, name))
        console.print(*run_async(past(database, settings, name)), sep="\n")


@group.command("revert")
def revert(name: str, version: int) -> None:
    """Let a former version hold again; it becomes the newest one."""
    settings = settings_and_logs()
    with open_database(settings) as database:
        done = run_async(_part(settings, database).definitions.revert(name, version, _who()))
    console.print(say(f"sources.cli.applied.{done.outcome}", name=done.source, version=done.version))


@group.command("remove")
def remove(name: str) -> None:
    """Read a source no longer. What it brought stays."""
    settings = settings_and_logs()
    with open_database(settings) as database:
        run_async(_part(settings, database).definitions.remove(name, _who()))
    console.print(say("sources.cli.removed", name=name), highlight=False)


def _part(settings: Settings, database: Database) -> SourcesPart:
    from bot.contracts.clock import SystemClock
    from bot.loop_sources import make_sources

    return make_sources(settings, SystemClock(), database, None)


def _who() -> str:
    from bot.contracts.person import OPERATOR

    return OPERATOR.id


def _loaded(part: SourcesPart, name: str, *, replay: bool = False) -> Load:
    """One source, with a bar while it is read and a line when it is done."""
    from bot.cli.sources_view import outcome

    with progress(name) as tell:
        done = run_async(part.flow.run(name, "replay" if replay else "read", lambda rows: tell(rows, 0)))
    for line in outcome(done):
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    return done


async def _current(database: Database, name: str) -> str:
    """The text of a source's definition. Raises BadInput for an unknown one."""
    from bot.flows.sources_definitions import unknown_source

    found = await database.read(lambda store: store.sources.current(name) or unknown_source(store, name))
    if isinstance(found, Exception):
        raise found
    return found.text


async def _in_order(database: Database) -> list[str]:
    """All sources, those first that others' rows refer to."""
    from bot.contracts.errors import ConfigurationError
    from bot.flows.sources_definitions import definition_of
    from knowledge.mapping.entities import load_entities

    all_, entities = await database.read(lambda store: store.sources.all()), load_entities()

    def place(name: str) -> tuple[bool, int]:
        try:
            entity = definition_of(all_[name]).entity
        except ConfigurationError:  # loading it says what is wrong
            return True, len(entities) + 1
        return entity != "customer", entities[entity].order

    return sorted(all_, key=place)
