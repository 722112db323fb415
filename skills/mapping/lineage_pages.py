"""/lineage in the console: the graph, drawn by itself, and the trail of a record."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.contracts import Page, PageRequest, PageResult
from config.locales import t
from knowledge.lineage.graph import Lineage
from knowledge.lineage.layout import HEIGHT, WIDTH
from knowledge.mapping.entities import load_entities
from skills.mapping.drawing import draw_all, draw_entity
from skills.mapping.trail import described, read_lineage, trail

if TYPE_CHECKING:
    from storage.database import Database

TEMPLATES = Path(__file__).parent / "templates"
NOT_FOUND = PageResult(status=404)
_LONGEST = 300  # characters of a record's id


def lineage_pages(database: Database, time_zone: str) -> list[Page]:
    """The pages, for the console adapter. They hold no customer: records are shown to those who may see them."""
    pages = LineagePages(database, ZoneInfo(time_zone))
    return [
        Page("/lineage", pages.overview, TEMPLATES, title="lineage.title", group="data"),
        Page("/lineage/{entity}", pages.entity, TEMPLATES),
    ]


class LineagePages:
    """What the pages show."""

    def __init__(self, database: Database, zone: ZoneInfo) -> None:
        self._database, self._zone = database, zone

    async def overview(self, request: PageRequest) -> PageResult:
        """Sources, entities, metrics. `?focus=` an id of the graph lets its part stand out."""
        lineage, versions = await self._database.read(read_lineage)
        focus = request.query.get("focus", "")
        drawing = draw_all(lineage, request.language, focus)
        known = {box.node.id: box.node for box in drawing.boxes}
        values = {
            "drawing": drawing,
            "size": (WIDTH, HEIGHT),
            "focus": known.get(focus),
            "metric": lineage.metrics.get(focus.removeprefix("metric:")) if focus.startswith("metric:") else None,
            "missing": _missing(lineage, focus, request.language),
            "groups": _groups(lineage, request.language, {box.node.id for box in drawing.boxes if box.state != "off"}),
            "versions": versions,
            "lineage": lineage,
        }
        return PageResult("lineage.html", values)

    async def entity(self, request: PageRequest) -> PageResult:
        """An entity field by field. `?record=` shows one record with the rows that it was made of."""
        entity = load_entities().get(request.path["entity"])
        if entity is None:
            return NOT_FOUND
        lineage, _ = await self._database.read(read_lineage)
        wanted, lang = request.query.get("record", "").strip()[:_LONGEST], request.language
        found = None
        if wanted:
            found = await self._database.read(
                lambda store: trail(store, request.viewer, entity.name, wanted, lang, self._zone)
            )
        values = {
            "entity": entity,
            "drawing": draw_entity(lineage, entity, lang, request.query.get("focus", "")),
            "size": (WIDTH, HEIGHT),
            "fields": _fields(lineage, entity.name, lang),
            "wanted": wanted,
            "trail": found,
            "here": self._zone,
            "titles": {name: one.title for name, one in lineage.definitions.items()},
        }
        return PageResult("lineage_entity.html", values, status=404 if wanted and found is None else 200)


def _missing(lineage: Lineage, focus: str, lang: str) -> list[str]:
    """Which fields of the metric that is looked at no source fills."""
    metric = lineage.metrics.get(focus.removeprefix("metric:")) if focus.startswith("metric:") else None
    return [] if metric is None else [_field_title(lineage, path, lang) for path in lineage.missing(metric)]


def _field_title(lineage: Lineage, path: str, lang: str) -> str:
    entity, _, field = path.partition(".")
    return f"{lineage.entities[entity].named(lang)} · {lineage.entities[entity].fields[field].named(lang)}"


def _groups(lineage: Lineage, lang: str, lit: set[str]) -> list[dict[str, Any]]:
    """What of the drawing isn't faded, as a list: for narrow windows."""
    return [
        {
            "name": entity.name,
            "title": entity.named(lang),
            "sources": lineage.sources_of(entity.name),
            "links": [lineage.entities[one.to].named(lang) for one in lineage.links if one.entity == entity.name],
            "metrics": [(one.key, one.named(lang)) for one in lineage.metrics_of(entity.name)],
        }
        for entity in lineage.entities.values()
        if f"entity:{entity.name}" in lit
    ]


def _fields(lineage: Lineage, entity: str, lang: str) -> list[dict[str, Any]]:
    found = []
    for name, field in lineage.entities[entity].fields.items():
        flows = lineage.into(entity, name)
        came = [(lineage.definitions[one.source].title, one.column or t("mapping.page.const", lang)) for one in flows]
        how = "；".join(dict.fromkeys(text for one in flows if (text := described(one.rule, lang))))
        metrics = [one.named(lang) for one in lineage.metrics_of(entity, name)]
        found.append({"name": name, "title": field.named(lang), "came": came, "how": how, "metrics": metrics})
    return found
