"""C3, C9: conditions of subscriptions and deadlines; correlation keys (C11)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.contracts import Event
from knowledge.events import keys
from knowledge.events.catalog import load_catalog
from knowledge.events.conditions import BadCondition, Condition, parse
from knowledge.lines import read_lines

EVENT = Event(
    "1",
    "/crm",
    "order.confirmed",
    datetime(2026, 3, 2, tzinfo=UTC),
    "SO1",
    {
        "order_no": " SO1 ",
        "amount_cny": 1_200_000,
        "region": "华东",
        "urgent": True,
        "due": "2026-03-05",
        "at": "2026-03-05T09:00:00+08:00",
        "to": {"city": "苏州", "lines": [{"sku": "A"}]},
        "tags": ["vip", "new"],
        "nothing": None,
        "a.b": 1,
    },
)
HOLDS = [
    {},
    {"amount_cny": {">=": 1_000_000}},
    {"amount_cny": {">": 1_000_000, "<": 1_200_000.5}},
    {"region": ["华东", "华南"]},
    {"region": "华东", "subject": "SO1", "source": "/crm", "type": {"starts_with": "order."}},
    {"region": {"!=": "华南"}},
    {"region": {"not_in": ["华南"]}},
    {"urgent": True},
    {"to.city": "苏州"},
    {"a.b": 1},
    {"tags": "vip"},
    {"order_no": {"contains": "SO"}},
    {"due": {"<=": "2026-03-05"}},
    {"due": {"<": "2026-03-06T08:00:00+08:00"}},
    {"at": {">": "2026-03-05T00:59:59Z"}},
    {"moon": {"exists": False}},
    {"nothing": {"exists": False}, "region": {"exists": True}},
    {"any": [{"region": "华南"}, {"amount_cny": {">": 5}}]},
    {"any": [{"any": [{"region": "华东"}]}]},
]
FAILS = [
    {"amount_cny": {">": 1_200_000}},
    {"moon": {"!=": 1}},
    {"nothing": {"!=": 1}},
    {"moon": {"not_in": [1]}},
    {"urgent": 1},
    {"urgent": {">=": 0}},
    {"amount_cny": {">=": "1000000"}},
    {"region": {">": "2026-01-01"}},
    {"at": {">": "2026-03-05T09:00:00"}},
    {"to.city.street": "x"},
    {"to.lines.0": "x"},
    {"region": ["华南"], "amount_cny": {">": 1}},
    {"any": [{"region": "华南"}], "amount_cny": {">": 1}},
    {"data.subject": "SO1"},
]


@pytest.mark.parametrize("tree", HOLDS, ids=str)
def test_it_holds(tree: dict[str, Any]) -> None:
    condition = parse(tree)
    assert condition.holds(EVENT)
    assert bool(condition.describe("zh")) == bool(condition.describe("en")) == bool(tree)


@pytest.mark.parametrize("tree", FAILS, ids=str)
def test_it_does_not_hold(tree: dict[str, Any]) -> None:
    assert not parse(tree).holds(EVENT)


def test_nothing_said_holds_for_everything() -> None:
    assert parse(None) == Condition()
    assert parse(None).holds(EVENT)


def test_a_day_that_yaml_reads_is_compared_as_text() -> None:
    assert parse(read_lines("due: {'<=': 2026-03-05}", "x").tree).holds(EVENT)


def test_a_condition_reads_as_a_sentence() -> None:
    condition = parse({"amount_cny": {">=": 1_000_000}, "region": ["华东", "华南"]})
    titles = {"amount_cny": "金额（元）", "region": "区域"}
    assert condition.describe("zh", titles) == "金额（元） ≥ 1,000,000，区域是华东或华南"
    assert condition.fields == {"amount_cny", "region"}


FAULTS: list[tuple[Any, tuple[Any, ...], str]] = [
    ([], (), "not_a_mapping"),
    ({"any": {}}, ("any",), "no_alternatives"),
    ({"any": []}, ("any",), "no_alternatives"),
    ({"any": [{"x": {}}]}, ("any", 0, "x"), "empty"),
    ({"x": {"~": 1}}, ("x", "~"), "unknown_operator"),
    ({"x": {"exists": 1}}, ("x", "exists"), "not_true_or_false"),
    ({"x": {"in": "a"}}, ("x", "in"), "not_a_list"),
    ({"x": []}, ("x",), "not_a_list"),
    ({"x": {">": True}}, ("x", ">"), "not_comparable"),
    ({"x": {"!=": None}}, ("x", "!="), "not_a_value"),
    ({"x": {"=": [1]}}, ("x", "="), "not_a_value"),
    ({"any": [{"any": [{"any": [{"any": [{"any": [{"any": [{}]}]}]}]}]}]}, ("any", 0) * 6, "too_deep"),
]


@pytest.mark.parametrize(
    ("tree", "at", "problem"), FAULTS, ids=[problem + str(n) for n, (_, _, problem) in enumerate(FAULTS)]
)
def test_what_can_not_be_read_is_said_with_its_place(tree: Any, at: tuple[Any, ...], problem: str) -> None:
    with pytest.raises(BadCondition) as caught:
        parse(tree)
    assert (caught.value.at, caught.value.problem) == (at, problem)
    assert "where" in caught.value.sentence("zh")
    assert "where" in caught.value.sentence("en")


def test_keys_are_the_types_own_without_what_is_missing() -> None:
    type_ = load_catalog().types["order.confirmed"]
    assert keys.of(type_, EVENT) == {"order_no": "SO1"}
