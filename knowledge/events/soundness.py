"""Whether a type is sound: names, history, example, the way down and up again. Pure; used when the catalogue is read.

A change of unit must come with a new name: with the old name, nobody could tell 12 (10,000 CNY) from 12 (CNY) when the
sender doesn't say its version. And no field may vanish without being named.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from knowledge.events import keys
from knowledge.events.casting import CannotCast, down, news, up
from knowledge.events.conversions import CHANGES
from knowledge.events.types import EventType, Version
from knowledge.events.validation import faults_of, sentence
from knowledge.lines import At

NAME = re.compile(r"[a-z][a-z_]*(\.[a-z][a-z_]*){1,2}")
Found = tuple[At, str]  # place below the type, what is wrong and what to do


def type_faults(type_: EventType) -> list[Found]:
    """Everything that is wrong; the later checks need the earlier ones to pass."""
    for check in (_schemas, _names, _histories, _example):
        if found := list(check(type_)):
            return found
    return []


def _names(type_: EventType) -> Iterator[Found]:
    if not NAME.fullmatch(type_.name):
        yield (), f"{type_.name!r}: call it thing.happened, in small letters"
    for number, version in enumerate(type_.versions, 1):
        if version.number != number:
            yield ("versions", number - 1, "number"), f"number versions 1, 2, 3: here stands {version.number}"
    for name in type_.keys:
        if name not in keys.NAMES:
            yield ("keys",), f"there is no key {name}; use {', '.join(keys.NAMES)}"
        elif name not in type_.newest.fields:
            yield ("keys",), f"the newest version has no field {name}"


def _schemas(type_: EventType) -> Iterator[Found]:
    from jsonschema import Draft202012Validator, SchemaError

    for number, version in enumerate(type_.versions):
        at: At = ("versions", number)
        try:
            Draft202012Validator.check_schema(version.schema)
        except SchemaError as error:
            yield (*at, "schema"), f"no JSON Schema: {error.message}"
            continue
        if version.schema.get("type") != "object" or "$ref" in version.schema:
            yield (*at, "schema"), "the data of an event are an object with its own properties"
        for name in version.required:
            if name not in version.fields:
                yield (*at, "schema"), f"{name} is required but not described"


def _histories(type_: EventType) -> Iterator[Found]:
    first = type_.versions[0]
    if first.renamed or first.retyped or first.added or first.removed:
        yield ("versions", 0), "the first version has nothing to differ from"
    for number, (before, version) in enumerate(zip(type_.versions, type_.versions[1:], strict=False), 1):
        for place, problem in _history(version, before):
            yield ("versions", number, place), problem


def _history(version: Version, before: Version) -> Iterator[tuple[str, str]]:
    for old, new in version.renamed.items():
        if old not in before.fields or old in version.fields:
            yield "renamed", f"{old}: must be a field of version {before.number}, and none of {version.number}"
        if new not in version.fields or new in before.fields:
            yield "renamed", f"{new}: must be a field of version {version.number}, and none of {before.number}"
    if len(set(version.renamed.values())) < len(version.renamed):
        yield "renamed", "two fields can't become one"
    yield from _changes(version)
    for name in version.added:
        if name not in version.fields or name in before.fields:
            yield "added", f"{name}: must be a field of version {version.number}, and none of {before.number}"
    for name in version.required:
        if name in news(version, before) and version.added.get(name) is None:
            yield "added", f"{name} is new and required: say under `added` what older events have there"
    gone = before.fields.keys() - version.fields.keys() - version.renamed.keys()
    for name in sorted(gone ^ version.removed.keys()):
        yield "removed", f"{name}: name under `removed` what version {before.number} had, and nothing else"


def _changes(version: Version) -> Iterator[tuple[str, str]]:
    for name, change in version.retyped.items():
        if name not in version.fields:
            yield "retyped", f"{name}: there is no such field"
        elif (change.before, change.after) not in CHANGES:
            known = ", ".join(f"{one} → {two}" for one, two in sorted(CHANGES))
            yield "retyped", f"{name}: {change.before} → {change.after} is unknown; use {known}"
        elif change.factor != 1 and name not in version.renamed.values():
            yield "retyped", f"{name}: a change of unit needs a new name, else nobody can tell which unit was sent"


def _example(type_: EventType) -> Iterator[Found]:
    for fault in faults_of(type_.newest, type_.example):
        yield ("example",), sentence(fault.as_json(), type_, "en")
        return
    for number, version in enumerate(type_.versions):
        try:
            found = up(type_, down(type_, type_.example, version.number), version.number)
        except CannotCast as error:
            yield ("versions", number), f"the example can't be said in version {version.number}: {error.sentence('en')}"
            continue
        lost = unknown_to(type_, version.number)
        if not same(_without(found, lost), _without(type_.example, lost)):
            yield ("versions", number), f"the example comes back from version {version.number} changed: {dict(found)}"


def unknown_to(type_: EventType, number: int) -> set[str]:
    """The newest version's fields that an older version has under no name: what down and up again loses."""
    found: set[str] = set()
    for before, version in zip(type_.versions, type_.versions[1:], strict=False):
        found = {version.renamed.get(name, name) for name in found}
        found |= set(news(version, before)) if version.number > number else set()
    return found


def _without(data: Mapping[str, Any], names: Collection[str]) -> Mapping[str, Any]:
    return {name: value for name, value in data.items() if name not in names}


def same(one: Any, two: Any) -> bool:
    """Equal as data: moments by the moment, whatever the offset."""
    if isinstance(one, Mapping) and isinstance(two, Mapping):
        return one.keys() == two.keys() and all(same(one[name], two[name]) for name in one)
    if isinstance(one, str) and isinstance(two, str) and "T" in one and "T" in two:
        try:
            return datetime.fromisoformat(one) == datetime.fromisoformat(two)
        except ValueError:
            return one == two
    return bool(one == two)
