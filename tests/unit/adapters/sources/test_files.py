"""B1: files in whatever form they come; those that aren't finished wait, those outside the folders stay unread."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from openpyxl import Workbook
from pydantic import SecretStr

from adapters.sources.adapter import Limits, SourceReaders
from adapters.sources.secrets import Secrets
from bot.contracts.errors import SourceRefused, SourceUnavailable
from bot.contracts.sources import Batch, Origin, RawRow
from storage.imports.files import ImportedTables

CSV = "编号,名称,金额\nA1,甲,1\nA2,乙,2\nA3,丙,3\n"


def readers(folder: Path, **limits: object) -> SourceReaders:
    """Of one folder, two rows at a time."""
    settled = {"batch_rows": 2, "settle_seconds": 0, **limits}
    return SourceReaders([folder], ImportedTables(1_000_000), {"word": SecretStr("geheim1")}, Limits(**settled))  # type: ignore[arg-type]  # the tests name real limits


def origin(kind: str = "file", **options: object) -> Origin:
    """With what the flow adds: the columns that a mapping reads."""
    return Origin(kind, {"expects": ("编号", "金额"), **options})


def all_rows(batches: list[Batch]) -> list[RawRow]:
    """Of all batches."""
    return [row for batch in batches for row in batch.rows]


def read(folder: Path, source: Origin, position: object = None) -> list[Batch]:
    """Everything, and where it ended."""
    return list(readers(folder).read(source, position))


@pytest.mark.parametrize(
    ("encoding", "separator"),
    [
        ("utf-8", ","),
        ("utf-8-sig", ";"),
        ("gbk", "\t"),
        ("gb18030", "|"),
        ("utf-16", ","),
        ("utf-16-le", "\t"),
        ("big5", ","),
    ],
)
def test_encodings_and_delimiters_are_found(tmp_path: Path, encoding: str, separator: str) -> None:
    """The same rows, however they are written."""
    text = CSV.replace("丙", "中文字符測試").replace(",", separator).replace("\n", "\r\n")
    text = text.replace("编号,名称,金额", "編號,名稱,金額") if encoding == "big5" else text
    (tmp_path / "a.csv").write_bytes(text.encode(encoding))
    expected = ("編號", "金額") if encoding == "big5" else ("编号", "金额")
    source = Origin("file", {"path": "a.csv", "expects": expected})
    rows = all_rows(read(tmp_path, source))
    assert [list(row.data.values()) for row in rows] == [
        ["A1", "甲", "1"],
        ["A2", "乙", "2"],
        ["A3", "中文字符測試", "3"],
    ]
    assert [row.line for row in rows] == [2, 3, 4]


def test_western_letters_are_not_taken_for_chinese(tmp_path: Path) -> None:
    """Windows-1252, as Excel writes it in Europe."""
    (tmp_path / "a.csv").write_bytes("id;name\n1;Müller\n2;Café Été\n".encode("cp1252"))
    rows = all_rows(read(tmp_path, Origin("file", {"path": "a.csv", "expects": ("id", "name")})))
    assert [row.data["name"] for row in rows] == ["Müller", "Café Été"]


def test_headers_as_they_come(tmp_path: Path) -> None:
    """Titles above; an empty and a double header get names; a line break within quotes is one row."""
    (tmp_path / "a.csv").write_text('报表,,,\n,,,\n编号 ,\u200b金额,,金额\n1,2,3,4\n"甲\n乙",2,3,4\n', encoding="utf-8")
    rows = all_rows(read(tmp_path, origin(path="a.csv")))
    assert [list(row.data) for row in rows] == [["编号", "金额", "列3", "金额_2"]] * 2
    assert (rows[1].line, rows[1].data["编号"]) == (5, "甲\n乙")
    (tmp_path / "b.csv").write_text("x,y\n编号,金额\n", encoding="utf-8")
    assert list(all_rows(read(tmp_path, origin(path="b.csv", header=1)))[0].data) == ["x", "y"]


def test_rows_that_cannot_be_split_say_why(tmp_path: Path) -> None:
    """Each is handed over with what was readable; the others are read."""
    text = '编号,金额\n1\n2,2,3\n3,3\n4,"4\n'
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    rows = all_rows(read(tmp_path, origin(path="a.csv")))
    assert [row.problem for row in rows] == ["too_few_cells", "too_many_cells", "", "broken_line"]
    (tmp_path / "a.csv").write_bytes(text.encode()[:-1].replace(b'"4', b"\xe7\x94"))
    assert all_rows(read(tmp_path, origin(path="a.csv")))[-1].problem == "cut_off"


def test_workbooks(tmp_path: Path) -> None:
    """A sheet by its name; one that isn't there is named with those that are."""
    book = Workbook()
    book.active.title = "说明"  # type: ignore[union-attr]  # a new workbook has a sheet
    sheet = book.create_sheet("台账")
    for row in (["台账", None], ["编号", "金额"], ["A1", 12.5]):
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    assert [dict(row.data) for row in all_rows(read(tmp_path, origin(path="a.xlsx", sheet="台账")))] == [
        {"编号": "A1", "金额": "12.5"}
    ]
    with pytest.raises(SourceRefused, match="说明、台账"):
        read(tmp_path, origin(path="a.xlsx", sheet="合同"))


def test_json_lines_and_parquet(tmp_path: Path) -> None:
    """Nested objects stay nested; a line that is none is kept with the reason."""
    tree = {"data": {"items": [{"id": 1, "of": {"no": "C1"}}, 7]}}
    (tmp_path / "a.json").write_text(json.dumps(tree), encoding="utf-8")
    rows = all_rows(read(tmp_path, origin(path="a.json", records="data.items")))
    assert [(row.data.get("of"), row.problem) for row in rows] == [({"no": "C1"}, ""), (None, "not_an_object")]
    with pytest.raises(SourceRefused, match="items"):
        read(tmp_path, origin(path="a.json", records="data.rows"))
    (tmp_path / "b.jsonl").write_text('{"id": 1}\n{"id": \n\n{"id": 3', encoding="utf-8")
    assert [row.problem for row in all_rows(read(tmp_path, origin(path="b.jsonl")))] == ["", "bad_json_line", "cut_off"]
    import duckdb

    duckdb.sql("SELECT 1 AS id, DATE '2026-01-02' AS day, 1.50::DECIMAL(9,2) AS amount").write_parquet(
        str(tmp_path / "c.parquet")
    )
    assert dict(all_rows(read(tmp_path, origin(path="c.parquet")))[0].data) == {
        "id": 1,
        "day": "2026-01-02",
        "amount": "1.50",
    }
    (tmp_path / "d.parquet").write_bytes(b"PAR1 not really")
    with pytest.raises(SourceRefused, match=r"d\.parquet"):
        read(tmp_path, origin(path="d.parquet"))


def test_a_position_is_where_it_goes_on(tmp_path: Path) -> None:
    """From any batch on the rest comes, and nothing when the file is as it was."""
    path = tmp_path / "a.csv"
    path.write_text(CSV, encoding="utf-8")
    batches = read(tmp_path, origin(path="a.csv"))
    for number, batch in enumerate(batches):
        rest = read(tmp_path, origin(path="a.csv"), batch.position)
        assert all_rows(rest) == all_rows(batches[number + 1 :])
    assert read(tmp_path, origin(path="a.csv"), batches[-1].position) == []


def test_too_large_and_empty(tmp_path: Path) -> None:
    """Said before anything is read; a file with holes takes no room."""
    for name, size in (("a.csv", 201 << 20), ("b.json", 65 << 20), ("c.jsonl", 201 << 20), ("d.csv", 0)):
        with (tmp_path / name).open("wb") as file:
            file.truncate(size)
        with pytest.raises(SourceRefused, match=name[:3]):
            read(tmp_path, origin(path=name))


def test_only_below_the_folders(tmp_path: Path) -> None:
    """No way out by dots, absolute paths or links."""
    inside, outside = tmp_path / "in", tmp_path / "out"
    inside.mkdir()
    outside.mkdir()
    (outside / "a.csv").write_text(CSV, encoding="utf-8")
    (inside / "link.csv").symlink_to(outside / "a.csv")
    for path in ("../out/a.csv", str(outside / "a.csv"), "link.csv", "\0"):
        with pytest.raises(SourceRefused):
            read(inside, origin(path=path))
    with pytest.raises(SourceUnavailable, match=r"b\.csv"):
        read(inside, origin(path="b.csv"))
    (inside / "b.csv").symlink_to(inside / "b.csv")
    with pytest.raises((SourceRefused, SourceUnavailable)):
        read(inside, origin(path="b.csv"))
    assert read(inside, origin("folder", path=".", files="*.csv")) == []


def test_a_watched_folder(tmp_path: Path) -> None:
    """New and changed files by name; what is still being written waits, and nothing is read twice."""
    folder = tmp_path / "in"
    folder.mkdir()

    def put(name: str, text: str, age: float = 60) -> None:
        (folder / name).write_text(text, encoding="utf-8")
        os.utime(folder / name, (time.time() - age, time.time() - age))

    put("a.csv", CSV)
    put("b.csv", CSV[:-3])  # no end of its line: perhaps half of it
    put("c.csv.tmp", CSV)
    put(".d.csv", CSV)
    put("e.txt", CSV)
    source = origin("folder", path="in", files="*.csv*")
    first = read(tmp_path, source)
    assert {row.place for row in all_rows(first)} == {"a.csv"}
    assert [note for batch in first for note in batch.notes] == [("half_written", {"file": "b.csv"})]
    put("b.csv", CSV)
    second = read(tmp_path, source, first[-1].position)
    assert {row.place for row in all_rows(second)} == {"b.csv"}
    assert all_rows(read(tmp_path, source, second[-1].position)) == []
    put("b.csv", CSV[:-3], age=601)
    assert len(all_rows(read(tmp_path, source, second[-1].position))) == 3, "nobody writes it any more"
    put("f.csv", "", age=601)
    third = read(tmp_path, source, second[-1].position)
    assert [note for batch in third for note, _ in batch.notes] == ["file_refused"], "the others aren't kept away"
    young = list(readers(tmp_path, settle_seconds=3600).read(source, None))
    assert all_rows(young) == []
    assert [row.data["编号"] for row in readers(tmp_path).look(origin("folder", path="in", files="a*"), 2)] == [
        "A1",
        "A2",
    ]


@pytest.mark.parametrize(
    ("kind", "options", "word"),
    [
        ("database", {"url": "postgresql://me:pass1234@host/db", "table": "t"}, "url"),
        ("database", {"url": "https://host/?api_key=12345678", "table": "t"}, "url"),
        ("rest", {"url": "https://host", "auth": {"kind": "api_key", "key": "12345678"}}, "key"),
        ("rest", {"url": "https://host", "headers": {"Authorization": "Bearer 12345678"}}, "Authorization"),
    ],
    ids=["password", "query", "key", "header"],
)
def test_no_secret_stands_in_a_definition(tmp_path: Path, kind: str, options: dict[str, object], word: str) -> None:
    """The remedy is said, the secret isn't."""
    with pytest.raises(SourceRefused, match="XIAOCE_SOURCES__SECRETS") as caught:
        readers(tmp_path).check(Origin(kind, options))
    assert word in str(caught.value)
    assert "1234" not in str(caught.value)


def test_secrets_by_name(tmp_path: Path) -> None:
    """A name without a value is a fault with the variable's name; options that don't exist are faults too."""
    with pytest.raises(SourceRefused, match="XIAOCE_SOURCES__SECRETS__OTHER"):
        read(tmp_path, origin(path="${other}.csv"))
    with pytest.raises(SourceUnavailable) as caught:
        read(tmp_path, origin(path="${word}.csv"))
    assert "geheim1" not in str(caught.value)
    assert "${word}" in str(caught.value)
    with pytest.raises(SourceRefused, match="delimiter"):
        readers(tmp_path).check(origin(path="a", delimeter=","))
    with pytest.raises(SourceRefused, match="ftp"):
        readers(tmp_path).check(Origin("ftp", {}))


def test_a_source_cannot_ask_for_our_secrets() -> None:
    """What a service calls its next page is kept as it said it: a name of ours in it stays a name."""
    secrets = Secrets({"token": SecretStr("geheim123"), "longer": SecretStr("geheim123456")})
    position = {"url": "https://evil.example/?stolen=${token}", "params": ["geheim123", "geheim123456"]}
    kept = secrets.keep(position)
    assert "geheim" not in str(kept)
    assert "456" not in str(kept), "nor the rest of a secret that contains another"
    assert secrets.restore(kept) == position
