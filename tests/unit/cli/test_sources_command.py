"""`xiaoce sources` from the first definition to the last: what an operator types, and what it says."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import cli
from bot.cli.sources_view import table_of, worst_of
from bot.flows.sources_mending import _edited, as_csv
from storage.repositories.lights import Colour, Light
from storage.repositories.refusals import Refusal
from tests.unit.flows.loading import PAYMENTS, rows


def test_a_source_from_beginning_to_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """B1: apply, check, load, again, mend, another version and back, remove."""
    monkeypatch.setenv("XIAOCE_DATA", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "payments.csv").write_text(rows([1, 2]) + "P3,HT3,三百,2026-01-05\n", encoding="gbk")
    definition, export = tmp_path / "payments.yaml", tmp_path / "refused.csv"
    definition.write_text(PAYMENTS, encoding="utf-8")

    assert "第 1 版" in _says("apply", str(definition))
    assert "amount=100" in _says("check", "payments", "--rows", "1")
    loaded = _says("load", code=1)
    assert "新增 2，更新 0，未变 0，拒收 1" in loaded
    assert "看拒收的行：xiaoce sources refused payments" in loaded
    assert "财务 · 回款" in _says("list")
    assert "第 4 行" in _says("refused", "payments")
    _says("refused", "payments", "--export", str(export))
    export.write_text(export.read_text(encoding="utf-8").replace("三百", "300"), encoding="utf-8")
    assert "新增 1" in _says("mend", str(export))
    assert "来源没有变化" in _says("load", "payments")

    definition.write_text(PAYMENTS.replace("unit: 元", "unit: 万元"), encoding="utf-8")
    assert "+ amount: {from: 金额, unit: 万元}" in _says("apply", str(tmp_path), "--note", "单位写错了")
    assert "更新 3" in _says("load")
    _says("revert", "payments", "1")
    assert "更新 3" in _says("load")
    assert "单位写错了" in _says("history", "payments")
    assert "命令行" in _says("history", "payments")
    assert "unit: 元" in _says("show", "payments")

    (tmp_path / "sources" / "payments.csv").write_text(rows([1]).replace("金额", "数额"), encoding="utf-8")
    failed = _says("load", "payments", code=1)
    assert failed.count("缺少映射要用的列：金额") == 1, "the message, without its line in the log"
    assert "缺少映射要用的列：金额" in str(_run("check", "payments").exception)
    assert "已放弃 0 行" in _says("drop", "payments", "--all")
    _says("remove", "payments")
    assert "没有数据源" in str(_run("show", "payments").exception)
    assert "还没有数据源" in _says("load")


def test_what_is_asked_wrongly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that isn't there names those that are; rows must be named; a folder must hold definitions; somebody must
    hear that data is late."""
    monkeypatch.setenv("XIAOCE_DATA", str(tmp_path))
    (tmp_path / "payments.yaml").write_text(PAYMENTS, encoding="utf-8")
    _says("apply", str(tmp_path))  # before anybody was imported, no owner can be missed
    (tmp_path / "people.csv").write_text(
        "工号,姓名,角色,团队,大区,上级工号\nE4001,王芳,销售运营,,,\n", encoding="utf-8"
    )
    assert CliRunner().invoke(cli, ["people", "import", str(tmp_path / "people.csv")]).exit_code == 0
    (stranger := tmp_path / "stranger.yaml").write_text(PAYMENTS.replace("E1", "E4011"), encoding="utf-8")
    for words, said in (
        (("load", "payment"), "payments"),
        (("apply", str(stranger)), "stranger.yaml:3: owner: 没有工号“E4011”"),
        (("apply", str(stranger)), "相近的：E4001 王芳"),
        (("drop", "payments"), "--all"),
        (("apply", str(tmp_path / "sources")), "sources"),
        (("revert", "payments", "7"), "第 7 版"),
    ):
        assert said in str(_run(*words).exception)


def _says(*words: str, code: int = 0) -> str:
    result = _run(*words)
    ended = result.exception is None or isinstance(result.exception, SystemExit)  # a traceback is status 1, too
    assert ended, repr(result.exception)
    assert result.exit_code == code, result.output
    return " ".join(result.output.split())


def _run(*words: str) -> Result:
    return CliRunner().invoke(cli, ["sources", *words], env={"COLUMNS": "200"})


def test_a_table_of_refused_rows_comes_back_as_it_went(tmp_path: Path) -> None:
    """A source's own # isn't taken for the row's number; nothing in it is a formula, headers neither."""
    data = {"#": "7", "=cmd|x": "@sum", "金额": "-5"}
    table = as_csv([Refusal(12, "s", "k", 3, "=a.csv", data, "", (), "open", 1, datetime.now(UTC))], "zh")
    assert not [cell for row in csv.reader(io.StringIO(table)) for cell in row if cell.startswith(("=", "@sum"))]
    (tmp_path / "t.csv").write_text(table, encoding="utf-8")
    [row] = table_of(tmp_path / "t.csv")
    assert row["#"] == "12"
    assert _edited(data, row) == data
    assert _edited(data, {**row, "'=cmd|x": "新"})["=cmd|x"] == "新"
    (tmp_path / "t.csv").write_text("", encoding="utf-8")
    assert table_of(tmp_path / "t.csv") == []


def test_the_worst_light_stands_for_a_source() -> None:
    """B12: one late channel isn't hidden by the others."""
    now = datetime.now(UTC)
    lights = [Light("touches", part, "", "touch", "", None, None, colour, now) for part, colour in PARTS]
    assert worst_of(lights) == {"touches": "red"}


PARTS: tuple[tuple[str, Colour], ...] = (("", "yellow"), ("展会扫码", "red"), ("官网", "green"))
