"""What a person might approve when data can't be used: which field may be meant by which, and how it would be read.

A proposal is never used by itself, whatever its score: names that are alike have cost companies money (C6). Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from knowledge.events.conversions import Unconvertible, converted
from knowledge.events.types import Data, EventType, Version
from knowledge.events.validation import DataFault, fits
from knowledge.mapping.hints import unit_of
from knowledge.mapping.names import alike

SHOWN = 0.5  # less is no proposal
_NAME_WEIGHT = 0.7
_SHAPED = 0.55  # a day, a moment, a choice: such a value says what it is, whatever its name
_OF_ITS_OWN = 0.9  # the field is the right one; only its value must be read otherwise
_MOST = 50  # fields that are compared
_SAMPLE = 60  # characters of a value
_PLAIN = 0.6  # any text fits a text


def propose(
    type_: EventType, version: Version, data: Data, faults: Sequence[DataFault], zone: str
) -> list[Mapping[str, Any]]:
    """{given, field, convert, score, sample}, the surest first; no field is given or filled twice."""
    missing = [fault.field for fault in faults if fault.problem == "missing" and fault.field in version.fields]
    wrong = [fault.field for fault in faults if fault.field in data and fault.field in version.fields]
    extra = [name for name in data if name not in version.fields][:_MOST]
    found = [
        pair for field in missing for name in extra for pair in _pair(type_, version, field, name, data[name], zone)
    ]
    found += [pair for field in wrong for pair in _reread(version, field, data[field], zone)]
    chosen: list[Mapping[str, Any]] = []
    for pair in sorted(found, key=lambda pair: (-pair["score"], pair["field"], pair["given"])):
        if not any(pair["field"] == one["field"] or pair["given"] == one["given"] for one in chosen):
            chosen.append(pair)
    return chosen


def _pair(
    type_: EventType, version: Version, field: str, given: str, value: Any, zone: str
) -> Iterator[Mapping[str, Any]]:
    """Another field that may be meant."""
    schema = version.fields[field]
    like, _ = alike(given, _names(type_, field, schema))
    how = _way(version, field, given, value, zone)
    if how is None:
        return
    shaped = "format" in schema or "enum" in schema or schema.get("type") == "array"
    score = _NAME_WEIGHT * like + (1 - _NAME_WEIGHT) * (1.0 if shaped else _PLAIN)
    score = max(score, _SHAPED) if shaped and how == "" else score
    if score >= SHOWN:
        yield _proposal(given, field, how, score, value)


def _reread(version: Version, field: str, value: Any, zone: str) -> Iterator[Mapping[str, Any]]:
    """The right field, its value read otherwise."""
    how = _way(version, field, field, value, zone)
    if how:
        yield _proposal(field, field, how, _OF_ITS_OWN, value)


def _proposal(given: str, field: str, how: str, score: float, value: Any) -> Mapping[str, Any]:
    return {"given": given, "field": field, "convert": how, "score": round(score, 3), "sample": str(value)[:_SAMPLE]}


def _names(type_: EventType, field: str, schema: Mapping[str, Any]) -> Sequence[str]:
    """What the field is or was called."""
    former = [old for version in type_.versions for old, new in version.renamed.items() if new == field]
    return [field, *former, str(schema.get("title", "")), str(schema.get("x-title-en", ""))]


def _way(version: Version, field: str, given: str, value: Any, zone: str) -> str | None:
    """The first way in which the value would satisfy the field's schema; None: there is none."""
    schema = version.fields[field]
    for how in _ways(schema, given, zone):
        try:
            if fits(version, field, converted(value, how)):
                return how
        except Unconvertible:
            continue
    return None


def _ways(schema: Mapping[str, Any], given: str, zone: str) -> Sequence[str]:
    """A unit that the name says comes before the value as it is: 12 of amount_wan fits amount_cny too well."""
    if schema.get("format") == "date-time":
        return ("", "moment", f"zone:{zone}", "milliseconds", "seconds")
    if schema.get("format") == "date":
        return ("", "date")
    if schema.get("type") in {"number", "integer"}:
        tenthousands = schema.get("x-kind") == "amount" and unit_of(given) == "万元"
        return ("factor:10000",) if tenthousands else ("", "number")
    return {"boolean": ("", "boolean"), "array": ("", "list"), "string": ("", "text", "trim", "only")}.get(
        str(schema.get("type")), ("",)
    )
