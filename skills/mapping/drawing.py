"""The lineage as columns of boxes. Pure."""

from __future__ import annotations

from config.locales import t
from knowledge.lineage.graph import Lineage
from knowledge.lineage.layout import Drawing, Node, draw
from knowledge.mapping.entities import Entity


def draw_all(lineage: Lineage, lang: str, focus: str = "") -> Drawing:
    """Sources → entities → metrics; entities in the order of the chain, with their links."""
    sources = [
        _node("source", one.source, one.title, t(f"lineage.system.{one.system}", lang))
        for one in lineage.definitions.values()
    ]
    entities = [
        _node("entity", one.name, one.named(lang), _filled(lineage, one.name, lang))
        for one in lineage.entities.values()
    ]
    metrics = [_node("metric", one.key, one.named(lang)) for one in lineage.metrics.values()]
    edges = {(f"source:{one.source}", f"entity:{one.entity}") for one in lineage.definitions.values()}
    edges |= {
        (f"entity:{path.partition('.')[0]}", f"metric:{one.key}")
        for one in lineage.metrics.values()
        for path in one.fields
    }
    links = {(f"entity:{one.entity}", f"entity:{one.to}") for one in lineage.links}
    heads = [t(f"lineage.head.{name}", lang) for name in ("sources", "entities", "metrics")]
    known = {node.id for node in (*sources, *entities, *metrics)}
    return draw(heads, [sources, entities, metrics], sorted(edges), sorted(links), focus if focus in known else "")


def draw_entity(lineage: Lineage, entity: Entity, lang: str, focus: str = "") -> Drawing:
    """The source's fields → the entity's fields → metrics."""
    here = f"/lineage/{entity.name}"
    flows = lineage.into(entity.name)
    columns = {
        f"{one.source}/{one.column}": Node(
            f"{one.source}/{one.column}",
            one.column or t("mapping.page.const", lang),
            lineage.definitions[one.source].title,
            f"/sources/{one.source}/mapping",
            "source",
        )
        for one in flows
    }
    fields = [
        Node(f"field:{name}", field.named(lang), name, f"{here}?focus=field:{name}", "entity")
        for name, field in entity.fields.items()
    ]
    metrics = [
        Node(f"metric:{one.key}", one.named(lang), "", f"/lineage?focus=metric:{one.key}", "metric")
        for one in lineage.metrics_of(entity.name)
    ]
    edges = {(f"{one.source}/{one.column}", f"field:{one.field}") for one in flows}
    edges |= {
        (f"field:{name}", f"metric:{one.key}")
        for name in entity.fields
        for one in lineage.metrics_of(entity.name, name)
    }
    heads = [t(f"lineage.head.{name}", lang) for name in ("columns", "fields", "metrics")]
    known = {node.id for node in fields}
    return draw(heads, [list(columns.values()), fields, metrics], sorted(edges), (), focus if focus in known else "")


def _filled(lineage: Lineage, entity: str, lang: str) -> str:
    """How much of an entity is connected."""
    count = len({flow.field for flow in lineage.into(entity)})
    return t("lineage.fields", lang, count=count) if count else t("lineage.not_connected", lang)


def _node(kind: str, key: str, title: str, note: str = "") -> Node:
    """A box whose link lets its part stand out."""
    return Node(f"{kind}:{key}", title, note, f"/lineage?focus={kind}:{key}", kind)
