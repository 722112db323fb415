"""Issue 4: `xiaoce eval clauses` counts as it says, on any customer's file; our own sets stay above their marks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import cli
from bot.contracts.errors import BadInput
from knowledge.clauses import find_clauses
from knowledge.clauses.evaluate import evaluate, same_value

SETS = Path(__file__).parents[3] / "evals" / "clauses"


def written(folder: Path, *lines: dict[str, object]) -> Path:
    path = folder / "data.jsonl"
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return path


def test_counts(tmp_path: Path) -> None:
    data = written(
        tmp_path,
        {"id": 1, "text": "总价128万元", "fields": ["price"], "values": {"price": 1280000}},
        {"id": 2, "text": "总价128万元", "fields": ["price"], "values": {"price": "129万"}},
        {"id": 3, "text": "总价128万元", "fields": [], "values": {}},
        {"id": 4, "text": "你好", "fields": ["price"], "values": {"price": "1元"}},
        {"id": 5, "text": "交期30天", "fields": [], "values": {}},  # nothing is said of delivery anywhere
    )
    report = evaluate(data)
    price = report.fields["price"]
    assert (price.right, price.wrong, price.missed, price.n) == (2, 1, 1, 3)
    assert (price.values_right, price.values_asked) == (1, 2)
    assert price.precision == pytest.approx(2 / 3)
    assert price.recall == pytest.approx(2 / 3)
    assert price.f1 == pytest.approx(2 / 3)
    assert list(report.fields) == ["price"]


@pytest.mark.parametrize(
    ("expected", "same"),
    [
        ("1280000 CNY", True), ("128万元", True), (1280000, True), ("1,280,000元", True), ("129万", False),
        ("128万元, 30%", True), ("128万元, 40%", False), (["128万", "30天"], True), ("30 days", True), ("P1M", False),
    ],
)  # fmt: skip
def test_values_may_be_written_in_any_way(expected: object, same: bool) -> None:
    assert same_value(expected, find_clauses("总价128万元，预付30%，交期30天")) is same


def test_what_is_found_is_written_in_the_shape_of_the_data(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    data = written(tmp_path, {"id": "a", "text": "交期30天", "fields": ["delivery"], "values": {"delivery": "P30D"}})
    result = CliRunner().invoke(cli, ["eval", "clauses", "--data", str(data), "--out", str(out)])
    assert result.exit_code == 0
    assert "1.000" in result.output
    assert json.loads(out.read_text(encoding="utf-8")) == json.loads(data.read_text(encoding="utf-8"))
    assert evaluate(out).overall.f1 == 1.0


def test_a_line_that_is_wrong_is_named(tmp_path: Path) -> None:
    data = written(tmp_path, {"id": 1, "text": "x", "fields": []}, {"id": 2, "text": 5, "fields": []})
    with pytest.raises(BadInput, match=r"data\.jsonl, line 2: text"):
        evaluate(data)


@pytest.mark.parametrize(
    ("name", "f1", "values"),
    [("dev", 0.97, 0.97), ("heldout", 0.95, 0.95), ("blind", 0.87, 0.87), ("public/cuad", 0.80, 0.85)],
)
def test_our_own_sets(name: str, f1: float, values: float) -> None:
    """A drop below the figures of tests/evals/clauses/README.md is noticed."""
    overall = evaluate(SETS / f"{name}.jsonl").overall
    assert overall.f1 is not None
    assert overall.f1 >= f1
    assert overall.value_accuracy is not None
    assert overall.value_accuracy >= values
