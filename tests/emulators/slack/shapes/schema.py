"""A tiny language for the shape of a payload: what may be there, what must, how long (in characters)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Problem:
    """Something wrong with a payload, at a JSON pointer."""

    path: str
    text: str

    def __str__(self) -> str:
        return f"{self.text} [json-pointer:{self.path}]"


@dataclass(frozen=True)
class Text:
    """A string."""

    required: bool = False
    least: int = 0
    most: int | None = None
    choices: tuple[str, ...] = ()
    pattern: str = ""

    def check(self, value: Any, path: str) -> Iterator[Problem]:
        """Yield what is wrong with the value."""
        if not isinstance(value, str):
            yield Problem(path, "must be a string")
        elif len(value) < self.least:
            yield Problem(path, f"must be more than {self.least - 1} characters")
        elif self.most is not None and len(value) > self.most:
            yield Problem(path, f"must be less than {self.most + 1} characters")
        elif self.choices and value not in self.choices:
            yield Problem(path, f"must be a valid enum value: {', '.join(self.choices)}")
        elif self.pattern and not re.fullmatch(self.pattern, value):
            yield Problem(path, "must match the required format")


@dataclass(frozen=True)
class Number:
    """A whole number; not a string of digits."""

    required: bool = False
    low: int | None = None
    high: int | None = None

    def check(self, value: Any, path: str) -> Iterator[Problem]:
        """Yield what is wrong with the value."""
        if isinstance(value, bool) or not isinstance(value, int):
            yield Problem(path, "must be an integer")
        elif (self.low is not None and value < self.low) or (self.high is not None and value > self.high):
            yield Problem(path, f"must be from {self.low} to {self.high}")


@dataclass(frozen=True)
class Flag:
    """true or false."""

    required: bool = False

    def check(self, value: Any, path: str) -> Iterator[Problem]:
        """Yield what is wrong with the value."""
        if not isinstance(value, bool):
            yield Problem(path, "must be a boolean")


@dataclass(frozen=True)
class Anything:
    """Any JSON value."""

    required: bool = False

    def check(self, value: Any, path: str) -> Iterator[Problem]:
        """Nothing is wrong with it."""
        yield from ()


@dataclass(frozen=True)
class Items:
    """A list."""

    of: Spec
    required: bool = False
    least: int = 0
    most: int | None = None

    def check(self, value: Any, path: str) -> Iterator[Problem]:
        """Yield what is wrong with the list and its items."""
        if not isinstance(value, list):
            yield Problem(path, "must be an array")
            return
        if len(value) < self.least:
            yield Problem(path, f"no less than {self.least} items allowed")
        if self.most is not None and len(value) > self.most:
            yield Problem(path, f"no more than {self.most} items allowed")
        for index, item in enumerate(value):
            yield from self.of.check(item, f"{path}/{index}")


@dataclass(frozen=True)
class Fields:
    """An object. `any_of`: at least one of these must be there; `type`: what its own `type` must say."""

    of: Mapping[str, Spec] = field(default_factory=dict)
    required: bool = False
    any_of: tuple[str, ...] = ()
    type: str = ""

    def check(self, value: Any, path: str) -> Iterator[Problem]:
        """Yield what is wrong with the object and its members."""
        if not isinstance(value, dict):
            yield Problem(path, "must be an object")
            return
        for name in sorted(value.keys() - self.of.keys() - ({"type"} if self.type else set())):
            yield Problem(f"{path}/{name}", f"invalid additional property: {name}")
        if self.type and value.get("type") != self.type:
            yield Problem(f"{path}/type", f"must be {self.type}")
        if self.any_of and not any(name in value for name in self.any_of):
            yield Problem(path, f"missing required field: {self.any_of[0]}")
        for name, spec in self.of.items():
            if name in value:
                yield from spec.check(value[name], f"{path}/{name}")
            elif spec.required:
                yield Problem(path, f"missing required field: {name}")


@dataclass(frozen=True)
class OneOf:
    """An object whose `type` decides what else it holds."""

    of: Mapping[str, Fields]
    required: bool = False

    def check(self, value: Any, path: str) -> Iterator[Problem]:
        """Yield what is wrong with the object, by its type."""
        if not isinstance(value, dict):
            yield Problem(path, "must be an object")
        elif not isinstance(value.get("type"), str):
            yield Problem(path, "missing required field: type")
        elif value["type"] not in self.of:
            yield Problem(f"{path}/type", f"unsupported type: {value['type']}")
        else:
            known = self.of[value["type"]]
            yield from Fields(known.of, any_of=known.any_of, type=value["type"]).check(value, path)


Spec = Text | Number | Flag | Anything | Items | Fields | OneOf
