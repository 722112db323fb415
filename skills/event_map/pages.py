"""/events/map in the console: the map, and each event with its fields, versions and systems (C7)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.contracts import Page, PageRequest, PageResult, Role
from config.locales import load, t
from knowledge.events.casting import news
from knowledge.events.types import EventType, Version
from knowledge.lineage.layout import HEIGHT, WIDTH
from skills.event_map.cards import MapCards
from skills.event_map.drawing import draw_map
from skills.event_map.reading import Sources
from skills.event_map.wiring import Listener, Wire, Wiring

if TYPE_CHECKING:
    from storage.database import Database

TEMPLATES = Path(__file__).parent / "templates"
KEEPERS = frozenset({Role.SALES_OPS, Role.ADMIN})


def map_pages(database: Database, sources: Sources) -> list[Page]:
    """For everybody who is signed in: they hold names of systems and events only."""
    pages = MapPages(database, sources)
    return [
        Page("/events/map", pages.overview, TEMPLATES, title="event_map.title", group="events"),
        Page("/events/map/{type}", pages.type, TEMPLATES),
    ]


class MapPages:
    """What the pages show."""

    def __init__(self, database: Database, sources: Sources) -> None:
        self._database, self._sources = database, sources

    async def overview(self, request: PageRequest) -> PageResult:
        """Drawn where there is room, as a list on phones. `?focus=` a box lets its part stand out."""
        wiring = await self._database.read(self._sources.read)
        lang, focus = request.language, request.query.get("focus", "")
        used = [one for one in wiring.wires if one.is_used]
        drawing = draw_map(wiring, used, lang, focus)
        lit = {box.node.id for box in drawing.boxes if box.state != "off"}
        values = {
            "wiring": wiring,
            "drawing": drawing,
            "size": (WIDTH, HEIGHT),
            "focus": next((box.node for box in drawing.boxes if box.node.id == focus), None),
            "used": [one for one in used if f"type:{one.type.name}" in lit],
            "cards": MapCards(wiring, lang, ""),
            "areas": _areas(wiring, lang),
        }
        return PageResult("event_map.html", values)

    async def type(self, request: PageRequest) -> PageResult:
        """One event: when it is sent, its fields, what changed with its versions, an example, its schema."""
        wiring = await self._database.read(self._sources.read)
        wire = wiring.get(request.path["type"])
        if wire is None:
            return PageResult(status=404)
        lang, keeps = request.language, request.viewer.role in KEEPERS
        values = {
            "wire": wire,
            "type": wire.type,
            "cards": MapCards(wiring, lang, ""),
            "where": {one.name: _where(one, wire.type, lang) for one in wire.listeners} if keeps else {},
            "kinds": lambda names: t("event_map.and", lang).join(t(f"event_map.kind.{one}", lang) for one in names),
            "fields": _fields(wire.type, lang),
            "changes": list(reversed(_history(wire.type, lang))),
            "example": json.dumps(wire.type.example, ensure_ascii=False, indent=2),
            "schema": json.dumps(wire.type.newest.schema, ensure_ascii=False, indent=2),
        }
        return PageResult("event_type.html", values)


def _areas(wiring: Wiring, lang: str) -> Mapping[str, Sequence[Wire]]:
    """All types by the file that they stand in; a company's own file is called as it is."""
    found: dict[str, list[Wire]] = {}
    titles = load(lang)
    for one in wiring.wires:
        found.setdefault(titles.get(f"event_map.area.{one.type.area}", one.type.area), []).append(one)
    return found


def _fields(type_: EventType, lang: str) -> list[dict[str, Any]]:
    newest = type_.newest
    return [
        {
            "name": name,
            "title": type_.field_named(name, lang),
            "required": name in newest.required,
            "key": name in type_.keys,
            "kind": _kind(schema, lang),
        }
        for name, schema in newest.fields.items()
    ]


def _kind(schema: Mapping[str, Any], lang: str) -> str:
    """What may stand in a field, in words; of a schema that somebody wrote themselves, its type."""
    kind = str(schema.get("x-kind", ""))
    if not kind:
        return str(schema.get("format") or schema.get("type", ""))
    choices = "、".join(map(str, schema.get("enum", ())))
    return t(f"event_map.field.{kind}", lang) + (f"：{choices}" if choices else "")


def _history(type_: EventType, lang: str) -> list[tuple[Version, list[str]]]:
    """Each later version with what it brought."""
    pairs = zip(type_.versions, type_.versions[1:], strict=False)
    return [(version, _changes(version, before, lang)) for before, version in pairs]


def _changes(version: Version, before: Version, lang: str) -> list[str]:
    said = [t("event_map.change.renamed", lang, old=old, new=new) for old, new in version.renamed.items()]
    for name, change in version.retyped.items():
        key = "factor" if change.factor != 1 else "retyped"
        values = {"name": name, "before": change.before, "after": change.after, "factor": f"{change.factor:,}"}
        said.append(t(f"event_map.change.{key}", lang, **values))
    said += [t("event_map.change.added", lang, name=name) for name in sorted(news(version, before))]
    return [*said, *(t("event_map.change.removed", lang, name=name) for name in version.removed)]


def _where(listener: Listener, type_: EventType, lang: str) -> str:
    titles = {name: type_.field_named(name, lang) for name in type_.newest.fields}
    return listener.where.describe(lang, titles)
