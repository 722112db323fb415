"""One type of config/events as its file says it: `read_type`. What can only be seen with the whole: `soundness.py`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.contracts.errors import ConfigurationError
from knowledge.events.fields import data_schema
from knowledge.events.types import EventType, Retyped, Version

Kind = Literal["crm", "erp", "mes", "hr", "finance", "service", "marketing", "warehouse", "store", "xiaoce"]
_CONFIG = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Titles(BaseModel):
    """A text in both languages."""

    model_config = _CONFIG

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class _Change(BaseModel):
    """A change of type."""

    model_config = _CONFIG

    before: str = Field(alias="from")
    after: str = Field(alias="to")
    factor: int = Field(default=1, ge=1)


class _Version(BaseModel):
    """One version: its fields by name, or its schema as a whole."""

    model_config = _CONFIG

    number: int = Field(ge=1)
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    json_schema: dict[str, Any] | None = Field(default=None, alias="schema")
    renamed: dict[str, str] = Field(default_factory=dict)
    retyped: dict[str, _Change] = Field(default_factory=dict)
    added: dict[str, Any] = Field(default_factory=dict)
    removed: dict[str, Any] = Field(default_factory=dict)


class TypeEntry(BaseModel):
    """What stands under a type's name."""

    model_config = _CONFIG

    title: Titles
    also: tuple[str, ...] = ()
    what: Titles
    producers: tuple[Kind, ...] = Field(min_length=1)
    keys: tuple[str, ...] = Field(min_length=1)
    listeners: tuple[Kind, ...] = ()
    sla: str = ""
    versions: tuple[_Version, ...] = Field(min_length=1)
    example: dict[str, Any]
    inner: bool = False


def read_type(name: str, entry: TypeEntry, fields: Mapping[str, Mapping[str, Any]], area: str) -> EventType:
    """The type, with its schemas made. Raises UnknownField."""
    numbered = enumerate(entry.versions)
    return EventType(
        name=name,
        title=entry.title.model_dump(),
        what=entry.what.model_dump(),
        producers=entry.producers,
        keys=entry.keys,
        listeners=entry.listeners,
        versions=tuple(_version(name, entry.title.zh, one, number, fields) for number, one in numbered),
        example=entry.example,
        sla=entry.sla,
        inner=entry.inner,
        also=entry.also,
        area=area,
    )


class UnknownField(ConfigurationError):
    """A version names a field that the dictionary doesn't have."""

    def __init__(self, number: int, place: str, field: str) -> None:
        super().__init__(field)
        self.at = ("versions", number, place)
        self.field = field


def _version(name: str, title: str, said: _Version, number: int, fields: Mapping[str, Mapping[str, Any]]) -> Version:
    schema: Mapping[str, Any]
    if said.json_schema is None:
        schema = data_schema(name, said.number, title, _named(said, number, fields), said.required)
    else:
        schema = said.json_schema
    changes = {field: Retyped(one.before, one.after, one.factor) for field, one in said.retyped.items()}
    return Version(said.number, schema, said.renamed, changes, said.added, said.removed)


def _named(said: _Version, number: int, fields: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
    for place, names in (("required", said.required), ("optional", said.optional)):
        for name in names:
            if name not in fields:
                raise UnknownField(number, place, name)
    return {name: fields[name] for name in (*said.required, *said.optional)}
