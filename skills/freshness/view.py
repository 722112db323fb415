"""Sources as their pages show them, as far as the viewer may see them (D9)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.contracts import Person
from bot.contracts.errors import ConfigurationError
from knowledge.mapping.definition import parse
from knowledge.mapping.rule import Definition
from skills.freshness.cards import ORDER
from skills.freshness.deciding import KEEPERS, decidable

if TYPE_CHECKING:
    from storage.repositories.alarms import Alarm
    from storage.repositories.landing import Landed
    from storage.repositories.lights import Light, State
    from storage.repositories.loads import Load
    from storage.repositories.refusals import Refusal
    from storage.repositories.sources import SourceVersion
    from storage.store import Store

LOADS, REFUSED, ROWS = 20, 30, 8  # shown on a source's page


@dataclass(frozen=True, slots=True)
class SourceView:
    """One source in the list."""

    name: str
    title: str
    system: str
    owner: str  # a name; "": nobody
    every_seconds: int | None
    version: int
    lights: Sequence[Light]  # of its parts, the worst first; else the whole's
    newest_at: datetime | None
    rows: int
    load: Load | None  # the last one, or the one under way
    refused: int
    alarms: Sequence[Alarm]  # that the viewer may decide about
    opens: bool  # whether the viewer may open its page: rows stand there
    broken: str = ""  # why its definition can't be read

    @property
    def colour(self) -> State:
        """The worst of its lights."""
        return min((one.state for one in self.lights), key=ORDER.index, default="unknown")

    @property
    def running(self) -> bool:
        """Whether it is being loaded."""
        return self.load is not None and self.load.state == "running"


@dataclass(frozen=True, slots=True)
class SourceDetail:
    """One source's page."""

    view: SourceView
    text: str  # of the definition
    entity: str
    loads: Sequence[Load]
    refusals: Sequence[Refusal]
    rows: Sequence[Landed]
    versions: Sequence[SourceVersion]
    people: Mapping[str, str]


def sources(store: Store, viewer: Person) -> list[SourceView]:
    """Those with a light that the viewer may see, the worst first."""
    versions, lights = store.sources.all(), store.lights.visible_to(viewer)
    rows, loads, refused = store.landing.count(), store.loads.latest_of_all(), store.refusals.counts()
    alarms = decidable(store, viewer, [*store.alarms.open("late"), *store.alarms.open("load")])
    definitions = {name: _read(one) for name, one in versions.items()}
    names = store.people.names(one.owner for one in definitions.values() if isinstance(one, Definition))
    found = []
    for name, version in versions.items():
        definition, own = definitions[name], [one for one in lights if one.source == name]
        known = definition if isinstance(definition, Definition) else None
        opens = viewer.role in KEEPERS or (known is not None and known.owner == viewer.id)
        if not own and not opens:
            continue
        parts = [one for one in own if one.part]
        used = any(one.state != "retired" for one in parts)  # else nothing comes any more: the whole's light says so
        found.append(
            SourceView(
                name=name,
                title=known.title if known else name,
                system=known.system if known else "",
                owner=names.get(known.owner, known.owner) if known else "",
                every_seconds=known.every_seconds if known else None,
                version=version.version,
                lights=sorted(parts if used else own, key=lambda one: (ORDER.index(one.state), one.part)),
                newest_at=max((one.newest_at for one in own if one.newest_at), default=None),
                rows=rows.get(name, 0),
                load=loads.get(name),
                refused=refused.get(name, 0),
                alarms=[one for one in alarms if one.subject.partition("/")[0] == name],
                opens=opens,
                broken="" if known else str(definition),
            )
        )
    return sorted(found, key=lambda one: (ORDER.index(one.colour), one.title))


def detail(store: Store, viewer: Person, name: str) -> SourceDetail | None:
    """One that the viewer may open."""
    view = next((one for one in sources(store, viewer) if one.name == name and one.opens), None)
    version = store.sources.current(name)
    if view is None or version is None:
        return None
    versions = store.sources.versions(name)
    definition = _read(version)
    return SourceDetail(
        view,
        version.text,
        definition.entity if isinstance(definition, Definition) else "",
        store.loads.history(name, LOADS),
        store.refusals.open(name, REFUSED),
        store.source_health.latest_rows(name, ROWS),
        versions,
        store.people.names(one.by for one in versions),
    )


def _read(version: SourceVersion) -> Definition | str:
    """The definition, or why it can't be read."""
    try:
        return parse(version.text, version.source)
    except ConfigurationError as error:
        return str(error)


def flat(data: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """A row as texts that people edit: what is nested stands under dotted names, as refused rows are mended by."""
    found: dict[str, str] = {}
    for name, value in data.items():
        if isinstance(value, Mapping) and value:
            found |= flat(value, f"{prefix}{name}.")
        else:
            found[f"{prefix}{name}"] = _shown(value)
    return found


def _shown(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
