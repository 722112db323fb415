"""`xiaoce ask --db` and `xiaoce eval questions --db`; the draft registry written, edited, used again (B9)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from bot.cli import cli
from knowledge.tables.faults import TablesRefused
from tests.unit.knowledge.tables.conftest import SETS

runner = CliRunner()


@pytest.fixture
def url(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The English schema with Chinese values."""
    monkeypatch.setenv("XIAOCE_DATA", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    return f"sqlite:///{folder / 'hr.db'}"


def run(*arguments: str) -> str:
    """What it prints. Raises what it raises."""
    result = runner.invoke(cli, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_ask_prints_the_answer_and_with_sql_the_statement(url: str) -> None:
    plain = run("ask", "工资最高的员工叫什么", "--db", url)
    assert "林涛" in plain
    assert "SELECT" not in plain
    assert "SELECT" in run("ask", "工资最高的员工叫什么", "--db", url, "--sql")


def test_ask_prints_rows_for_programs(url: str) -> None:
    found = json.loads(run("ask", "How many employees are there in each department?", "--db", url, "--json"))
    assert set(found) == {"sql", "understood", "columns", "rows", "more"}
    assert sorted(count for *_, count in found["rows"]) == [1, 2, 3]
    assert found["more"] is False


@pytest.mark.parametrize("question", ["", "明天天气怎么样"], ids=["no question", "of something else"])
def test_ask_says_why_there_is_no_answer(question: str, url: str) -> None:
    with pytest.raises(TablesRefused):
        run("ask", question, "--db", url)


def test_a_draft_is_written_edited_and_used_again(url: str, tmp_path: Path) -> None:
    """A synonym of the company's own is understood, a hidden column no longer."""
    file = tmp_path / "hr.yaml"
    assert "4" in run("ask", "", "--db", url, "--draft", str(file))
    draft = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert len(draft["links"]) == 3
    with pytest.raises(TablesRefused):
        run("ask", "平均犒赏是多少", "--db", url)
    draft["tables"]["employee"]["columns"]["salary"]["synonyms"] = ["犒赏"]
    draft["tables"]["employee"]["columns"]["gender"]["hidden"] = True
    file.write_text(yaml.safe_dump(draft, allow_unicode=True), encoding="utf-8")
    used = "--db", url, "--registry", str(file)
    assert "28,000" in run("ask", "员工的平均犒赏是多少", *used)
    with pytest.raises(TablesRefused):
        run("ask", "每种性别的员工有多少", *used)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("tables: [", "registry"),
        ("tables: {employee: {colour: red}}", "registry"),
        ("tables: {nobody: {title: 无}}", "registry_name"),
        ("tables: {employee: {columns: {wings: {title: 翅膀}}}}", "registry_name"),
        ("links: [{from: employee.wings, to: department.dept_no}]", "registry_name"),
    ],
    ids=["no YAML", "unknown field", "unknown table", "unknown column", "unknown link"],
)
def test_a_registry_that_does_not_fit_says_where(text: str, problem: str, url: str, tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(TablesRefused, match=r"bad\.yaml") as refused:
        run("ask", "有多少员工", "--db", url, "--registry", str(file))
    assert refused.value.problem == problem


def test_evaluation_writes_a_line_for_each_question(url: str, tmp_path: Path) -> None:
    """`{"qid","sql"}`, in the set's order; "" where declined."""
    questions, out = tmp_path / "q.jsonl", tmp_path / "out.jsonl"
    asked = (SETS / "hr.jsonl").read_text(encoding="utf-8").splitlines()[:2]
    declined = json.dumps({"qid": "x", "question": "明天天气怎么样"})
    questions.write_text("\n".join([*asked, declined]), encoding="utf-8")
    printed = run("eval", "questions", "--db", url, "--questions", str(questions), "--out", str(out))
    assert "q.jsonl" in printed
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [set(line) for line in lines] == [{"qid", "sql"}] * 3
    assert [line["qid"] for line in lines] == ["hr-01", "hr-02", "x"]
    assert [line["sql"][:6] for line in lines] == ["SELECT", "SELECT", ""]
