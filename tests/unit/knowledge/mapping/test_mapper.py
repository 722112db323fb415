"""B1, B2: rows become records, or are refused with column, value, reason and remedy."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.contracts.sources import RawRow
from config.locales import t
from knowledge.mapping.definition import parse
from knowledge.mapping.entities import load_entities
from knowledge.mapping.mapper import Mapped, Mapper, Refused
from tests.unit.knowledge.mapping.sources import PAYMENTS

TODAY = date(2026, 3, 2)
GOOD = {"receipt_no": "SK1", "contract_no": "HT-1", "amount_cny": "1.5", "kind": "到货款", "paid_date": "2026/03/01"}
TICKETS = """\
source: tickets
from: {kind: file, path: t.json}
to: ticket
fields:
  id: ticket_id
  customer_id: customer.no
  customer_name: {from: [customer.name, customer.branch], join: " · "}
  product: {const: 切割机}
  opened_at: opened
  satisfaction: score
"""


def apply(data: dict[str, Any], text: str = PAYMENTS) -> Mapped | Refused:
    mapper = Mapper(parse(text, "x"), load_entities(), ZoneInfo("Asia/Shanghai"), TODAY)
    return mapper.apply(RawRow(7, data))


def test_a_row_becomes_a_record() -> None:
    found = apply({**GOOD, "exported_at": "2026-03-01 23:30"})
    assert isinstance(found, Mapped)
    assert found.record == {
        "id": "SK1",
        "contract_id": "HT-1",
        "amount": Decimal("15000.00"),
        "kind": "到货款",
        "paid": date(2026, 3, 1),
    }
    assert (found.key, found.record_id, found.fresh_at) == ("SK1", "SK1", datetime(2026, 3, 1, 15, 30, tzinfo=UTC))


def test_an_amount_that_a_rate_makes_too_large_is_refused() -> None:
    refused = apply({**GOOD, "amount_cny": "90000000", "currency": "USD"})
    assert isinstance(refused, Refused)
    assert refused.reasons[0].problem == "too_large"
    nested = PAYMENTS.replace("{from: currency}", "{from: money.code}")
    found = apply({**GOOD, "money": {"code": "USD"}}, nested)
    assert isinstance(found, Mapped)
    assert found.record["amount"] == Decimal("106800.00")


@pytest.mark.parametrize(
    "row",
    [
        {"receipt_no": "合计", "contract_no": "", "amount_cny": "1,234.50", "paid_date": ""},
        {"receipt_no": " 总 计：", "contract_no": "共 3 笔", "amount_cny": "", "paid_date": "-"},
        {**GOOD, "receipt_no": "合计"},
    ],
    ids=["blanks", "spaced", "complete"],
)
def test_a_row_of_totals_has_one_reason(row: dict[str, Any]) -> None:
    """Spreadsheets end with one; as a record it would count everything twice."""
    refused = apply(row)
    assert isinstance(refused, Refused)
    assert [reason.problem for reason in refused.reasons] == ["total_row"]
    assert "合计行" in refused.reasons[0].sentence("zh")


def test_currencies_by_their_column_and_a_missing_rate() -> None:
    found = apply({**GOOD, "currency": "usd"})
    assert isinstance(found, Mapped)
    assert found.record["amount"] == Decimal("106800.00")
    refused = apply({**GOOD, "currency": "EUR"})
    assert isinstance(refused, Refused)
    assert "rates: {EUR: 7.1}" in refused.reasons[0].sentence("en")


@pytest.mark.parametrize(
    ("change", "amount", "note"),
    [
        ({"kind": "退款", "amount_cny": "-1"}, Decimal(-10_000), ()),
        ({"kind": "退款", "amount_cny": "1"}, Decimal(-10_000), ("refund_made_negative",)),
    ],
    ids=["below zero", "above zero"],
)
def test_a_refund_is_below_zero_however_it_is_written(
    change: dict[str, str], amount: Decimal, note: tuple[str, ...]
) -> None:
    found = apply({**GOOD, **change})
    assert isinstance(found, Mapped)
    assert (found.record["amount"], found.record["kind"], found.notes) == (amount, "refund", note)
    assert all(t(f"mapping.note.{one}", lang) for one in note for lang in ("zh", "en"))


def test_below_zero_without_a_kind_is_a_refund() -> None:
    text = PAYMENTS.replace("  kind: {from: kind, words: {退款: refund}}\n", "")
    found = apply({**GOOD, "amount_cny": "-2"}, text)
    assert isinstance(found, Mapped)
    assert (found.record["kind"], found.notes) == ("refund", ("negative_is_refund",))


@pytest.mark.parametrize(
    ("change", "column", "problem"),
    [
        ({"amount_cny": "-1"}, "amount_cny", "negative_but_no_refund"),
        ({"paid_date": "2026/03/03"}, "paid_date", "in_future"),
        ({"paid_date": "2026-03-01"}, "paid_date", "not_the_format"),
        ({"receipt_no": ""}, "receipt_no", "empty"),
        ({"receipt_no": None}, "receipt_no", "empty"),
        ({"amount_cny": {"a": 1}}, "amount_cny", "nested"),
        ({"contract_no": "HT 1"}, "contract_no", "not_an_id"),
    ],
    ids=str,
)
def test_refused_with_column_value_and_remedy(change: dict[str, Any], column: str, problem: str) -> None:
    found = apply({**GOOD, **change})
    assert isinstance(found, Refused)
    assert (found.reasons[0].column, found.reasons[0].problem) == (column, problem)
    for lang in ("zh", "en"):
        assert column in found.reasons[0].sentence(lang)


def test_every_fault_of_a_row_is_named_at_once() -> None:
    found = apply({"receipt_no": "SK1", "contract_no": "a b", "amount_cny": "x", "kind": "", "paid_date": "?!"})
    assert isinstance(found, Refused)
    assert [reason.column for reason in found.reasons] == ["contract_no", "amount_cny", "paid_date"]


def test_nested_joined_constant_and_absent_fields() -> None:
    found = apply(
        {"ticket_id": 1.0, "customer": {"no": "C1", "name": "恒锐", "branch": ""}, "opened": 1772323200000}, TICKETS
    )
    assert isinstance(found, Mapped)
    assert found.record == {
        "id": "1",
        "customer_id": "C1",
        "customer_name": "恒锐",
        "product": "切割机",
        "opened_at": datetime(2026, 3, 1, tzinfo=UTC),
    }, "satisfaction isn't there: what is kept of it stays"
    assert isinstance(apply({"ticket_id": "1", "score": 6}, TICKETS), Refused)


def test_a_row_without_an_id_of_its_own_is_known_by_its_key() -> None:
    head = "source: ads\nfrom: {kind: file, path: a.csv}\nto: spend\nkey: [day, channel]\n"
    text = f"{head}fields: {{day: day, channel: channel, amount: cost}}"
    found = apply({"day": "2026-03-01", "channel": "搜索", "cost": "-12.345"}, text)
    assert isinstance(found, Mapped)
    assert found.record_id == 'ads:["2026-03-01", "搜索"]'
    assert found.record["amount"] == Decimal("-12.34")
    missing = apply({"day": "2026-03-01", "channel": "", "cost": 1}, text)
    assert isinstance(missing, Refused)


def test_a_row_that_could_not_be_split_keeps_its_reason() -> None:
    mapper = Mapper(parse(PAYMENTS, "x"), load_entities(), ZoneInfo("Asia/Shanghai"), TODAY)
    found = mapper.apply(RawRow(3, {"receipt_no": "SK9"}, "unreadable"))
    assert isinstance(found, Refused)
    assert (found.key, found.reasons[0].problem) == ("SK9", "unreadable")
