"""Fields of a source's rows, by name or as a path into nested objects. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

MISSING = object()
Read = Callable[[Mapping[str, Any]], Any]


def reader(name: str) -> Read:
    """Reads a field: by its name, else as a path (customer.no, contacts.0.name). MISSING where there is none."""
    if "." not in name:
        return lambda data: data.get(name, MISSING)
    path = name.split(".")

    def deep(data: Mapping[str, Any]) -> Any:
        if name in data:
            return data[name]
        found: Any = data
        for part in path:
            found = _inside(found, part)
        return found

    return deep


def always(value: str) -> Read:
    """The same for every row."""
    return lambda data: value


def _inside(found: Any, part: str) -> Any:
    if isinstance(found, Mapping):
        return found.get(part, MISSING)
    if isinstance(found, list) and part.isdecimal() and int(part) < len(found):
        return found[int(part)]
    return MISSING
