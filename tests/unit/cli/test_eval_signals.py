"""`xiaoce eval signals` as an operator uses it."""

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
    monkeypatch.setenv("COLUMNS", "100")


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["eval", "signals", *words])
    return result.exit_code, result.output + (str(result.exception) if result.exception else "")


def test_figures_and_scores(tmp_path: Path) -> None:
    """Issue 4: precision, recall, F1 and AUC of each kind with n; scores of each line on request."""
    rows = [
        {"text": "你们的价格太贵了", "labels": {"price_objection": 1, "competitor_mention": 0}},
        {"text": "恒利达比你们便宜", "labels": {"competitor_mention": 1}, "speaker": "theirs"},
        {"text": "我没说太贵", "labels": {"price_objection": 0, "price": 0}},
    ]
    Path("data.jsonl").write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    code, output = run("--data", "data.jsonl", "--out", "out.jsonl")
    assert code == 0, output
    assert "price_objection" in output
    assert "1.000" in output
    assert "Did you mean" in output
    written = [json.loads(line) for line in Path("out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert written[0]["scores"]["price_objection"] > 0.5 > written[2]["scores"]["price_objection"]
    assert written[1]["scores"]["competitor_mention"] > 0.5, "the sample company's names, as there are no cards yet"


def test_a_bad_line_is_named() -> None:
    Path("data.jsonl").write_text('{"text": "好", "labels": {}}\n{"labels": {}}\n', encoding="utf-8")
    code, output = run("--data", "data.jsonl")
    assert code == 1
    assert "data.jsonl:2: text" in output
