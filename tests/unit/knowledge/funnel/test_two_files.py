"""B11: leads and won deals in two files, counted by hand beside it."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest

from knowledge.funnel.as_json import as_json, dumps
from knowledge.funnel.cells import amount, moments
from knowledge.funnel.columns import Question
from knowledge.funnel.faults import FunnelRefused
from knowledge.funnel.result import Funnel
from knowledge.funnel.two_files import count_files

ZONE, TODAY = ZoneInfo("Asia/Shanghai"), date(2026, 7, 15)
LEADS = """线索编号,创建时间,来源渠道,大区
L1,2026-01-05,搜索,华东
L2,2026-01-06,搜索,华南
L3,2026-02-01,unknown,华东
L4,2026-02-02,,华东
L5,2026-02-03 09:00,展会扫码,华北
L5,2026-02-01 09:00,搜索,华北
,2026-02-04,展会扫码,华北
L7,2027-01-01,展会扫码,华北
"""
WON = """线索编号,赢单日期,金额
L1,2026-03-01,0.1
L2,2026-01-01,0.2
L3,2026-03-02,"1,000.05"
L3,2026-03-02,"1,000.05"
L3,2026-04-02,-200
L5,2026-05-01,十块
L9,2026-05-01,7
,2026-05-01,3
L4,2026-05-01,
"""


def files(folder: Path, leads: str = LEADS, won: str = WON, encoding: str = "utf-8") -> tuple[Path, Path]:
    first, second = folder / "leads.csv", folder / "won.csv"
    first.write_text(leads, encoding=encoding)
    second.write_text(won, encoding=encoding)
    return first, second


def counted(folder: Path, by: tuple[str, ...] = ("来源渠道",), *, encoding: str = "utf-8") -> Funnel:
    return count_files(*files(folder, encoding=encoding), Question("线索编号", by, "金额"), TODAY, ZONE)


def test_every_number_is_the_one_counted_by_hand(tmp_path: Path) -> None:
    found = counted(tmp_path)
    groups = {one.names[0]: (one.count.leads, one.count.won, one.count.value) for one in found.groups}
    assert groups == {
        "搜索": (2, 2, Decimal("0.30")),
        "展会扫码": (3, 1, Decimal(0)),
        "unknown": (1, 1, Decimal("800.05")),
        "": (1, 1, Decimal(0)),
    }
    assert (found.total.leads, found.total.won, found.total.value) == (7, 5, Decimal("800.35"))
    assert (found.orphans.won, found.orphans.value) == (1, Decimal(7))
    assert (found.unknown.leads, found.missing.leads) == (2, 1)


def test_every_row_is_counted_or_named(tmp_path: Path) -> None:
    found = counted(tmp_path)
    flags = {(one.kind, one.file): (one.count, [row["line"] for row in one.rows]) for one in found.flags}
    assert flags == {
        ("won_before_lead", "won"): (1, [3]),
        ("in_the_future", "leads"): (1, [9]),
        ("value_negative", "won"): (1, [6]),
        ("value_not_a_number", "won"): (1, [7]),
        ("value_missing", "won"): (1, [10]),
        ("lead_repeated", "leads"): (1, [7]),
        ("lead_in_two_groups", "leads"): (1, [7]),
        ("lead_without_key", "leads"): (1, [8]),
        ("won_row_twice", "won"): (1, [5]),
        ("won_again", "won"): (1, [6]),
        ("won_without_lead", "won"): (1, [8]),
        ("won_without_key", "won"): (1, [9]),
    }
    times = {one.kind: one.count for one in found.flags}
    assert found.lead_rows == found.total.leads + times["lead_repeated"]
    rest = ("won_again", "won_row_twice", "won_without_lead", "won_without_key")
    assert found.won_rows == found.total.won + sum(times[kind] for kind in rest)
    assert {one.kind for one in found.flags if one.impossible} >= {"won_before_lead", "in_the_future", "value_negative"}


def test_combinations_add_up_to_the_same_total(tmp_path: Path) -> None:
    one, two = counted(tmp_path), counted(tmp_path, ("来源渠道", "大区"))
    assert one.total == two.total
    assert ("展会扫码", "华北") in {group.names for group in two.groups}
    assert two.missing == one.missing


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk", "utf-16", "utf-16-le"])
def test_encodings_give_the_same_numbers(tmp_path: Path, encoding: str) -> None:
    assert counted(tmp_path, encoding=encoding).groups == counted(tmp_path).groups


@pytest.mark.parametrize("separator", [";", "\t", "|"], ids=["semicolon", "tab", "bar"])
def test_separators_and_a_title_above(tmp_path: Path, separator: str) -> None:
    plain = WON.replace('"1,000.05"', "1000.05")
    first, second = files(tmp_path, "线索表\n\n" + LEADS.replace(",", separator), plain.replace(",", separator))
    found = count_files(first, second, Question("线索编号", ("来源渠道",), "金额"), TODAY, ZONE)
    assert found.total == counted(tmp_path).total
    assert found.flags[0].rows[0]["line"] == 3


def test_excel_and_parquet_give_the_same_numbers(tmp_path: Path) -> None:
    import csv

    import duckdb
    from openpyxl import Workbook

    book, rows = Workbook(), list(csv.reader(LEADS.splitlines()))
    for row in rows:
        book.active.append([cell or None for cell in row])  # type: ignore[union-attr]  # a new book has a sheet
    book.save(tmp_path / "leads.xlsx")
    _, won = files(tmp_path)
    with duckdb.connect() as db:
        db.read_csv(str(won), all_varchar=True).write_parquet(str(tmp_path / "won.parquet"))
    question = Question("线索编号", ("来源渠道",), "金额")
    found = count_files(tmp_path / "leads.xlsx", tmp_path / "won.parquet", question, TODAY, ZONE)
    assert found.groups == counted(tmp_path).groups


def test_json_is_exact_and_its_shares_are_whole(tmp_path: Path) -> None:
    first, second = files(tmp_path, "k,g\n1,a\n2,b\n3,\n", "k,v\n1,12345678901234567.89\n2,0.11\n")
    text = dumps(count_files(first, second, Question("k", ("g",), "v"), TODAY, ZONE))
    assert '"value": 12345678901234568' in text
    document = json.loads(text, parse_float=Decimal)
    assert document["total"]["value"] == Decimal("12345678901234568.00")
    assert [one["group"] for one in document["groups"]] == ["未知", "a", "b"]
    assert abs(sum(one["share_of_leads"] for one in document["groups"]) - 1) < Decimal("1e-12")
    assert document["unknown"]["missing"]["leads"] == 1
    assert document["groups"][0]["by"] == {"g": None}


def test_a_group_that_the_file_calls_unknown_is_not_the_empty_one(tmp_path: Path) -> None:
    first, second = files(tmp_path, "k,g\n1,未知\n2,\n", "k\n1\n")
    document = as_json(count_files(first, second, Question("k", ("g",)), TODAY, ZONE))
    assert {one["group"]: one["leads"] for one in document["groups"]} == {"未知": 1, "未知（空）": 1}
    assert document["total"]["value"] is None
    assert document["unknown"]["leads"] == 2


def test_keys_that_a_spreadsheet_changed_still_meet(tmp_path: Path) -> None:
    first, second = files(tmp_path, "k,g\n1001,a\n1002,b\n", "k\n1001.0\n")
    found = count_files(first, second, Question("k", ("g",)), TODAY, ZONE)
    assert (found.total.won, found.loose_keys) == (1, True)


@pytest.mark.parametrize(
    ("leads", "won", "problem"),
    [
        ("", WON, "empty"),
        (LEADS, "  \n", "empty"),
        ("线索号,来源渠道\n1,a\n", WON, "no_column"),
        ("线索编号,来源渠道,来源渠道\n1,a,b\n", WON, "column_twice"),
        (LEADS.replace("大区", "金额"), "线索编号,赢单日期\nL1,2026-03-01\n", "value_in_leads"),
    ],
    ids=["empty", "blank", "no column", "column twice", "value in leads"],
)
def test_what_cannot_be_counted_says_what_to_do(tmp_path: Path, leads: str, won: str, problem: str) -> None:
    with pytest.raises(FunnelRefused) as refused:
        count_files(*files(tmp_path, leads, won), Question("线索编号", ("来源渠道",), "金额"), TODAY, ZONE)
    assert refused.value.problem == problem
    assert all(refused.value.sentence(lang) for lang in ("zh", "en"))


def test_near_names_are_offered(tmp_path: Path) -> None:
    with pytest.raises(FunnelRefused, match="来源渠道"):
        count_files(*files(tmp_path), Question("线索编号", ("渠道",)), TODAY, ZONE)


def test_a_header_alone_and_a_cut_off_file(tmp_path: Path) -> None:
    first, second = files(tmp_path, "k,g\n", "k,v\n")
    nothing = count_files(first, second, Question("k", ("g",), "v"), TODAY, ZONE)
    assert (nothing.total.leads, nothing.total.rate, nothing.total.value) == (0, None, Decimal(0))
    first, second = files(tmp_path, 'k,g,h\n1,a,x\n2,b,y\n3,"c', "k,v\n1,5\n2")
    cut = count_files(first, second, Question("k", ("g",), "v"), TODAY, ZONE)
    assert (cut.total.leads, cut.total.won) == (2, 1)
    assert [(one.file, one.count) for one in cut.flags if one.kind == "row_unreadable"] == [("leads", 1), ("won", 1)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234.50", "1234.50"), ("¥80", "80"), ("12.5万", "125000.0"), ("(300)", "-300"), ("1.234,56", "1234.56"),
        ("1,5", "1.5"), ("１２３", "123"), ("1e3", "1000"), ("12,34,567", "1234567"), ("1,23", "1.23"),
        ("NaN", None), ("inf", None), ("abc", None), ("1,2,3", None), ("1e30", None), ("5%", None),
    ],
)  # fmt: skip
def test_amounts_are_read_or_refused(text: str, value: str | None) -> None:
    assert amount(text) == (None if value is None else Decimal(value))


def test_days_are_read_by_what_the_column_shows() -> None:
    us = moments(["3/4/2026", "12/31/2025", "坏", ""], ZONE)
    assert (us.order, us.unreadable) == ("mdy", [2])
    assert us.values[0] is not None
    assert us.values[0].month == 3
    assert moments(["3/4/2026", "31/12/2025"], ZONE).order == "dmy"
    assert moments(["3/4/2026"], ZONE).unreadable == [0]
    plain = moments(["2026年7月1日 9时5分", "20260701", "1782864000000", "46204", "2026-07-01T00:00:00Z"], ZONE)
    assert [str(one)[:16] for one in plain.values] == [
        "2026-07-01 09:05", "2026-07-01 00:00", "2026-07-01 08:00", "2026-07-01 00:00", "2026-07-01 08:00"
    ]  # fmt: skip


def test_an_open_quote_hides_no_row(tmp_path: Path) -> None:
    """Every line that it swallowed is named, not one for all of them."""
    first, second = files(tmp_path, 'k,g\n1,a\n2,"b\n3,a\n4,a\n', "k\n1\n3\n")
    found = count_files(first, second, Question("k", ("g",)), TODAY, ZONE)
    [broken] = [one for one in found.flags if one.kind == "row_unreadable"]
    assert (found.total.leads, broken.count, [row["line"] for row in broken.rows]) == (1, 3, [3, 4, 5])


@pytest.mark.parametrize("seed", range(5))
def test_numbers_are_those_of_a_plain_count(tmp_path: Path, seed: int) -> None:
    """Hundreds of random rows with repeats, gaps and strangers, beside twenty lines of plain Python."""
    dice = Random(seed)
    keys = [str(n) for n in range(60)] + [""]
    leads = [(dice.choice(keys), dice.choice(["a", "b", "c", ""])) for _ in range(150)]
    won = [(dice.choice([*keys, "x", "y"]), f"{dice.randrange(-50, 9999)}.{dice.randrange(10)}") for _ in range(120)]
    group: dict[str, str] = {}
    for key, name in leads:
        if key:
            group.setdefault(key, name)
    names = [*group.values(), *(name for key, name in leads if not key and name)]  # ("", "") is an empty line
    winners = {key for key, _ in won} & set(group)
    values = {name: sum((Decimal(v) for k, v in set(won) if group.get(k) == name), Decimal(0)) for name in "abc"}
    values[""] = sum((Decimal(v) for k, v in set(won) if group.get(k) == ""), Decimal(0))
    expected = {
        name: (names.count(name), sum(group[key] == name for key in winners), values[name]) for name in set(names)
    }
    lines = "\n".join(",".join(row) for row in leads), "\n".join(",".join(row) for row in won)
    first, second = files(tmp_path, f"k,g\n{lines[0]}\n", f"k,v\n{lines[1]}\n")
    found = count_files(first, second, Question("k", ("g",), "v"), TODAY, ZONE)
    assert {one.names[0]: (one.count.leads, one.count.won, one.count.value) for one in found.groups} == expected
