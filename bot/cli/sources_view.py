"""What `xiaoce sources` prints."""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.cli.common import say
from bot.contracts.errors import BadInput
from bot.contracts.person import OPERATOR
from config.languages import operator_language

if TYPE_CHECKING:
    from rich.table import Table

    from bot.loop_sources import SourcesPart
    from config.settings import Settings
    from storage.database import Database
    from storage.repositories.lights import Light
    from storage.repositories.loads import Load
    from storage.repositories.sources import SourceVersion

_LOADS = 10  # that a history shows


def definitions_in(path: Path) -> list[Path]:
    """The file itself, or every definition of a folder. Raises BadInput when there is none."""
    files = [path] if path.is_file() else sorted([*path.glob("*.yaml"), *path.glob("*.yml")])
    if not files:
        raise BadInput(say("sources.cli.no_definitions", path=path))
    return files


def text_of(file: Path) -> str:
    """A definition as it was written. Raises BadInput for one that isn't UTF-8."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(say("sources.cli.not_utf8", path=file)) from error


def changes(before: str, after: str) -> Iterator[str]:
    """Lines that differ between two versions; nothing for a new one."""
    if before:
        lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
        yield from (line for line in lines if not line.startswith(("---", "+++", "@@")))


def outcome(load: Load) -> Iterator[str]:
    """How a load ended, what should be known of it, and what to do next."""
    lang = operator_language()
    if load.state == "failed":
        yield say("sources.cli.failed", name=load.source, fault=load.fault)
        return
    key = "done" if load.added or load.changed or load.rejected else "nothing_new" if load.unchanged else "as_it_was"
    counts = {"added": load.added, "changed": load.changed, "unchanged": load.unchanged, "rejected": load.rejected}
    yield say(f"sources.cli.{key}", name=load.source, **counts)
    for note in load.notes:
        yield "  " + note.sentence(lang)
    if load.rejected:
        yield "  " + say("sources.cli.see_refused", name=load.source)


async def listing(database: Database, settings: Settings) -> Table:
    """All sources as a table."""
    from rich.box import SIMPLE
    from rich.table import Column, Table

    zone = ZoneInfo(settings.time_zone)
    sources, loads, rows, refused = await database.read(
        lambda store: (
            store.sources.all(),
            store.loads.latest_of_all(),
            store.landing.count(),
            store.refusals.counts(),
        )
    )
    lights = await database.read(lambda store: worst_of(store.lights.all()))
    first, *others = heads_of("name", "title", "light", "rows", "refused", "load")
    table = Table(Column(first, no_wrap=True), *others, box=SIMPLE, padding=(0, 1, 0, 0))
    for name, version in sources.items():
        colour = say(f"freshness.colour.{lights.get(name, 'unknown')}").split(" ")[0]
        title, last = _title(version), loads.get(name)
        numbers = str(rows.get(name, 0)), str(refused.get(name, 0))
        table.add_row(name, title, colour, *numbers, _ended(last, zone) if last else "—")
    return table


def worst_of(lights: Iterable[Light]) -> dict[str, str]:
    """The worst light of each source, of the whole and of its parts."""
    from skills.freshness.cards import ORDER

    found: dict[str, str] = {}
    for one in lights:
        found[one.source] = min(one.state, found.get(one.source, one.state), key=ORDER.index)
    return found


def _title(version: SourceVersion) -> str:
    """Of its definition; one that no longer holds says so: the others are shown all the same."""
    from bot.contracts.errors import ConfigurationError
    from bot.flows.sources_definitions import definition_of

    try:
        return definition_of(version).title
    except ConfigurationError as error:
        return str(error)


async def past(database: Database, settings: Settings, name: str) -> tuple[Table, Table]:
    """Versions, and the last loads."""
    from rich.box import SIMPLE
    from rich.table import Table

    zone = ZoneInfo(settings.time_zone)
    versions, loads = await database.read(
        lambda store: (store.sources.versions(name), store.loads.history(name, _LOADS))
    )
    people = await database.read(lambda store: store.people.names(one.by for one in versions))
    names = {OPERATOR.id: say("sources.operator"), **people}
    first = Table(*heads_of("version", "by", "at", "note"), box=SIMPLE)
    for version in versions:
        first.add_row(str(version.version), names.get(version.by, version.by), _minute(version.at, zone), version.note)
    second = Table(*heads_of("number", "load", "added", "changed", "unchanged", "rejected"), box=SIMPLE)
    for load in loads:
        counts = (str(getattr(load, key)) for key in ("added", "changed", "unchanged", "rejected"))
        second.add_row(str(load.id), _ended(load, zone), *counts)
    return first, second


async def mapped_rows(
    database: Database, settings: Settings, part: SourcesPart, name: str, rows: int
) -> tuple[list[str], int]:
    """The first rows of a source, each with what the mapping makes of it; how many it refuses."""
    import asyncio

    from bot.flows.sources_definitions import definition_of, unknown_source
    from bot.flows.sources_reading import columns_of
    from knowledge.mapping.entities import load_entities
    from knowledge.mapping.mapper import Mapped, Mapper

    found = await database.read(lambda store: store.sources.current(name) or unknown_source(store, name))
    if isinstance(found, Exception):
        raise found
    definition, zone = definition_of(found), ZoneInfo(settings.time_zone)
    mapper = Mapper(definition, load_entities(), zone, datetime.now(UTC).astimezone(zone).date())
    looked = await asyncio.to_thread(part.readers.look, definition.origin, rows)
    columns_of(definition, looked)
    results = [(row, mapper.apply(row)) for row in looked]
    lines = [say("sources.cli.connected", name=name, count=len(looked))]
    for row, result in results:
        if isinstance(result, Mapped):
            lines.append(f"{row.line}: {_shown(result.record)}")
        else:
            why = "；".join(reason.sentence(operator_language()) for reason in result.reasons)
            lines.append(f"{row.line}: ✗ {why}")
    return lines, sum(not isinstance(result, Mapped) for _, result in results)


def table_of(file: Path) -> list[dict[str, str]]:
    """A CSV file as `refused --export` wrote it, whatever Excel made of its encoding. Raises BadInput."""
    from storage.imports.encodings import find_encoding

    text = file.read_bytes().decode(find_encoding(file))
    header, *rows = list(csv.reader(io.StringIO(text, newline=""))) or [[]]
    # Ours stand first: a column of the source that has the name of one of ours isn't taken for it.
    return [dict(reversed([pair for pair in zip(header, row, strict=False) if pair[0]])) for row in rows if row]


def heads_of(*names: str) -> list[str]:
    """Titles of columns."""
    return [say(f"sources.cli.column.{name}") for name in names]


def _ended(load: Load, zone: ZoneInfo) -> str:
    state = say(f"sources.cli.state.{load.state}")
    return f"{_minute(load.ended_at or load.begun_at, zone)} {state}"


def _minute(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%m-%d %H:%M}"


def _shown(record: dict[str, object]) -> str:
    return "  ".join(f"{name}={value}" for name, value in record.items() if value not in (None, "", ()))
