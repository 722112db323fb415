"""B2: suggestions for unmapped fields, from names, types and values; precision and recall on files that are hidden."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from config.sample_company.generate import generate
from knowledge.mapping.definition import parse
from knowledge.mapping.entities import load_entities
from knowledge.mapping.fields import reader
from knowledge.mapping.suggest import Known, Suggestion, columns_of, suggest

ZONE, TODAY = ZoneInfo("Asia/Shanghai"), date(2026, 3, 2)
SOURCES = sorted(Path("config/sample_company/sources").glob("*.yaml"))
# How other systems call the fields of a lead and a payment: written after the headers of config/entities, and not
# put into them. Business field -> (header, some values).
ELSEWHERE: Mapping[str, Mapping[str, tuple[str, Sequence[Any]]]] = {
    "lead": {
        "id": ("Lead No", ["00Q1x1", "00Q1x2"]),
        "company": ("Company / Account", ["苏州恒锐精密有限公司", "Ruize Machinery Ltd"]),
        "contact": ("Contact Person", ["周丽", "Ann"]),
        "mobile": ("Handset", ["19900001111", "+86 19900002222"]),
        "email": ("Mail Address", ["a@b.example", "c@d.example"]),
        "industry": ("Industry Segment", ["新能源", "电梯"]),
        "channel": ("Original Source", ["搜索", "展会扫码"]),
        "created_at": ("Create Date", ["2026-01-05 10:00", "2026-02-01 09:00"]),
    },
    "payment": {
        "id": ("shoukuandanhao", ["SK1", "SK2"]),
        "contract_id": ("hetongbianhao", ["HT-1", "HT-2"]),
        "paid": ("到账日", ["13/01/2026", "25/02/2026"]),
        "amount": ("实收金额(万元)", ["12.5", "3"]),
        "customer_name": ("付款单位名称", ["苏州恒锐精密有限公司", "无锡泓达机械有限公司"]),
    },
}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """The rows of the sample company's sources that are plain to read here, by entity."""
    folder = tmp_path_factory.mktemp("sample")
    generate(folder, today=TODAY)
    ledger = sqlite3.connect(":memory:")
    ledger.executescript((folder / "finance/payments.sql").read_text(encoding="utf-8"))
    ledger.row_factory = sqlite3.Row
    return {
        "campaign": json.loads((folder / "marketing/campaigns.json").read_text(encoding="utf-8"))["campaigns"],
        "touch": _table(folder / "marketing/touches.csv", "utf-8"),
        "lead": _table(folder / "marketing/leads.csv", "utf-8"),
        "deal": _table(folder / "crm/opportunities.csv", "gbk"),
        "customer": _table(folder / "crm/customers.csv", "gbk"),
        "payment": [dict(row) for row in ledger.execute("SELECT * FROM payments")],
        "ticket": [
            json.loads(line) for line in (folder / "service/tickets.json").read_text(encoding="utf-8").splitlines()
        ],
    }


def _table(path: Path, encoding: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding=encoding))))


def test_the_samples_fields_are_found(sample: Mapping[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    """Every mapping of the sample's sources is hidden and found again; with other names, what is found is right."""
    named, hidden = [0, 0, 0], [0, 0, 0]  # right, found, all
    for path in SOURCES:
        definition = parse(path.read_text(encoding="utf-8"), path.name)
        if definition.entity not in sample:
            continue
        gold = {name: rule.sources[0] for name, rule in definition.fields.items()}
        columns = columns_of(sample[definition.entity])
        _count(named, _suggested(definition.entity, columns, Known()), gold)
        known = Known({name: _ids(rows, name) for name, rows in sample.items()})
        masks = {column: f"f{number}" for number, column in enumerate(columns)}
        masked = {masks[column]: values for column, values in columns.items()}
        _count(hidden, _suggested(definition.entity, masked, known), {name: masks[one] for name, one in gold.items()})
    with capsys.disabled():
        for title, (right, found, all_) in (("by names and values", named), ("by values alone", hidden)):
            print(f"\nsuggestions {title}: precision {right / found:.2f}, recall {right / all_:.2f}, n={all_}")  # noqa: T201 - asked for
    assert named[0] == named[1], "nothing wrong"
    assert named[0] / named[2] > 0.95
    assert hidden[0] / hidden[1] > 0.9


def _ids(rows: Sequence[Mapping[str, Any]], entity: str) -> frozenset[str]:
    text = next(
        path.read_text(encoding="utf-8") for path in SOURCES if f"to: {entity}\n" in path.read_text(encoding="utf-8")
    )
    read = reader(parse(text, "x").key[0])
    return frozenset(str(read(row)) for row in rows)


def _suggested(entity: str, columns: Mapping[str, Sequence[Any]], known: Known) -> list[Suggestion]:
    return suggest(columns, load_entities()[entity], known, ZONE, TODAY)


def _count(counts: list[int], found: Sequence[Suggestion], gold: Mapping[str, str]) -> None:
    counts[0] += sum(gold.get(one.field) == one.source for one in found)
    counts[1] += len(found)
    counts[2] += len(gold)


@pytest.mark.parametrize("entity", ELSEWHERE)
def test_headers_of_other_systems(entity: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Names that nobody listed; of the certain ones none is wrong."""
    gold = {name: header for name, (header, _) in ELSEWHERE[entity].items()}
    found = _suggested(
        entity, dict(ELSEWHERE[entity].values()), Known(values={"channel": frozenset({"搜索", "展会扫码"})})
    )
    right = {one.field: one for one in found if gold.get(one.field) == one.source}
    with capsys.disabled():
        print(f"\n{entity} elsewhere: {len(right)} of {len(found)} suggestions right, {len(gold)} fields")  # noqa: T201 - asked for
    assert len(right) / len(gold) >= 0.75
    assert all(one.field in right for one in found if one.certain)


def test_units_formats_and_reasons_come_along() -> None:
    found = {one.field: one for one in _suggested("payment", dict(ELSEWHERE["payment"].values()), Known())}
    assert found["amount"].rule.unit == "万元"
    assert found["paid"].rule.format == "%d/%m/%Y"
    assert "pinyin" in found["contract_id"].reasons
    assert all(re.fullmatch(r"[a-z_]+", reason) for one in found.values() for reason in one.reasons)


def test_what_cannot_be_meant_is_not_suggested() -> None:
    """A column called 金额 that holds words; equal columns; nothing at all."""
    assert _suggested("payment", {"金额": ["很多", "一些"]}, Known()) == []
    assert _suggested("payment", {}, Known()) == []
    two = _suggested("payment", {"amount": ["1", "2"], "Amount": ["3", "4"]}, Known())
    assert [one.certain for one in two if one.field == "amount"] == [False], "a person says which of the two"
