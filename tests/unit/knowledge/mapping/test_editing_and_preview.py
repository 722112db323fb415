"""B2: changes keep people's comments; a preview counts what changes, before it holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.contracts.sources import RawRow
from knowledge.mapping.definition import parse
from knowledge.mapping.editing import difference, with_fields
from knowledge.mapping.entities import load_entities
from knowledge.mapping.mapper import Mapper
from knowledge.mapping.preview import Preview, preview
from knowledge.mapping.rule import FieldRule
from tests.unit.knowledge.mapping.sources import PAYMENTS

TEXT = PAYMENTS.replace("  id: receipt_no", "  # of the receipt\n  id: receipt_no   # unique")
names = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=8).filter(str.strip)
rules = st.builds(FieldRule, sources=st.tuples(names), words=st.dictionaries(names, names, max_size=2))


def test_only_the_changed_lines_change() -> None:
    fields = dict(parse(TEXT, "x").fields)
    assert with_fields(TEXT, fields) == TEXT
    fields["amount"] = replace(fields["amount"], unit="元")
    del fields["kind"]
    fields["region"] = FieldRule(const="a: b")
    new = with_fields(TEXT, fields)
    assert parse(new, "x").fields == fields
    assert [mark for mark, _ in difference(TEXT, new)].count("-") == 2
    assert "# of the receipt\n  id: receipt_no   # unique" in new


def test_fields_in_one_line_are_written_out() -> None:
    text = "source: a\nfrom: {kind: file, path: a}\nto: payment\nfields: {id: a, amount: b}\n# the end\n"
    fields = dict(parse(text, "x").fields) | {"region": FieldRule(("c",))}
    assert parse(with_fields(text, fields), "x").fields == fields
    assert with_fields(text, fields).endswith("# the end\n")


def test_anchors_are_written_out() -> None:
    text = "source: a\nfrom: {kind: file, path: a}\nto: payment\nfields:\n  id: &x a\n  region: *x\n"
    fields = dict(parse(text, "x").fields) | {"region": FieldRule(("c",)), "contract_id": FieldRule(("d",))}
    assert parse(with_fields(text, fields), "x").fields == fields


@given(st.dictionaries(st.sampled_from(("contract_id", "customer_name", "region", "kind")), rules))
def test_whatever_is_chosen_is_read_back(chosen: Mapping[str, FieldRule]) -> None:
    """Names with colons, quotes, # and spaces included."""
    fields = {"id": FieldRule(("receipt_no",)), **chosen}
    assert parse(with_fields(TEXT, fields), "x").fields == fields


def _preview(rows: Sequence[Mapping[str, Any]], kept: Mapping[str, Mapping[str, Any]], most: int = 100) -> Preview:
    entities = load_entities()
    mapper = Mapper(parse(PAYMENTS, "x"), entities, ZoneInfo("Asia/Shanghai"), date(2026, 3, 2))
    came = [RawRow(number, row) for number, row in enumerate(rows, 2)]
    found = dict(kept)
    return preview(
        came, mapper, entities["payment"], lambda ids: {one: found[one] for one in ids if one in found}, most
    )


def test_a_preview_counts_and_sums() -> None:
    rows = [
        {"receipt_no": "1", "amount_cny": "1", "kind": ""},
        {"receipt_no": "2", "amount_cny": "2", "kind": ""},
        {"receipt_no": "3", "amount_cny": "?", "kind": ""},
        {"receipt_no": "4", "amount_cny": "x", "kind": ""},
    ]
    same = {"id": "2", "amount": Decimal(20_000), "kind": ""}
    found = _preview(rows, {"1": {"id": "1", "amount": Decimal(1), "kind": ""}, "2": same})
    assert (found.total, found.new, found.changed, found.refused, found.more) == (4, 0, 1, 2, False)
    assert found.changes == {"amount": 1}
    assert [(one.field, one.before, one.after) for one in found.figures] == [
        ("amount", Decimal(20_001), Decimal("30000.00"))
    ]
    [(reason, count)] = found.worst()
    assert (reason.column, reason.problem, count) == ("amount_cny", "not_money", 2)


def test_a_preview_says_that_there_is_more() -> None:
    rows = [{"receipt_no": str(number), "amount_cny": "1"} for number in range(9)]
    assert (_preview(rows, {}, 5).total, _preview(rows, {}, 5).more) == (5, True)
    assert _preview([], {}).total == 0
