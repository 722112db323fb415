"""Data of one version as another, along the type's history of renames and changes of type (C6). Pure."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from bot.contracts.errors import BadInput
from config.languages import operator_language
from config.locales import t
from knowledge.events.conversions import Unconvertible, newer, older
from knowledge.events.types import Data, EventType, Version
from knowledge.events.validation import faults_of


class CannotCast(BadInput):
    """Data can't be said in another version without a guess or a loss."""

    def __init__(self, type_: EventType, to: int, field: str, problem: str, value: object = "") -> None:
        super().__init__(problem)
        self.type = type_
        self.to = to
        self.field = field
        self.problem = problem  # inexact, twice, invalid, unknown_version
        self.value = value

    def sentence(self, lang: str = "zh") -> str:
        """What can't be done, and what to do."""
        values = {"type": self.type.named(lang), "to": self.to, "field": self.field, "value": str(self.value)[:60]}
        return t(f"event_types.cannot_cast.{self.problem}", lang, **values)

    def __str__(self) -> str:
        return self.sentence(operator_language())


def up(type_: EventType, data: Data, from_version: int) -> Data:
    """Data that satisfy an older version, as the newest. Raises CannotCast."""
    _version(type_, from_version)
    found = dict(data)
    for version in type_.versions:
        if version.number > from_version:
            found = _newer(type_, found, version)
    return found if from_version == type_.newest.number else _valid(type_, found, type_.newest)


def down(type_: EventType, data: Data, to_version: int) -> Data:
    """Data of the newest version as an older one has them: what it doesn't know is left out. Raises CannotCast."""
    wanted = _version(type_, to_version)
    found = dict(data)
    for before, version in reversed(list(zip(type_.versions, type_.versions[1:], strict=False))):
        if version.number > to_version:
            found = _older(type_, found, version, before)
    return found if wanted is type_.newest else _valid(type_, found, wanted)


def news(version: Version, before: Version) -> Collection[str]:
    """The fields that the version before doesn't have under any name."""
    return version.fields.keys() - before.fields.keys() - set(version.renamed.values())


def _newer(type_: EventType, data: dict[str, Any], version: Version) -> dict[str, Any]:
    moved: dict[str, Any] = {}
    for old, value in data.items():
        name = version.renamed.get(old, old)
        if old in version.removed:
            continue
        if name in moved:
            raise CannotCast(type_, version.number, name, "twice", old)
        change = version.retyped.get(name)
        try:
            moved[name] = value if change is None or value is None else newer(value, change)
        except Unconvertible as error:
            raise CannotCast(type_, version.number, name, "inexact", value) from error
    added = {name: value for name, value in version.added.items() if value is not None}
    return {**added, **moved}


def _older(type_: EventType, data: dict[str, Any], version: Version, before: Version) -> dict[str, Any]:
    names = {new: old for old, new in version.renamed.items()}
    new_ones = news(version, before)
    moved = {name: value for name, value in version.removed.items() if value is not None}
    for name, value in data.items():
        if name in new_ones:
            continue
        change, old = version.retyped.get(name), names.get(name, name)
        if old in moved:
            raise CannotCast(type_, before.number, name, "twice", old)
        try:
            moved[old] = value if change is None or value is None else older(value, change)
        except Unconvertible as error:
            raise CannotCast(type_, before.number, name, "inexact", value) from error
    return moved


def _version(type_: EventType, number: int) -> Version:
    found = type_.version(number)
    if found is None:
        raise CannotCast(type_, number, "", "unknown_version", type_.newest.number)
    return found


def _valid(type_: EventType, data: Data, version: Version) -> Data:
    for fault in faults_of(version, data):
        raise CannotCast(type_, version.number, fault.field, "invalid", fault.given)
    return data
