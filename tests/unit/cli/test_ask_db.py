"""`xiaoce ask --db` and `xiaoce eval questions --db` as people type them (B9)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import cli
from tests.unit.knowledge.tables.conftest import SETS, sqlite_file


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    monkeypatch.setenv("COLUMNS", "160")
    sqlite_file(tmp_path, "shop")


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, list(words))
    return result.exit_code, result.output + (str(result.exception) if result.exception else "")


def test_an_answer_has_its_sentence_its_table_and_its_sql() -> None:
    code, said = run("ask", "--db", "sqlite:///shop.db", "每个城市有多少客户", "--sql")
    assert code == 0
    assert said.startswith("共 3 条：")
    assert "杭州" in said
    assert 'SQL：SELECT t1."city", COUNT(*) FROM "customers" AS t1 GROUP BY t1."city"' in said


def test_rows_as_json_and_a_registry_written_and_used() -> None:
    assert run("ask", "--db", "sqlite:///shop.db", "", "--draft", "shop.yaml")[0] == 0
    code, said = run("ask", "--db", "sqlite:///shop.db", "一共有多少个客户", "--json", "--registry", "shop.yaml")
    assert code == 0
    assert json.loads(said)["rows"] == [[5]]


def test_what_is_not_understood_is_no_answer() -> None:
    code, said = run("ask", "--db", "sqlite:///shop.db", "利润最高的商品")
    assert code != 0
    assert "不回答" in said
    assert "SELECT" not in said


def test_a_set_is_measured_and_declined_questions_have_no_sql(tmp_path: Path) -> None:
    lines = (SETS / "shop.jsonl").read_text(encoding="utf-8").splitlines()[:2]
    wrong = {"qid": "w", "question": "一共有多少个客户", "sql": "SELECT 7"}
    declined = {"qid": "d", "question": "利润最高的商品", "sql": "SELECT 1"}
    (tmp_path / "q.jsonl").write_text("\n".join([*lines, json.dumps(wrong), json.dumps(declined)]), encoding="utf-8")
    code, said = run("eval", "questions", "--db", "sqlite:///shop.db", "--questions", "q.jsonl", "--out", "a.jsonl")
    assert code == 0
    row = next(line for line in said.splitlines() if "q.jsonl" in line)
    assert [cell.strip() for cell in row.split("│")[2:8]] == ["4", "2", "1", "1", "50.0%", "66.7%"]
    written = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [sorted(one) for one in written] == [["qid", "sql"]] * 4
    assert written[3] == {"qid": "d", "sql": ""}


def test_a_line_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "q.jsonl").write_text('{"qid": "1", "question": "客户总数"}\n{oops', encoding="utf-8")
    code, said = run("eval", "questions", "--db", "sqlite:///shop.db", "--questions", "q.jsonl")
    assert code != 0
    assert "第 2 行" in said
