"""Events for a rehearsal: valid by the catalogue's schemas, varied, and the same for the same seed (C8). Pure.

Each begins with the type's example: numbers are drawn around it, dates moved, identifiers counted on, fields that may
be missing left out now and then. What a subscription asks for is put in, so that every event fits it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from bot.contracts import Event
from knowledge.events.conditions import Condition, Test
from knowledge.events.systems import Listening
from knowledge.events.types import Catalog, EventType
from knowledge.events.validation import faults_of

MARK = "xiaocerehearsal"  # extension by which a subscriber can tell a rehearsal from business
LEFT_OUT = 0.2  # share of fields that may be missing and are
SAME_KEY = 5  # events that share an order, on average, where order is asked for
_DAYS = 60
_TRIES = 20
_NUMBER = re.compile(r"\d+(?!.*\d)")


class NothingFits(ValueError):
    """No event can be made that the subscription asks for; its conditions contradict each other or the schemas."""


def generate(catalog: Catalog, listening: Listening, name: str, count: int, seed: int, now: datetime) -> list[Event]:
    """So many events of the subscription's types in turn. `name`: the rehearsal's. Raises NothingFits."""
    dice = Random(seed)  # noqa: S311 - not for secrets
    types = [found for one in sorted(listening.types) if (found := catalog.get(one))]
    if not types:
        raise NothingFits
    return [
        _event(types[number % len(types)], listening, name, number, dice, now - timedelta(seconds=count - number))
        for number in range(count)
    ]


def with_unknown_field(event: Event) -> Event:
    """The same with a field that no schema knows, as a later version might have."""
    return _with(event, "field", {**event.data, "x_rehearsal_field": "later versions may have more"})


def numbered(event: Event, suffix: str) -> Event:
    """Another event with the same data."""
    return _with(event, suffix, event.data)


def _with(event: Event, suffix: str, data: Mapping[str, Any]) -> Event:
    return replace(event, id=f"{event.id}-{suffix}", data=data)


def _event(type_: EventType, listening: Listening, name: str, number: int, dice: Random, at: datetime) -> Event:
    for _ in range(_TRIES):
        data = _data(type_, listening, number, dice)
        key = next((str(data[one]) for one in type_.keys if data.get(one)), "")
        made = Event(f"{name}-{number}", f"/xiaoce/rehearsal/{name}", type_.name, at, key, data, type_.newest.number)
        fits = listening.where.holds(made) and not faults_of(type_.newest, data)
        if fits:
            return Event(made.id, made.source, made.type, at, key, data, made.version, {MARK: name})
    raise NothingFits


def _data(type_: EventType, listening: Listening, number: int, dice: Random) -> dict[str, Any]:
    """One draw."""
    version, wanted = type_.newest, _tests(listening.where, dice)
    asked = {test.field.removeprefix("data.") for test in wanted} | {listening.ordered_by}
    data: dict[str, Any] = {}
    for field, schema in version.fields.items():
        needed = field in version.required or field in asked or field in type_.keys[:1]
        if field not in type_.example and field not in version.required:
            continue
        if needed or dice.random() >= LEFT_OUT:
            data[field] = _value(schema, type_.example.get(field), number, dice)
    if listening.ordered_by and listening.ordered_by in data:
        data[listening.ordered_by] = _counted(str(data[listening.ordered_by]), number // SAME_KEY)
    for test in wanted:
        _put(data, test, dice)
    return data


def _value(schema: Mapping[str, Any], example: Any, number: int, dice: Random) -> Any:
    if "enum" in schema:
        return dice.choice(list(schema["enum"]))
    if schema.get("x-kind") == "id" and isinstance(example, str):
        return _counted(example, number)
    if isinstance(example, bool) or example is None:
        return dice.random() < 0.5 if schema.get("type") == "boolean" else example
    if isinstance(example, int):
        return max(int(schema.get("minimum", 0)), round(example * dice.lognormvariate(0, 0.8)))
    if isinstance(example, float):
        return round(max(float(schema.get("minimum", 0)), example * dice.lognormvariate(0, 0.8)), 2)
    return _moved(example, schema, dice) if isinstance(example, str) else example


def _moved(example: str, schema: Mapping[str, Any], dice: Random) -> str:
    """A date or moment, some days away."""
    by = timedelta(days=dice.randint(-_DAYS, _DAYS))
    if schema.get("format") == "date":
        return (date.fromisoformat(example) + by).isoformat()
    if schema.get("format") == "date-time":
        return (datetime.fromisoformat(example) + by).isoformat().replace("+00:00", "Z")
    return example


def _counted(example: str, number: int) -> str:
    """SO00001 -> SO90042: of the same shape, far from real numbers."""
    found = _NUMBER.search(example)
    if not found:
        return f"{example}-R{number}"
    width = len(found[0])
    return f"{example[: found.start()]}{9 * 10 ** max(width - 1, 4) + number}{example[found.end() :]}"


def _tests(where: Condition, dice: Random) -> list[Test]:
    """What must hold: all tests, and of each group of alternatives one."""
    found = list(where.tests)
    for group in where.any_of:
        found += _tests(dice.choice(list(group)), dice)
    return found


def _put(data: dict[str, Any], test: Test, dice: Random) -> None:
    """Let it hold, where it doesn't by itself."""
    name, value = test.field.removeprefix("data."), test.value
    if "." in name or name in {"subject", "source", "type"}:
        return
    if test.operator == "exists":
        if not value:
            data.pop(name, None)
    elif test.operator == "=":
        data[name] = value
    elif test.operator == "in":
        data[name] = dice.choice(_values(value))
    elif test.operator in {">=", "<=", ">", "<"} and isinstance(value, int | float):
        _compare(data, name, test, dice)
    elif test.operator in {"contains", "starts_with"}:
        data[name] = str(value)


def _compare(data: dict[str, Any], name: str, test: Test, dice: Random) -> None:
    """Beyond the bound, often just at it."""
    away = 0 if dice.random() < 0.1 and "=" in test.operator else dice.randint(1, max(2, int(abs(test.value))))
    found = data.get(name)
    above = test.operator.startswith(">")
    if isinstance(found, int | float) and (found > test.value if above else found < test.value):
        return
    data[name] = test.value + away if above else test.value - away


def _values(value: Any) -> Sequence[Any]:
    return list(value) if isinstance(value, tuple | list) else [value]
