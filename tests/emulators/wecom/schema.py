"""A tiny language for the shape of a payload: what may be there, what must, how long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Problem:
    """Something wrong with a payload: `unknown` fields are ignored by the real server, the rest refused."""

    path: str
    text: str
    unknown: bool = False

    def __str__(self) -> str:
        return f"{self.path}: {self.text}"


@dataclass(frozen=True)
class Text:
    """A string; lengths in bytes of UTF-8."""

    required: bool = False
    max_bytes: int | None = None
    choices: tuple[str, ...] = ()

    def check(self, value: Any, path: str) -> Iterator[Problem]:
        """Yield what is wrong with the value."""
        if not isinstance(value, str):
            yield Problem(path, "must be a string")
        elif self.required and not value:
            yield Problem(path, "must not be empty")
        elif self.max_bytes is not None and len(value.encode()) > self.max_bytes:
            yield Problem(path, f"longer than {self.max_bytes} bytes")
        elif self.choices and value not in self.choices:
            yield Problem(path, f"must be one of {', '.join(self.choices)}")


@dataclass(frozen=True)
class Number:
    """A number; not a string of digits."""

    required: bool = False
    low: float | None = None
    high: float | None = None
    integer: bool = True

    def check(self, value: Any, path: str) -> Iterator[Problem]:
        """Yield what is wrong with the value."""
        if isinstance(value, bool) and self.low == 0 and self.high == 1:
            return  # flags such as is_checked are written both ways in the documentation
        if isinstance(value, bool) or not isinstance(value, int if self.integer else int | float):
            yield Problem(path, "must be a number")
        elif (self.low is not None and value < self.low) or (self.high is not None and value > self.high):
            yield Problem(path, f"must be from {self.low} to {self.high}")


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
            yield Problem(path, "must be a list")
            return
        if len(value) < self.least or (self.most is not None and len(value) > self.most):
            yield Problem(path, f"must have {self.least} to {self.most} items, has {len(value)}")
        for index, item in enumerate(value):
            yield from self.of.check(item, f"{path}[{index}]")


@dataclass(frozen=True)
class Fields:
    """An object."""

    of: Mapping[str, Spec] = field(default_factory=dict)
    required: bool = False

    def check(self, value: Any, path: str) -> Iterator[Problem]:
        """Yield what is wrong with the object and its members."""
        if not isinstance(value, dict):
            yield Problem(path, "must be an object")
            return
        for name in value.keys() - self.of.keys():
            yield Problem(f"{path}.{name}", "unknown field", unknown=True)
        for name, spec in self.of.items():
            if name in value:
                yield from spec.check(value[name], f"{path}.{name}")
            elif spec.required:
                yield Problem(f"{path}.{name}", "missing")


Spec = Text | Number | Items | Fields
