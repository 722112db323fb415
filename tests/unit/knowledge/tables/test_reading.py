"""Addresses, schemas and registries: what is read of a database, and what is said when it can't be (B9)."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from knowledge.tables import registry
from knowledge.tables.answering import asked
from knowledge.tables.connecting import connect
from knowledge.tables.drafting import draft
from knowledge.tables.faults import TablesRefused
from knowledge.tables.query import Column
from tests.unit.knowledge.tables.conftest import sqlite_file


def make(path: Path, *statements: str) -> str:
    with closing(sqlite3.connect(path)) as made:
        made.executescript(";".join(statements))
    return str(path)


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("sqlite:///nowhere.db", "no_file"),
        ("mysql://u:secret@h/d", "url"),
        ("sqlite://x.db", "url"),
        ("duckdb:///text.txt", "not_a_database"),
        ("sqlite:///text.txt", "not_a_database"),
        ("sqlite:///empty.db", "no_tables"),
        ("postgresql://nobody@127.0.0.1:1/none", "unreachable"),
    ],
    ids=["missing", "kind", "slashes", "no duckdb", "no sqlite", "empty", "no server"],
)
def test_what_cannot_be_asked_is_said(url: str, problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.txt").write_text("no database at all, " * 50, encoding="utf-8")
    make(tmp_path / "empty.db")
    with pytest.raises(TablesRefused) as refused, asked(url, seconds=2):
        pass
    assert refused.value.problem == problem
    for lang in ("zh", "en"):
        assert "secret" not in refused.value.sentence(lang)


def test_nothing_can_be_written(tmp_path: Path) -> None:
    with connect(make(tmp_path / "a.db", "CREATE TABLE a (b)")) as connection, pytest.raises(TablesRefused):
        connection.rows("INSERT INTO a VALUES (1)")


def test_duckdb_is_opened_for_reading_and_reads_no_files(tmp_path: Path) -> None:
    import duckdb

    duckdb.connect(str(tmp_path / "a.duckdb")).execute("CREATE TABLE a (b INT)").close()
    (tmp_path / "f.csv").write_text("x\n1\n", encoding="utf-8")
    with connect(f"duckdb:///{tmp_path / 'a.duckdb'}") as connection:
        for statement in ("INSERT INTO a VALUES (1)", f"FROM '{tmp_path / 'f.csv'}'"):
            with pytest.raises(TablesRefused):
                connection.rows(statement)


def test_a_statement_that_takes_too_long_ends(tmp_path: Path) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    with connect(make(tmp_path / "a.db", "CREATE TABLE a (b)"), seconds=0.2) as connection:
        with pytest.raises(TablesRefused) as refused:
            connection.rows(endless)
        assert refused.value.problem == "slow"


def test_a_schema_is_read_with_comments_values_and_guessed_links(tmp_path: Path) -> None:
    url = make(
        tmp_path / "a.db",
        "CREATE TABLE shop (id INTEGER PRIMARY KEY,\n  nm TEXT, -- 店名\n  opened DATE)",
        "CREATE TABLE sale (shop_id INTEGER, amount REAL)",
        "INSERT INTO shop VALUES (1, '南京路店', '2020-01-01'), (2, '徐家汇店', '2021-01-01')",
        "INSERT INTO sale VALUES (1, 5), (1, 7)",
    )
    with asked(url) as database:
        found = database.draft
        assert found.column(Column("shop", "nm")).comment == "店名"
        assert found.column(Column("shop", "nm")).values == ("南京路店", "徐家汇店")
        assert [(one.child, one.parent, one.guessed) for one in found.links] == [
            (Column("sale", "shop_id"), Column("shop", "id"), True)
        ]
        assert database.answer("南京路店的总金额").rows == ((12.0,),)


def test_an_edited_registry_teaches_names_and_hides_columns(tmp_path: Path) -> None:
    path = sqlite_file(tmp_path, "hr")
    file = tmp_path / "r.yaml"
    with asked(str(path)) as database:
        registry.write(database.draft, file)
        assert database.understand("同事们的月俸").query is None
    text = file.read_text(encoding="utf-8")
    assert "title: 员工" in text
    taught = (
        "tables:\n  employee:\n    synonyms: [同事, 同事们]\n"
        "    columns:\n      salary: {title: 月俸}\n      birth_date: {hidden: true}\n"
    )
    file.write_text(taught, encoding="utf-8")
    with asked(str(path), file) as database:
        answer = database.answer("同事们的平均月俸")
        assert answer.columns == ("月俸平均值",)
        assert database.understand("员工的出生日期").query is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [("tables: {nope: {}}", "registry_name"), ("tables: {employee: {columns: {x: {}}}}", "registry_name"),
     ("tables: {employee: {titel: x}}", "registry"), ("tables: [", "registry"),
     ("links: [{from: a, to: b}]", "registry")],
    ids=["table", "column", "key", "yaml", "link"],
)  # fmt: skip
def test_a_wrong_registry_names_the_place(text: str, problem: str, tmp_path: Path) -> None:
    (tmp_path / "r.yaml").write_text(text, encoding="utf-8")
    with connect(str(sqlite_file(tmp_path, "hr"))) as connection:
        found = draft(connection)
    with pytest.raises(TablesRefused) as refused:
        registry.overlay(found, tmp_path / "r.yaml")
    assert refused.value.problem == problem
    assert "r.yaml" in refused.value.sentence("en")
