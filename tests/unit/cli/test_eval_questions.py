"""`xiaoce eval questions` as an operator uses it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import cli


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XIAOCE_LOG__LEVEL", "ERROR")
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    monkeypatch.setenv("COLUMNS", "120")


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["eval", "questions", *words])
    return result.exit_code, result.output + (str(result.exception) if result.exception else "")


def line(question: str, expect: str, plan: dict[str, object] | None = None) -> str:
    said = {"qid": "Q1", "asker": "E1001", "question": question, "expect": expect, **({"plan": plan} if plan else {})}
    return json.dumps(said, ensure_ascii=False)


LINES = (
    line("各渠道线索", "plan", {"metrics": ["leads"], "by": ["channel"]}),
    line("各渠道线索", "plan", {"metrics": ["mql"], "by": ["channel"]}),
    line("今年的收入", "plan", {"metrics": ["won_amount"]}),
    line("客户满意指数", "unknown"),
    line("2月30日的线索", "fault"),
)


def test_right_asked_declined_and_wrong_are_counted_and_failures_shown(tmp_path: Path) -> None:
    """B9: a wrong plan is told apart from none."""
    (tmp_path / "mine.jsonl").write_text("\n".join(LINES), encoding="utf-8")
    code, said = run("--questions", "mine.jsonl", "--wrong")
    assert code == 0
    total = next(row for row in said.splitlines() if " all " in row)
    assert [part.strip() for part in total.split("│")[2:8]] == ["5", "3", "1", "0", "1", "60.0"]
    assert "wrong: Q1 各渠道线索" in said
    assert "asked: Q1 今年的收入" in said


def test_the_open_set_stays_understood() -> None:
    """B9: at least 95 % right; a wrong plan is worse than none."""
    code, said = run("--questions", str(Path(__file__).parents[3] / "tests" / "evals" / "questions" / "open.jsonl"))
    assert code == 0
    total = next(row for row in said.splitlines() if " all " in row)
    n, right, _, _, wrong = (int(part) for part in total.split("│")[2:7])
    assert right >= 0.95 * n
    assert wrong <= 0.02 * n


def test_failures_of_the_held_out_set_are_not_shown(tmp_path: Path) -> None:
    (tmp_path / "held_out.jsonl").write_text(LINES[1], encoding="utf-8")
    code, said = run("--questions", "held_out.jsonl", "--wrong")
    assert code == 0
    assert "各渠道线索" not in said


@pytest.mark.parametrize(
    ("words", "said"), [(("--questions", "none.jsonl"), "none.jsonl"), (("--db", "sqlite:///a.db"), "--questions")]
)
def test_what_is_missing_is_named(words: tuple[str, ...], said: str) -> None:
    code, output = run(*words)
    assert code != 0
    assert said in output
