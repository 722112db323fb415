"""B2: one readable file per source; every fault with its line and what to do."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from knowledge.lines import read_lines
from knowledge.mapping.definition import parse
from knowledge.mapping.entities import load_entities
from knowledge.mapping.faults import BadDefinition
from knowledge.mapping.rendering import render
from knowledge.mapping.rule import FieldRule
from storage.repositories.loop_kept import KINDS
from storage.repositories.loop_links import LINKS
from storage.upsert import table_of
from tests.unit.knowledge.mapping.sources import PAYMENTS


def test_a_definition_says_everything() -> None:
    found = parse(PAYMENTS, "payments.yaml")
    assert (found.source, found.entity, found.system, found.key) == (
        "finance_payments",
        "payment",
        "finance",
        ("receipt_no",),
    )
    assert found.every_seconds == 3600
    assert found.fresh is not None
    assert found.fresh.red_seconds == 172_800
    assert found.rates == {"USD": Decimal("7.12")}
    assert found.origin.options["url"] == "${finance_db}"
    assert found.fields["amount"] == FieldRule(("amount_cny",), unit="万元", currency_from="currency")
    assert found.fields["kind"].words == {"退款": "refund"}
    assert found.columns == (
        "receipt_no",
        "contract_no",
        "amount_cny",
        "kind",
        "paid_date",
        "currency",
        "exported_at",
    )
    assert render(found) == PAYMENTS


def test_what_is_written_reads_the_same() -> None:
    found = parse(PAYMENTS, "payments.yaml")
    assert parse(render(replace(found, text="")), "again") == found


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("to: payment", "to: money", 9, "payment"),
        ("  amount:", "  amonut:", 14, "amount"),
        ("unit: 万元", "unit: 打", 14, "万元"),
        ("every: 1h", "every: soon", 6, "30m"),
        ("rates: {USD: 7.12}", "rates: {USD: 0}", 10, "7.12"),
        ("  id: receipt_no", "  # nothing", 11, "id"),
        ("  contract_id: contract_no", "  contract_id: {from: contract_no, unit: 元}", 13, "unit"),
        ("  contract_id: contract_no", "  id: contract_no", 13, "id"),
        ("source: finance_payments", "source: Finance-Payments", 1, "finance_payments"),
        ("system: finance", "system: [", 5, "YAML"),
        ("yellow: 24h, red: 48h", "yellow: 48h, red: 24h", 7, "yellow"),
        ("kind: {from: kind, words: {退款: refund}}", "kind: {words: {退款: refund}}", 15, "kind"),
        ("kind: database", "kind: databse", 5, "database"),
    ],
    ids=[
        "entity",
        "field",
        "unit",
        "span",
        "rate",
        "required",
        "option",
        "twice",
        "slug",
        "yaml",
        "lights",
        "no source",
        "kind",
    ],
)
def test_every_fault_names_its_line_and_a_remedy(old: str, new: str, line: int, words: str) -> None:
    assert old in PAYMENTS
    with pytest.raises(BadDefinition) as caught:
        parse(PAYMENTS.replace(old, new), "p.yaml")
    assert line in {fault.line for fault in caught.value.faults}, caught.value.sentence()
    for lang in ("zh", "en"):
        assert words in caught.value.sentence(lang)
        assert f"p.yaml:{line}:" in caught.value.sentence(lang)


@pytest.mark.parametrize(
    "text",
    ["", "- a", "a", "{", "to: payment", "to: payment\nfrom: 3\nfields: [1]", "fields: {id: {from: {a: 1}}}"],
    ids=str,
)
def test_anything_else_is_refused_too(text: str) -> None:
    with pytest.raises(BadDefinition):
        parse(text, "p.yaml")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("unit: 万元", "unit: [a]"),
        ("rates: {USD: 7.12}", "rates: {USD: .nan}"),
        ("rates: {USD: 7.12}", "rates: 5"),
        ("currency: {from: currency}", "currency: [1, 2]"),
        ("kind: {from: kind, words: {退款: refund}}", "kind: {const: 2026-13-45}"),
        ("kind: {from: kind, words: {退款: refund}}", "kind: {const: !!python/object:os.x 1}"),
        ("kind: {from: kind, words: {退款: refund}}", "kind: &a {const: *a}"),
    ],
    ids=["unit", "nan", "rates", "currency", "day", "tag", "itself"],
)
def test_nothing_that_is_written_breaks_the_page(old: str, new: str) -> None:
    """Whatever stands there is a fault with its line, never a program's error."""
    text = PAYMENTS.replace(old, new)
    assert text != PAYMENTS
    with pytest.raises(BadDefinition) as caught:
        parse(text, "p.yaml")
    assert caught.value.sentence("zh")


def test_a_few_lines_that_say_millions() -> None:
    """Aliases of aliases: refused before they fill the memory."""
    layers = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9))
    with pytest.raises(BadDefinition):
        parse(f"a0: &a0 [x]\n{layers}\n{PAYMENTS}", "p.yaml")


def test_entities_are_as_their_tables() -> None:
    """Every field has its column, every link its table: neither list can be forgotten."""
    for name, entity in load_entities().items():
        table = table_of(KINDS[name])
        columns = {column.name.removesuffix("_fen") for column in table.c}
        assert set(entity.fields) <= columns, name
        links = {field for field, one in entity.fields.items() if one.links}
        assert links == set(LINKS) & columns, name
        for field, one in entity.fields.items():
            target = "people" if one.links == "person" else table_of(KINDS[one.links]).name if one.links else ""
            assert not target or table_of(LINKS[field]).name == target
            assert one.named("zh") != one.named("en")


def test_a_column_called_no_is_not_a_truth_value() -> None:
    """YAML 1.1 would make False of it; true and false stay what they are."""
    tree = read_lines("key: no\nfields: {id: on, name: Yes}\nworking_days: true\n", "a.yaml").tree
    assert tree == {"key": "no", "fields": {"id": "on", "name": "Yes"}, "working_days": True}


def test_a_tab_is_called_a_tab() -> None:
    with pytest.raises(BadDefinition) as raised:
        parse("source: a\nfields:\n\tid: x\n", "a.yaml")
    assert [(fault.line, fault.problem) for fault in raised.value.faults] == [(3, "tab")]
