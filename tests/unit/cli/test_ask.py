"""`xiaoce ask`: a question of figures in the terminal, with somebody's rights, for programs; another database."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import cli
from bot.contracts.errors import BadInput
from storage.database import Database
from tests.unit.knowledge.metrics.small_company import keep

runner = CliRunner()


@pytest.fixture
def data(migrated_sqlite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "xiaoce.db").write_bytes(migrated_sqlite.read_bytes())
    database = Database(f"sqlite:///{tmp_path / 'xiaoce.db'}")
    asyncio.run(database.write(keep))
    database.close()
    monkeypatch.setenv("XIAOCE_DATA", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


def ask(*arguments: str) -> str:
    """What it prints. Raises what it raises."""
    result = runner.invoke(cli, ["ask", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_answers(data: Path) -> None:
    """Sentence, table, SQL; JSON; a rep's rights; what isn't answered is an error with its reason."""
    said = ask("2026年各渠道的线索", "--sql")
    assert "线索数按渠道看" in said or "搜索" in said
    assert "SELECT" in said
    found = json.loads(ask("2026年赢单额多少", "--json"))
    assert found["plan"]["metrics"] == ["won_amount"]
    assert found["rows"][0]["赢单额（元）"] == 3_000_000
    found = json.loads(ask("2026年赢单额为什么涨了", "--json"))
    assert found["why"]["after"] == 3_000_000
    assert all("rep" not in one["where"] for one in found["why"]["reasons"])
    found = json.loads(ask("如果没有搜索渠道，2026年的线索会怎样", "--json"))
    assert found["supposed"]["supposed"] < found["supposed"]["actual"]
    assert "变化来自哪里" in ask("2026年赢单额为什么涨了")
    assert "plan=" not in ask("哪些商机超过40万")
    assert "您名下" in ask("2026年赢单额多少", "--as", "E1001")
    for question, reason in (
        ("你是个傻瓜", "您可以这样问"),
        ("上个月的收入是多少", "您要看"),
        ("2月30日的线索", "不是一个日期"),
    ):
        with pytest.raises(BadInput, match=reason):
            ask(question)
    with pytest.raises(BadInput, match="区域总监"):
        ask("2026年的线索", "--as", "E1001")
    with pytest.raises(BadInput, match="xiaoce people list"):
        ask("2026年的线索", "--as", "E9999")


def test_another_database(tmp_path: Path) -> None:
    """Without settings and without a copy."""
    file = tmp_path / "school.db"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE 学生 (id INTEGER PRIMARY KEY, 姓名 TEXT, 年龄 INTEGER)")
        connection.execute("INSERT INTO 学生 VALUES (1, '张三', 18), (2, '李四', 20)")
    connection.close()
    assert "19" in ask("学生的平均年龄是多少", "--db", f"sqlite:///{file}")
