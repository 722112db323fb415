"""C1: the 37 types, each with schemas, history, keys and an example that holds; faults name file, line and remedy."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from bot.contracts.errors import ConfigurationError
from config.sample_company.generate import generate
from knowledge.events import keys
from knowledge.events.catalog import load_catalog
from knowledge.events.mending import read
from knowledge.events.soundness import type_faults
from knowledge.events.types import EventType
from knowledge.events.validation import faults_of

CATALOG = load_catalog()
OUTER = [type_ for type_ in CATALOG if not type_.inner]
NAMED = {
    "order.confirmed": "客户确认订单",
    "credit.limit_changed": "客户信用额度变更",
    "stock.below_safety": "库存低于安全水位",
    "customer.inactive": "30天未登录",
    "store.visited": "顾客进店扫码",
}
"""The requirement calls these five by name."""
TYPE = """
thing.happened:
  title: {zh: 事, en: Thing}
  what: {zh: 有事时, en: when it happens}
  producers: [crm]
  keys: [order_no]
  versions:
    - {number: 1, required: [order_no], optional: [region]}
  example: {order_no: SO1}
"""


def test_there_are_37_types_among_them_those_that_are_called_by_name() -> None:
    assert len(OUTER) == 37
    assert {name: CATALOG.types[name].named() for name in NAMED} == NAMED
    assert len({type_.named() for type_ in OUTER}) == len({type_.named("en") for type_ in OUTER}) == 37


def test_ours_are_sound() -> None:
    """Shown here, so that it needn't be looked at in each start."""
    assert [(type_.name, fault) for type_ in CATALOG for fault in type_faults(type_)] == []


def test_five_types_have_a_history() -> None:
    """C6 is shown on real renames and changes of type, not on additions only."""
    told = [
        "order.confirmed",
        "purchase_order.created",
        "payment.received",
        "credit.limit_changed",
        "stock.below_safety",
    ]
    for name in told:
        versions = CATALOG.types[name].versions
        assert len(versions) >= 2
        assert any(version.renamed for version in versions)
        assert any(version.retyped for version in versions)


@pytest.mark.parametrize("type_", OUTER, ids=lambda type_: type_.name)
def test_each_type_can_be_followed_and_filtered(type_: EventType) -> None:
    """Every key is in its example or may be missing, no field hides an attribute, and the example has no fault."""
    assert faults_of(type_.newest, type_.example) == []
    assert set(type_.keys) <= set(keys.NAMES)
    assert any(name in type_.example for name in type_.keys)
    assert not type_.newest.fields.keys() & {"subject", "type"}


def test_the_sample_companys_events_are_valid_as_they_are(tmp_path: Path) -> None:
    generate(tmp_path, today=date(2026, 3, 2))
    lines = (tmp_path / "erp" / "events.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) > 500
    for line in lines:
        event = json.loads(line)
        found = read(CATALOG.types[event["type"]], event["data"], None)
        assert found.is_good
        assert not found.mended


def _catalog_of(folder: Path, text: str) -> EventType:
    (folder / "things.yaml").write_text(text, encoding="utf-8")
    return load_catalog(folder).types["thing.happened"]


def test_a_companys_own_folder_adds_types_and_fields(tmp_path: Path) -> None:
    (tmp_path / "fields.yaml").write_text("colour: {zh: 颜色, en: Colour, is: one_of, of: [red, blue]}", "utf-8")
    type_ = _catalog_of(tmp_path, TYPE.replace("[region]", "[region, colour]"))
    assert type_.field_named("colour") == "颜色"
    assert type_.field_named("colour", "en") == "Colour"
    assert [fault.problem for fault in faults_of(type_.newest, {"order_no": "SO1", "colour": "green"})] == ["choice"]
    assert "order.confirmed" in load_catalog(tmp_path).types


def test_a_schema_may_be_given_whole(tmp_path: Path) -> None:
    schema = "schema: {type: object, required: [order_no], properties: {order_no: {type: string, title: 单}}}"
    type_ = _catalog_of(tmp_path, TYPE.replace("required: [order_no], optional: [region]", schema))
    assert type_.field_named("order_no") == "单"


HISTORY = "required: [order_no], optional: [region]}\n    - {number: 2, required: [order_no], "
FAULTS = {
    "no mapping": ("- nothing", "things.yaml:1: not a mapping"),
    "a word twice": (TYPE.replace("  keys", "  producers: [erp]\n  keys"), "'producers' stands twice"),
    "unknown producer": (
        TYPE.replace("[crm]", "[moon]"),
        "things.yaml:5: thing.happened: producers.0: Input should be",
    ),
    "unknown option": (TYPE.replace("  example", "  sample"), "Field required"),
    "unknown field": (TYPE.replace("[region]", "[moon]"), "things.yaml:8: thing.happened: there is no field 'moon'"),
    "unknown key": (
        TYPE.replace("keys: [order_no]", "keys: [region]"),
        "things.yaml:6: thing.happened: there is no key",
    ),
    "key without field": (TYPE.replace("keys: [order_no]", "keys: [sku]"), "the newest version has no field sku"),
    "bad name": (TYPE.replace("thing.happened", "Thing"), "call it thing.happened"),
    "bad example": (TYPE.replace("SO1", "5"), 'things.yaml:9: thing.happened: "Order number" (order_no) has the wrong'),
    "numbers": (TYPE.replace("number: 1", "number: 3"), "number versions 1, 2, 3"),
    "no schema": (TYPE.replace("required: [order_no], optional: [region]", "schema: {type: 5}"), "no JSON Schema"),
    "history of the first": (TYPE.replace("[region]}", "[region], added: {region: x}}"), "nothing to differ from"),
    "silently gone": (
        TYPE.replace("required: [order_no], optional: [region]}", HISTORY + "optional: []}"),
        "region: name",
    ),
    "needed without default": (
        TYPE.replace("required: [order_no], optional: [region]}", HISTORY + "optional: [region]}").replace(
            "{number: 2, required: [order_no]", "{number: 2, required: [order_no, item]"
        ),
        "item is new and required",
    ),
    "unit without name": (
        TYPE.replace(
            "optional: [region]}",
            "optional: [amount_cny]}\n    - {number: 2, required: [order_no], optional: [amount_cny], "
            "retyped: {amount_cny: {from: number, to: number, factor: 10000}}}",
        ),
        "a change of unit needs a new name",
    ),
}


@pytest.mark.parametrize(("text", "said"), FAULTS.values(), ids=FAULTS)
def test_a_fault_names_file_line_and_remedy(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        _catalog_of(tmp_path, text)
    assert said in str(caught.value)
    assert str(caught.value).endswith("Compare it with docs/events.md.")


def test_a_missing_folder_is_said() -> None:
    with pytest.raises(ConfigurationError, match=r"Correct events\.types"):
        load_catalog(Path("nowhere"))
