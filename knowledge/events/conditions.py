"""Conditions on events, as subscriptions and deadlines have them under `where`. Pure.

    where: {amount_cny: {">=": 1000000}, region: [华东, 华南], any: [{item: {"!=": 样品}}, {subject: SO00012}]}

All must hold. A name is a field of the data (`address.city` goes deeper) or `subject`, `source`, `type` of the event;
`data.subject` is the data's own. A list means one of these. A field that isn't there holds for nothing but
`{exists: false}`: what isn't known isn't "different from".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.contracts.errors import ConfigurationError
from bot.contracts.event import Event
from config.languages import operator_language
from config.locales import t
from knowledge.lines import At

ANY = "any"
DEEPEST = 5  # `any` within `any`
_ATTRIBUTES = ("subject", "source", "type")
_MISSING = object()


class BadCondition(ConfigurationError):
    """A condition can't be read; `at` is its place below `where`."""

    def __init__(self, at: At, problem: str, **details: object) -> None:
        super().__init__(problem)
        self.at = at
        self.problem = problem
        self.details = details

    def sentence(self, lang: str = "zh") -> str:
        """What is wrong and what to do."""
        where = ".".join(["where", *(str(part) for part in self.at)])
        return t(f"event_types.condition_fault.{self.problem}", lang, where=where, **self.details)

    def __str__(self) -> str:
        return self.sentence(operator_language())


@dataclass(frozen=True, slots=True)
class Test:
    """One comparison of one field."""

    field: str
    operator: str
    value: Any

    def holds(self, event: Event) -> bool:
        """Whether it is so."""
        found = _value(event, self.field)
        if self.operator == "exists":
            return (found is not _MISSING and found is not None) is self.value
        return found is not _MISSING and found is not None and _OPERATORS[self.operator](found, self.value)


@dataclass(frozen=True, slots=True)
class Condition:
    """All tests hold, and of each group of alternatives one. An empty one holds for everything."""

    tests: tuple[Test, ...] = ()
    any_of: tuple[tuple[Condition, ...], ...] = ()

    def holds(self, event: Event) -> bool:
        """Whether the event is meant. Never raises: what can't be compared doesn't hold."""
        if not all(test.holds(event) for test in self.tests):
            return False
        return all(any(one.holds(event) for one in group) for group in self.any_of)

    @property
    def fields(self) -> frozenset[str]:
        """Every field of the data that it asks about, to check them against a schema."""
        inner = (name for group in self.any_of for one in group for name in one.fields)
        own = (test.field.removeprefix("data.") for test in self.tests if test.field not in _ATTRIBUTES)
        return frozenset([*own, *inner])

    def describe(self, lang: str = "zh", titles: Mapping[str, str] | None = None) -> str:
        """In words: 金额（元）≥ 1,000,000，区域是华东或华南. `titles`: of fields; "" when it holds for everything."""
        names = titles or {}
        said = [_described(test, lang, names) for test in self.tests]
        for group in self.any_of:
            inner = t("event_types.condition.or", lang).join(one.describe(lang, names) for one in group)
            said.append(t("event_types.condition.group", lang, inner=inner))
        return t("event_types.condition.and", lang).join(said)


def parse(tree: object) -> Condition:
    """What stands under `where`; None and {} hold for everything. Raises BadCondition."""
    return _condition(tree, (), 0)


def _condition(tree: object, at: At, depth: int) -> Condition:
    if tree is None:
        return Condition()
    if not isinstance(tree, Mapping):
        raise BadCondition(at, "not_a_mapping")
    if depth > DEEPEST:
        raise BadCondition(at, "too_deep", deepest=DEEPEST)
    tests = [test for name, wanted in tree.items() if name != ANY for test in _tests(str(name), wanted, (*at, name))]
    groups = (_alternatives(tree[ANY], (*at, ANY), depth),) if ANY in tree else ()
    return Condition(tuple(tests), groups)


def _alternatives(tree: object, at: At, depth: int) -> tuple[Condition, ...]:
    if not isinstance(tree, list) or not tree:
        raise BadCondition(at, "no_alternatives")
    return tuple(_condition(one, (*at, number), depth + 1) for number, one in enumerate(tree))


def _tests(name: str, wanted: object, at: At) -> list[Test]:
    if isinstance(wanted, Mapping):
        if not wanted:
            raise BadCondition(at, "empty", operators=", ".join(_ALL))
        return [_test(name, str(operator), value, (*at, operator)) for operator, value in wanted.items()]
    return [_test(name, "in" if isinstance(wanted, list) else "=", wanted, at)]


def _test(name: str, operator: str, value: Any, at: At) -> Test:
    if operator not in _ALL:
        raise BadCondition(at, "unknown_operator", operator=operator, operators=", ".join(_ALL))
    value = value.isoformat() if isinstance(value, date) else value  # YAML reads 2026-01-31 as a date; JSON has none
    if operator == "exists" and not isinstance(value, bool):
        raise BadCondition(at, "not_true_or_false")
    if operator in _LISTS and not (isinstance(value, list) and value):
        raise BadCondition(at, "not_a_list", operator=operator)
    if operator in _ORDERED and (isinstance(value, bool) or not isinstance(value, int | float | str)):
        raise BadCondition(at, "not_comparable", operator=operator)
    if operator not in _LISTS and (value is None or isinstance(value, list | Mapping)):
        raise BadCondition(at, "not_a_value", operator=operator)
    return Test(name, operator, tuple(value) if isinstance(value, list) else value)


def _value(event: Event, name: str) -> Any:
    if name in _ATTRIBUTES:
        return getattr(event, name)
    found: Any = event.data
    path = name.removeprefix("data.")
    if isinstance(found, Mapping) and path in found:
        return found[path]
    for part in path.split("."):
        if not isinstance(found, Mapping) or part not in found:
            return _MISSING
        found = found[part]
    return found


def _same(found: Any, wanted: Any) -> bool:
    """true isn't 1; 5 is 5.0; a list has it when it holds it."""
    if isinstance(found, list):
        return any(_same(one, wanted) for one in found)
    if isinstance(found, bool) or isinstance(wanted, bool):
        return found is wanted
    return bool(found == wanted)


def _order(found: Any, wanted: Any) -> int | None:
    """-1, 0, 1; None: these can't be compared."""
    if isinstance(found, bool) or isinstance(wanted, bool):
        return None
    if isinstance(found, int | float) and isinstance(wanted, int | float):
        return (found > wanted) - (found < wanted)
    if isinstance(found, str) and isinstance(wanted, str):
        return _order_of_times(found, wanted)
    return None


def _order_of_times(found: str, wanted: str) -> int | None:
    """Of two days or moments; a day beside a moment is compared with the moment's day."""
    try:
        one, two = datetime.fromisoformat(found), datetime.fromisoformat(wanted)
    except ValueError:
        return None
    if min(len(found), len(wanted)) <= len("2026-01-31"):
        return (one.date() > two.date()) - (one.date() < two.date())
    if (one.tzinfo is None) is not (two.tzinfo is None):
        return None
    return (one > two) - (one < two)


def _ordered(*wanted: int) -> Callable[[Any, Any], bool]:
    return lambda found, value: _order(found, value) in wanted


_ORDERED: Mapping[str, Callable[[Any, Any], bool]] = {
    ">=": _ordered(0, 1),
    ">": _ordered(1),
    "<=": _ordered(0, -1),
    "<": _ordered(-1),
}
_LISTS: Mapping[str, Callable[[Any, Any], bool]] = {
    "in": lambda found, values: any(_same(found, one) for one in values),
    "not_in": lambda found, values: not any(_same(found, one) for one in values),
}
_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": _same,
    "!=": lambda found, value: not _same(found, value),
    "contains": lambda found, value: isinstance(found, str) and str(value) in found,
    "starts_with": lambda found, value: isinstance(found, str) and found.startswith(str(value)),
    **_ORDERED,
    **_LISTS,
}
_ALL: Sequence[str] = (*_OPERATORS, "exists")
_SIGNS = {">=": "≥", "<=": "≤", "!=": "≠", ">": ">", "<": "<"}


def _described(test: Test, lang: str, titles: Mapping[str, str]) -> str:
    name = titles.get(test.field.removeprefix("data."), test.field)
    if test.operator == "exists":
        return t(f"event_types.condition.{'exists' if test.value else 'exists_not'}", lang, name=name)
    if test.operator in _SIGNS:
        return f"{name} {_SIGNS[test.operator]} {_said(test.value)}"
    values = test.value if isinstance(test.value, tuple) else (test.value,)
    joined = t("event_types.condition.or", lang).join(_said(one) for one in values)
    operator = {"=": "is", "in": "is", "not_in": "is_not"}.get(test.operator, test.operator)
    return t(f"event_types.condition.{operator}", lang, name=name, value=joined)


def _said(value: object) -> str:
    return f"{value:,}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
