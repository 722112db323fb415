"""The question sets over four small schemas (B9): what was understood stays so, on every kind of database."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from knowledge.tables.evaluating import same_rows
from knowledge.tables.measuring import measure
from tests.unit.knowledge.tables.conftest import SETS, Open, sqlite_file


def silent(_done: int, _total: int) -> None:
    """Progress that nobody watches."""


@pytest.mark.parametrize("name", ["school", "shop", "hospital", "hr"])
def test_questions_of_the_sets_are_answered_rightly(name: str, tmp_path: Path) -> None:
    report = measure(f"sqlite:///{sqlite_file(tmp_path, name)}", SETS / f"{name}.jsonl", silent)
    missed = [one for one in report.asked if one.outcome != "right"]
    assert not missed
    assert len(report.asked) >= 18


@pytest.mark.parametrize(
    "name", ["courier", "esport", "farm", "film", "hotel", "library", "metro", "pharma", "port", "tea"]
)
def test_few_questions_of_the_wider_sets_are_answered_wrongly(name: str, opened: Open) -> None:
    """B9, over schemas of many shapes: nine of ten are right, and hardly one is wrong; the rest is declined."""
    asked = [json.loads(line) for line in (SETS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    database, found = opened(name), Counter[str]()
    for one in asked:
        sql = database.understand(one["question"]).sql
        gold = database.connection.rows(one["sql"])[1]
        right = bool(sql) and same_rows(
            database.connection.rows(sql)[1], gold, "ORDER BY" in one["sql"].rpartition(")")[2]
        )
        found["right" if right else "wrong" if sql else "declined"] += 1
    assert found["right"] >= 0.88 * len(asked)
    assert found["wrong"] <= 1


def test_what_a_schema_cannot_tell_is_declined(opened: Open) -> None:
    """Things that aren't stored, yes or no, "all of", by how much more: no similar question is answered instead."""
    lines = (SETS / "declined.jsonl").read_text(encoding="utf-8").splitlines()
    asked = [json.loads(line) for line in lines]
    assert [one["question"] for one in asked if opened(one["db_id"]).understand(one["question"]).sql] == []


def test_duckdb_answers_as_sqlite_does(tmp_path: Path) -> None:
    import duckdb

    path = tmp_path / "shop.duckdb"
    with duckdb.connect(str(path)) as made:
        made.execute((SETS / "shop.sql").read_text(encoding="utf-8"))
    report = measure(f"duckdb:///{path}", SETS / "shop.jsonl", silent)
    assert [one for one in report.asked if one.outcome in ("wrong", "declined")] == []


@pytest.mark.postgres
def test_postgres_answers_as_sqlite_does(postgres_url: str) -> None:
    import psycopg

    url = postgres_url.replace("postgresql+psycopg://", "postgresql://", 1)
    with psycopg.connect(url, autocommit=True) as made:
        made.execute((SETS / "hr.sql").read_text(encoding="utf-8").encode())
    report = measure(postgres_url, SETS / "hr.jsonl", silent)
    assert [one for one in report.asked if one.outcome in ("wrong", "declined")] == []


def test_a_folder_holds_a_database_for_each_db_id(tmp_path: Path) -> None:
    for name in ("school", "hr"):
        sqlite_file(tmp_path, name)
    lines = [(SETS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()[0] for name in ("school", "hr")]
    (tmp_path / "q.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert measure(str(tmp_path), tmp_path / "q.jsonl", silent).count("right") == 2
