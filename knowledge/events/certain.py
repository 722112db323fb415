"""What may be put right without asking, because it can only mean one thing (C6). Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from knowledge.events.conversions import NUMBER, Unconvertible, newer, number
from knowledge.events.types import Data, EventType, Version
from knowledge.events.validation import is_day, is_moment

Mended = Mapping[str, Any]
_ISO = re.compile(r"\d{4}-?\d\d-?\d\d[T ]\d\d:?\d\d(:?\d\d(\.\d+)?)?(Z|[+-]\d\d(:?\d\d)?)", re.IGNORECASE)
_MIDNIGHT = re.compile(r"(\d{4}-\d\d-\d\d)[T ]00:00:00(\.0+)?(Z|[+-]\d\d:\d\d)?")
_BASIC_DAY = re.compile(r"(\d{4})(\d\d)(\d\d)")


def folded(name: str) -> str:
    """A name whatever its style: orderNo, order_no, ORDER-NO, Order No."""
    return re.sub(r"[\s_\-.]+", "", name).casefold()


def mended_names(type_: EventType, version: Version, data: Data) -> tuple[Data, list[Mended]]:
    """Fields by the names of `version`, where the data have another style of the name, or a name of its history."""
    found = dict(data)
    mended: list[Mended] = []
    styles = _styles(version)
    spellings = Counter(folded(name) for name in data)  # orderNo beside order_no: nobody knows which counts
    for given in data:
        style = styles.get(folded(given), "") if spellings[folded(given)] == 1 else ""
        if given not in version.fields and style and style not in found:
            found[style] = found.pop(given)
            mended.append({"field": style, "given": given, "how": "style"})
    return _by_history(type_, version, found, mended)


def mended_values(version: Version, data: Data) -> tuple[Data, list[Mended]]:
    """Values by the types of `version`, where they are written in another way that can mean nothing else."""
    found = dict(data)
    mended: list[Mended] = []
    for name, value in data.items():
        schema = version.fields.get(name)
        if schema is None:
            continue
        if value is None or value == "":
            if name not in version.required and not (value == "" and schema.get("x-kind") == "text"):
                found.pop(name)
                mended.append({"field": name, "given": name, "how": "empty"})
            continue
        better, how = _value(schema, value)
        if how:
            found[name] = better
            mended.append({"field": name, "given": name, "how": how})
    return found, mended


def _styles(version: Version) -> Mapping[str, str]:
    """Folded names that mean one field."""
    counts = Counter(folded(name) for name in version.fields)
    return {folded(name): name for name in version.fields if counts[folded(name)] == 1}


def _by_history(
    type_: EventType, version: Version, data: dict[str, Any], mended: list[Mended]
) -> tuple[Data, list[Mended]]:
    """An old name stands for its new one, with the change of value that came with the new name."""
    for given, steps in _former_names(type_, version).items():
        field = steps[-1][0]
        if given not in data or given in version.fields or field in data:
            continue
        try:
            value = data[given]
            for name, later in steps:
                change = later.retyped.get(name)
                value = value if change is None or value is None else newer(value, change)
        except Unconvertible:
            continue
        data.pop(given)
        data[field] = value
        mended.append({"field": field, "given": given, "how": "renamed"})
    return data, mended


def _former_names(type_: EventType, version: Version) -> Mapping[str, list[tuple[str, Version]]]:
    """Each old name: the names that it had later, with the versions that gave them, up to `version`."""
    found: dict[str, list[tuple[str, Version]]] = {}
    for later in type_.versions:
        if later.number > version.number:
            break
        for steps in found.values():
            name = later.renamed.get(steps[-1][0], steps[-1][0])
            if name in later.fields:
                steps.append((name, later))
        found |= {old: [(new, later)] for old, new in later.renamed.items()}
    return {old: steps for old, steps in found.items() if steps[-1][0] in version.fields}


def _value(schema: Mapping[str, Any], value: Any) -> tuple[Any, str]:
    """The value as the schema wants it, and how it was changed; "" when it wasn't."""
    for how, make in _WAYS:
        for better in make(schema, value):
            return better, how
    return value, ""


def _number(schema: Mapping[str, Any], value: Any) -> Iterator[Any]:
    """ "1285000" is 1285000; "1,285" may be 1.285, so it is asked about."""
    if schema.get("type") in {"number", "integer"} and isinstance(value, str) and NUMBER.fullmatch(value.strip()):
        found = number(value)
        if schema["type"] == "number" or isinstance(found, int):
            yield found


def _truth(schema: Mapping[str, Any], value: Any) -> Iterator[Any]:
    if schema.get("type") == "boolean" and isinstance(value, str) and value.strip().lower() in {"true", "false"}:
        yield value.strip().lower() == "true"


def _text(schema: Mapping[str, Any], value: Any) -> Iterator[Any]:
    """A number where a text is wanted. Not for codes: 12 may have been 0012."""
    if schema.get("x-kind") == "text" and isinstance(value, int) and not isinstance(value, bool):
        yield str(value)


def _trimmed(schema: Mapping[str, Any], value: Any) -> Iterator[Any]:
    if schema.get("x-kind") in {"id", "one_of"} and isinstance(value, str) and value.strip() not in {value, ""}:
        yield value.strip()


def _choice(schema: Mapping[str, Any], value: Any) -> Iterator[Any]:
    """HIGH for high."""
    choices = schema.get("enum")
    if isinstance(choices, list) and isinstance(value, str) and value not in choices:
        same = [one for one in choices if isinstance(one, str) and one.casefold() == value.strip().casefold()]
        if len(same) == 1:
            yield same[0]


def _moment(schema: Mapping[str, Any], value: Any) -> Iterator[Any]:
    """Any form of ISO 8601 that says its offset."""
    if schema.get("format") == "date-time" and isinstance(value, str) and not is_moment(value):
        said = value.strip()
        if _ISO.fullmatch(said):
            try:
                yield datetime.fromisoformat(said.upper()).isoformat()
            except ValueError:
                return


def _day(schema: Mapping[str, Any], value: Any) -> Iterator[Any]:
    """20260301; a moment at midnight, which no other day can mean."""
    if schema.get("format") != "date" or not isinstance(value, str) or is_day(value):
        return
    said = value.strip()
    if match := _MIDNIGHT.fullmatch(said):
        said = match[1]
    elif match := _BASIC_DAY.fullmatch(said):
        said = "-".join(match.groups())
    if is_day(said):
        yield said


_WAYS: tuple[tuple[str, Callable[[Mapping[str, Any], Any], Iterator[Any]]], ...] = (
    ("number", _number),
    ("boolean", _truth),
    ("text", _text),
    ("trim", _trimmed),
    ("choice", _choice),
    ("moment", _moment),
    ("date", _day),
)
