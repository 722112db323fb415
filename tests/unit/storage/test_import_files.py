"""Files as CRMs and people really export them: wrong names, titles above the header, formulas, damage."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook

from bot.contracts import Role
from storage.database import Database
from storage.imports.customers import import_customers
from storage.imports.report import ImportRefused, ImportReport
from storage.repositories.people import PersonRecord

HEADER = ("客户编号", "客户名称", "行业", "年采购额(万元)", "负责人工号")
HONG = ("C1", "苏州泓达机械有限公司", "家电", 120, "E1001")
YAO = ("C2", "无锡曜源电梯部件有限公司", "电梯", 90, "E1001")


@pytest.fixture
async def house(sqlite_url: str) -> AsyncIterator[Database]:
    """A database with one owner."""
    database = Database(sqlite_url)
    database.migrate()
    await database.write(lambda store: store.people.upsert_all([PersonRecord("E1001", "张敏", Role.REP)]))
    yield database
    database.close()


def book(path: Path, *rows: Sequence[object]) -> Path:
    workbook = Workbook()
    for row in rows:
        workbook.active.append(list(row))  # type: ignore[union-attr]  # a new workbook has a sheet
    workbook.save(path)
    return path


async def test_a_workbook_with_the_ending_of_an_old_one(house: Database, tmp_path: Path) -> None:
    """What is inside counts, not the name."""
    for name in ("cust.xls", "cust.csv", "cust"):
        report = await import_customers(house, book(tmp_path / "a.xlsx", HEADER, HONG).rename(tmp_path / name))
        assert (report.added + report.unchanged, report.rejected) == (1, [])


async def test_a_csv_with_the_ending_of_a_workbook(house: Database, tmp_path: Path) -> None:
    (tmp_path / "cust.xlsx").write_text(f"{','.join(HEADER)}\nC1,泓达,,,E1001\n", encoding="gb18030")
    assert (await import_customers(house, tmp_path / "cust.xlsx")).added == 1


TITLES = [("客户名单", None, None), (), ("导出时间：2026-11-23", "导出人：张敏")]


@pytest.mark.parametrize("separator", ["", ",", ";", "\t"], ids=["xlsx", "comma", "semicolon", "tab"])
async def test_a_title_above_the_header(house: Database, tmp_path: Path, separator: str) -> None:
    """The header is found, and which row was taken is said; bad rows keep their numbers in the file."""
    rows: list[Sequence[object]] = [*TITLES, HEADER, HONG, ("C2", None, "电梯", 90, "E1001")]
    if separator:
        lines = [separator.join("" if cell is None else str(cell) for cell in row) for row in rows]
        path = tmp_path / "customers.csv"
        path.write_text("\n".join(lines), encoding="utf-8")
    else:
        path = book(tmp_path / "customers.xlsx", *rows)
    report = await import_customers(house, path)
    assert report.added == 1
    assert [(row.line, row.faults[0].column, row.faults[0].problem) for row in report.rejected] == [
        (6, "客户名称", "empty")
    ]
    assert report.sentence("zh").endswith("未导入 1。 表头取自第 4 行。")
    assert report.sentence("en").endswith("The header was found in row 4.")


async def test_a_header_in_the_first_row_is_not_remarked(house: Database, tmp_path: Path) -> None:
    report = await import_customers(house, book(tmp_path / "a.xlsx", HEADER, HONG))
    assert report.sentence("zh") == "客户：新增 1，更新 0，未变 0，未导入 0。"


async def test_the_row_most_like_a_header_is_named_when_columns_are_missing(house: Database, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused) as refused:
        await import_customers(house, book(tmp_path / "a.xlsx", ("客户名单",), HEADER[:3], HONG[:3]))
    assert "负责人工号" in refused.value.sentence("zh").split("找到的列")[0]
    assert "客户编号、客户名称、行业" in refused.value.sentence("zh")


async def test_a_header_below_the_tenth_row_is_not_looked_for(house: Database, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="客户编号"):
        await import_customers(house, book(tmp_path / "a.xlsx", *[("说明",)] * 10, HEADER, HONG))


async def test_a_formula_without_its_result_is_named(house: Database, tmp_path: Path) -> None:
    """A workbook that a program wrote has no results; such a cell is not silently empty."""
    report = await import_customers(house, book(tmp_path / "a.xlsx", HEADER, HONG, (*YAO[:3], "=30*3", "E1001")))
    assert report.added == 1
    [row] = report.rejected
    assert (row.line, row.faults[0].value, row.faults[0].problem) == (3, "=30*3", "formula")
    assert "没有计算结果的公式" in row.sentence("zh")


async def test_an_id_written_as_text_formula(house: Database, tmp_path: Path) -> None:
    """="0012" in a CSV file keeps Excel from dropping the zeros."""
    (tmp_path / "a.csv").write_text(f'{",".join(HEADER)}\n"=""0012""",泓达,,12,E1001\n', encoding="utf-8")
    assert (await import_customers(house, tmp_path / "a.csv")).added == 1
    customer = await house.read(lambda store: store.customers.get("0012"))
    assert customer is not None
    assert customer.annual_amount == Decimal(120_000)


async def test_a_workbook_with_a_password_is_said_so(house: Database, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(5000) + "EncryptedPackage".encode("utf-16-le") + bytes(100))
    with pytest.raises(ImportRefused) as refused:
        await import_customers(house, path)
    assert refused.value.problem == "locked"


async def test_no_number_is_too_large_to_be_named(house: Database, tmp_path: Path) -> None:
    report = await import_customers(house, book(tmp_path / "a.xlsx", HEADER, (*HONG[:3], "1e999999", "E1001")))
    assert report.rejected[0].faults[0].problem == "not_a_number"


async def test_whatever_is_damaged_is_refused_in_a_sentence(house: Database, tmp_path: Path) -> None:
    """No error of openpyxl, zipfile or csv reaches the operator: cut off, or bytes changed at random."""
    good = book(tmp_path / "good.xlsx", HEADER, *[(f"C{n}", *HONG[1:]) for n in range(30)]).read_bytes()
    dice, path, refused = random.Random(7), tmp_path / "bad.xlsx", 0
    for turn in range(60):
        bad = bytearray(good[: dice.randrange(4, len(good))] if turn % 3 == 0 else good)
        for _ in range(turn % 3 * 8):
            bad[dice.randrange(4, len(bad))] = dice.randrange(256)
        path.write_bytes(bad)
        try:
            result: ImportReport | ImportRefused = await import_customers(house, path)
        except ImportRefused as error:
            result, refused = error, refused + 1
        assert result.sentence("zh")
    assert refused > 20
