"""A5, A6: risk models as an operator handles them: trained, listed, taken, taken back, measured, explained."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import cli
from bot.cli.common import console
from bot.contracts.listening import Side, Source, Utterance
from config.settings import load_settings
from storage.database import Database
from storage.repositories.customer_people import CustomerPerson
from storage.repositories.customers import Customer
from storage.repositories.deals import Deal
from storage.repositories.dialogues import DialogueRecord
from storage.store import Store
from tests.unit.knowledge.risk.made_up import cases, write

TALK = {
    "customer_id": "C1",
    "utterances": [
        {"text": "样件很好，谢谢", "side": "theirs", "at": "2026-03-02T09:00:00+08:00"},
        {"text": "报价发您了", "side": "ours", "at": "2026-03-02T10:00:00+08:00"},
        {"text": "太贵了，同行便宜两成", "side": "theirs", "at": "2026-03-02T11:00:00+08:00"},
        {"text": "您主要跟哪一家比？", "side": "ours", "at": "2026-03-02T12:00:00+08:00"},
    ],
}


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XIAOCE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("XIAOCE_LOG__LEVEL", "ERROR")
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    monkeypatch.setattr(console, "width", 200)  # made before a test could set COLUMNS


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, list(words))
    return result.exit_code, result.output + (str(result.exception) if result.exception else "")


def test_a_model_is_trained_taken_and_taken_back(tmp_path: Path) -> None:
    """A5: reversible; A6: precision, recall, n and an interval are printed."""
    write(tmp_path / "outcomes.jsonl", cases(500))
    code, output = run("risk", "train", "--data", "outcomes.jsonl", "--by", "Zhang Min")
    assert code == 0, output
    assert "Model 1 is trained" in output
    assert "now in use" in output
    card = (tmp_path / "data" / "risk" / "model-1.md").read_text(encoding="utf-8")
    assert "by Zhang Min on outcomes.jsonl" in card
    assert "held out (customers never seen in training)" in card
    assert "share that went wrong" in card
    assert "Zhang Min, outcomes.jsonl" in run("risk", "models")[1]

    write(tmp_path / "fresh.jsonl", cases(400, seed=9))
    code, measured = run("eval", "risk", "--data", "fresh.jsonl")
    assert code == 0, measured
    assert "Risk model 1 on 400 conversations" in measured
    assert "Precision (95 % interval)" in measured
    assert run("risk", "use", "0")[1].startswith("Model 0 is now in use")
    assert "Risk model 0 on 400" in run("eval", "risk", "--data", "fresh.jsonl")[1]
    assert measured == run("eval", "risk", "--data", "fresh.jsonl", "--model", "1")[1]


def test_training_again_on_the_same_data_changes_nothing(tmp_path: Path) -> None:
    write(tmp_path / "outcomes.jsonl", cases(300))
    assert "now in use" in run("risk", "train", "--data", "outcomes.jsonl")[1]
    code, output = run("risk", "train", "--data", "outcomes.jsonl")
    assert code == 0
    assert "Model 2 is trained" in output
    assert "not clearly better than model 1" in output
    assert "Risk model 1 on" in run("eval", "risk", "--data", "outcomes.jsonl")[1]


def test_too_few_are_refused_in_a_sentence(tmp_path: Path) -> None:
    write(tmp_path / "outcomes.jsonl", cases(30))
    code, output = run("risk", "train", "--data", "outcomes.jsonl")
    assert code == 1
    assert "There are only 30 conversations with an outcome" in output
    assert not list((tmp_path / "data" / "risk").glob("*"))


def test_out_has_a_line_for_each_line_and_contributions_add_up(tmp_path: Path) -> None:
    found = write(tmp_path / "data.jsonl", cases(20))
    code, output = run("eval", "risk", "--data", str(found), "--out", "out.jsonl")
    assert code == 0, output
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["i"] for line in lines] == list(range(20))
    assert all(len(line["contributions"]) == len(line["features"]) == 12 for line in lines)
    assert any(line["features"]["voice_deviation"] is None for line in lines)


def test_one_conversation_is_explained_with_its_missing_values(tmp_path: Path) -> None:
    """A5: twelve values or "missing", and each one's contribution; signals are looked for in the words."""
    line = {"dialogue": TALK, "time": {"as_of": "2026-03-09T12:00:00+08:00"}}
    (tmp_path / "talk.jsonl").write_text(json.dumps(line, ensure_ascii=False), encoding="utf-8")
    code, output = run("risk", "explain", "--data", "talk.jsonl")
    assert code == 0, output
    assert "Pitch and energy: no data, not counted" in output
    assert "The last exchange was 7.0 days ago" in output
    assert "An objection or a competitor came up with probability" in output
    assert output.count("│") >= 12 * 5
    assert "Line 2 has no conversation" in run("risk", "explain", "--data", "talk.jsonl", "--line", "2")[1]


def test_a_damaged_model_is_named_in_the_list_and_says_the_way_out(tmp_path: Path) -> None:
    write(tmp_path / "outcomes.jsonl", cases(300))
    run("risk", "train", "--data", "outcomes.jsonl")
    path = tmp_path / "data" / "risk" / "model-1.json"
    path.write_text(path.read_text(encoding="utf-8")[:300], encoding="utf-8")
    code, output = run("eval", "risk", "--data", "outcomes.jsonl")
    assert code == 1
    assert "xiaoce risk use 0" in output
    assert "unusable" in run("risk", "models")[1]
    assert run("risk", "use", "0")[0] == 0
    assert run("eval", "risk", "--data", "outcomes.jsonl")[0] == 0


def test_who_decides_is_looked_up(tmp_path: Path) -> None:
    """A5: of a deal that this installation knows; another company's number tells nothing."""

    def fill(store: Store) -> None:
        store.customers.upsert(Customer("C1", "苏州泓达"))
        store.deals.upsert_all([Deal("O1", "C1")])
        store.customer_people.upsert_all([CustomerPerson("P1", "C1", "王建国", decides=True, wecom="wm1")])
        at = datetime(2026, 3, 2, 1, tzinfo=UTC)
        store.dialogues.open(DialogueRecord("d1", Source.CHAT, at, "C1", deal_id="O1", begun_at=at, state="ready"))
        store.dialogues.add("d1", [Utterance("u1", "好", Side.THEIRS, "王总", at, account="wm1")])

    (tmp_path / "data").mkdir()
    database = Database(load_settings().database_url)
    database.migrate()
    asyncio.run(database.write(fill))
    database.close()
    known = {"time": {"as_of": "2026-03-02T09:00:00+08:00"}, "signals": {}, "sentiment": {}}
    lines = [{"dialogue": {**TALK, "customer_id": of, "deal_id": "O1"}, **known} for of in ("C1", "C2")]
    (tmp_path / "open.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    shown = [run("risk", "explain", "--data", "open.jsonl", "--line", str(line)) for line in (1, 2)]
    found = [next(line for line in output.splitlines() if "Decision-maker" in line) for _, output in shown]
    assert ["62%" in line for line in found] == [True, False], shown
