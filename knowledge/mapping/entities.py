"""The business entities that sources fill: the files of config/entities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

import config
from bot.contracts.errors import ConfigurationError
from knowledge.lines import BadYaml, Lines, read_lines
from storage.imports.layout import Layout, load_layout

FOLDER = Path(config.__file__).parent / "entities"
PERSON = "person"  # what employee numbers link to; people come from the import, not from a source
Type = Literal["text", "id", "money", "date", "time", "integer", "number", "flag", "choice", "words"]
_UNITS = ("", "_wan", "_yuan")  # an amount of config/imports has a column for each unit
_REMEDY = "Compare it with config/entities/README.md."


class EntityField(BaseModel):
    """One business field: what it is called, what may stand in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Mapping[str, str]
    type: Type
    required: bool = False
    headers: tuple[str, ...] = ()
    choices: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    others: bool = False
    links: str = ""
    joins: str = ""
    future: bool = False
    negative: bool = False
    negative_when: Mapping[str, str] = Field(default_factory=dict)
    min: int | None = None
    max: int | None = None

    def named(self, lang: str = "zh") -> str:
        """Its title."""
        return self.title.get(lang) or self.title["zh"]


class Entity(BaseModel):
    """One kind of business record."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    title: Mapping[str, str]
    order: int
    imports: str = ""
    fields: Mapping[str, EntityField]

    def named(self, lang: str = "zh") -> str:
        """Its title."""
        return self.title.get(lang) or self.title["zh"]

    @property
    def required(self) -> tuple[str, ...]:
        """The fields without which a row is refused."""
        return tuple(name for name, field in self.fields.items() if field.required)


@cache
def load_entities(folder: Path = FOLDER) -> Mapping[str, Entity]:
    """Every entity by its name, in the order of the chain. Raises ConfigurationError with file, line and remedy."""
    read = [_entity(path) for path in sorted(folder.glob("*.yaml"))]
    entities = {entity.name: entity for entity in sorted(read, key=lambda entity: entity.order)}
    if faults := [fault for entity in entities.values() for fault in _across(entity, entities)]:
        raise ConfigurationError("\n".join(faults))
    return entities


def _entity(path: Path) -> Entity:
    label = f"config/entities/{path.name}"
    try:
        lines = read_lines(path.read_text(encoding="utf-8"), label)
        entity = Entity.model_validate({**lines.tree, "name": path.stem})
    except BadYaml as error:
        raise ConfigurationError(f"{label}:{error.line}: {error.problem} {error.key}. {_REMEDY}") from error
    except ValidationError as error:
        raise ConfigurationError("\n".join(_sentence(lines, fault) for fault in error.errors())) from error
    return _with_imports(entity) if entity.imports else entity


def _sentence(lines: Lines, fault: Any) -> str:
    where = ".".join(str(part) for part in fault["loc"])
    return lines.fault(tuple(fault["loc"]), f"{where}: {fault['msg']}. {_REMEDY}")


def _with_imports(entity: Entity) -> Entity:
    """Headers and choices of the list that people import by hand hold here too."""
    layout = load_layout(entity.imports)
    fields = {name: _extended(name, field, layout) for name, field in entity.fields.items()}
    return entity.model_copy(update={"fields": fields})


def _extended(name: str, field: EntityField, layout: Layout) -> EntityField:
    known = [
        layout.fields[f"{stem}{unit}"] for stem in _stems(name) for unit in _UNITS if f"{stem}{unit}" in layout.fields
    ]
    headers = dict.fromkeys([*(header for one in known for header in one.headers), *field.headers])
    choices = {**layout.choices.get(name, {}), **field.choices}
    return field.model_copy(update={"headers": tuple(headers), "choices": choices})


def _stems(name: str) -> Sequence[str]:
    return (name, "amount") if name == "annual_amount" else (name,)


def _across(entity: Entity, entities: Mapping[str, Entity]) -> list[str]:
    """What can only be seen with all entities at hand."""
    faults = []
    for name, field in entity.fields.items():
        where = f"config/entities/{entity.name}.yaml: {name}"
        if field.links and field.links != PERSON and field.links not in entities:
            faults.append(f"{where}: links to {field.links!r}, which isn't an entity. {_REMEDY}")
        other, _, theirs = field.joins.partition(".")
        if field.joins and (other not in entities or theirs not in entities[other].fields):
            faults.append(f"{where}: joins {field.joins!r}, which isn't a field. {_REMEDY}")
        if field.type == "choice" and not field.choices:
            faults.append(f"{where}: a choice needs choices. {_REMEDY}")
        faults += [
            f"{where}: negative_when names {one!r}. {_REMEDY}"
            for one in field.negative_when
            if one not in entity.fields
        ]
    return faults
