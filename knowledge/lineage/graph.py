"""Source → field → business field → entity → metric, with the chain of the entities' links. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from knowledge.lineage.metrics import Metric
from knowledge.mapping.entities import PERSON, Entity
from knowledge.mapping.rule import Definition, FieldRule

CHAIN = ("campaign", "touch", "lead", "deal", "contract", "payment")  # 市场活动 → … → 回款


@dataclass(frozen=True, slots=True)
class Flow:
    """A field of a source goes into a business field."""

    source: str
    column: str  # "" for a constant
    entity: str
    field: str
    rule: FieldRule


@dataclass(frozen=True, slots=True)
class Link:
    """Records of one entity point to those of another."""

    entity: str
    field: str
    to: str
    by: str = "id"  # the field of the other that is equal


@dataclass(frozen=True, slots=True)
class Lineage:
    """Everything that is known about where numbers come from."""

    definitions: Mapping[str, Definition]
    entities: Mapping[str, Entity]
    metrics: Mapping[str, Metric]
    flows: Sequence[Flow]
    links: Sequence[Link]

    def sources_of(self, entity: str) -> list[Definition]:
        """Which sources fill an entity."""
        return [one for one in self.definitions.values() if one.entity == entity]

    def into(self, entity: str, field: str = "") -> list[Flow]:
        """What goes into an entity, or into one of its fields."""
        return [one for one in self.flows if one.entity == entity and field in ("", one.field)]

    def metrics_of(self, entity: str, field: str = "") -> list[Metric]:
        """Which metrics read an entity, or one of its fields."""
        wanted = f"{entity}.{field}" if field else f"{entity}."
        return [
            one
            for one in self.metrics.values()
            if any(path == wanted if field else path.startswith(wanted) for path in one.fields)
        ]

    def upstream(self, metric: Metric) -> tuple[set[str], set[str]]:
        """(Entities, sources) that a metric is made of."""
        entities = {path.partition(".")[0] for path in metric.fields}
        return entities, {one.source for one in self.definitions.values() if one.entity in entities}

    def missing(self, metric: Metric) -> list[str]:
        """Business fields of a metric that no source fills: what isn't connected (B11)."""
        filled = {f"{one.entity}.{one.field}" for one in self.flows}
        return [path for path in metric.fields if path not in filled]


def make_lineage(
    definitions: Iterable[Definition], entities: Mapping[str, Entity], metrics: Mapping[str, Metric]
) -> Lineage:
    """Drawn from what holds now; nobody keeps it by hand."""
    known = {one.source: one for one in definitions}
    return Lineage(known, entities, metrics, _flows(known.values()), _links(entities))


def _flows(definitions: Iterable[Definition]) -> list[Flow]:
    return [
        Flow(one.source, column, one.entity, name, rule)
        for one in definitions
        for name, rule in one.fields.items()
        for column in rule.sources or ("",)
    ]


def _links(entities: Mapping[str, Entity]) -> list[Link]:
    found: list[Link] = []
    for entity in entities.values():
        for name, field in entity.fields.items():
            if field.links and field.links != PERSON:
                found.append(Link(entity.name, name, field.links))
            if field.joins:
                other, _, by = field.joins.partition(".")
                found.append(Link(entity.name, name, other, by))
    return found
