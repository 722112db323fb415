"""What business events are made of: the catalogue's types and their versions, and an event once it is stored. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from bot.contracts.event import Event

Data = Mapping[str, Any]  # of an event, as JSON


@dataclass(frozen=True, slots=True)
class Retyped:
    """How a field's value changed with a version. Number to number: new = old × `factor`."""

    before: str  # number, integer, string, boolean, array, seconds (since 1970) or date-time
    after: str
    factor: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Version:
    """One version of a type's data, and how it differs from the one before. Itself alone is equal to it."""

    number: int
    schema: Mapping[str, Any]  # JSON Schema 2020-12 of `data`; fields that it doesn't name are allowed and kept
    renamed: Mapping[str, str] = field(default_factory=dict)  # old name -> new name
    retyped: Mapping[str, Retyped] = field(default_factory=dict)  # by the new name
    added: Mapping[str, Any] = field(default_factory=dict)  # field -> what stands there when an older one is read
    removed: Mapping[str, Any] = field(default_factory=dict)  # field -> what an older reader is given

    @property
    def fields(self) -> Mapping[str, Mapping[str, Any]]:
        """The schemas of its fields."""
        found: Mapping[str, Mapping[str, Any]] = self.schema.get("properties", {})
        return found

    @property
    def required(self) -> tuple[str, ...]:
        """The fields that must be there."""
        return tuple(self.schema.get("required", ()))


@dataclass(frozen=True, slots=True, eq=False)
class EventType:
    """One kind of happening that systems tell each other. Itself alone is equal to it."""

    name: str  # order.confirmed
    title: Mapping[str, str]
    what: Mapping[str, str]  # one line: when it is sent
    producers: tuple[str, ...]  # kinds of systems that it may come from
    keys: tuple[str, ...]  # fields of the newest version by which its story is found
    listeners: tuple[str, ...]  # kinds that typically want it
    versions: tuple[Version, ...]  # the oldest first
    example: Data  # of the newest version
    sla: str = ""  # name of the rule that typically begins with it
    inner: bool = False  # told by Xiaoce itself; not among the 37
    area: str = ""  # the file's name: orders
    also: tuple[str, ...] = ()  # what people call it besides

    @property
    def newest(self) -> Version:
        """What is stored."""
        return self.versions[-1]

    def version(self, number: int) -> Version | None:
        """One of its versions."""
        return next((one for one in self.versions if one.number == number), None)

    def named(self, lang: str = "zh") -> str:
        """Its title."""
        return self.title.get(lang) or self.title["zh"]

    def field_named(self, name: str, lang: str = "zh") -> str:
        """The title of a field, or its name."""
        schema = self.newest.fields.get(name, {})
        chinese = schema.get("title", name)
        return str(schema.get("x-title-en", chinese) if lang == "en" else chinese)


@dataclass(frozen=True, slots=True, eq=False)
class Catalog:
    """Every type, by its name. Itself alone is equal to it."""

    types: Mapping[str, EventType]

    def get(self, name: str) -> EventType | None:
        """One type."""
        return self.types.get(name)

    def near(self, name: str) -> str:
        """The name that may have been meant; "" when none is near."""
        return next(iter(get_close_matches(name, self.types, 1)), "")

    def __iter__(self) -> Iterator[EventType]:
        return iter(self.types.values())

    def __len__(self) -> int:
        return len(self.types)


@dataclass(frozen=True, slots=True)
class Approved:
    """A mapping that somebody approved for what one producer sends of one type."""

    given: str  # the field as it is sent
    field: str  # as the schema calls it
    convert: str = ""  # one of `conversions.NAMES`, with its argument: "factor:10000"; "": the value as it is


@dataclass(frozen=True, slots=True)
class Read:
    """What became of data that a system sent."""

    data: Data | None  # of the newest version; None: it can't be used
    version: int | None = None  # what it was sent as
    mended: Sequence[Mapping[str, Any]] = ()  # {field, given, how}: what had to be put right
    reason: str = ""  # why it can't be used: invalid or unknown_version
    faults: Sequence[Mapping[str, Any]] = ()  # {field, problem, …}: told by `validation.sentence`
    proposal: Sequence[Mapping[str, Any]] = ()  # {given, field, convert, score, sample}: what a person may approve

    @property
    def is_good(self) -> bool:
        """Whether it can be stored."""
        return self.data is not None


@dataclass(frozen=True, slots=True)
class Stored:
    """An accepted event."""

    seq: int  # the order in which they came
    event: Event  # its data are of the newest version
    version: int
    producer: str  # name of the system
    received_at: datetime
    keys: Mapping[str, str] = field(default_factory=dict)
    customer_id: str = ""
    contract_id: str = ""
    person_id: str = ""
    region: str = ""
