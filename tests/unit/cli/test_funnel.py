"""B11: the command itself, as somebody types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import cli


@pytest.fixture
def two_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text("id,first_contact_date,origin\n1,2018-02-01,social\n2,2018-02-02,\n", "utf-8")
    (tmp_path / "b.csv").write_text("id,won_date,worth\n1,2018-01-01 10:00:00,0.1\n1,2018-03-01,0.2\n", "utf-8")
    return ["funnel", "--leads", "a.csv", "--won", "b.csv", "--key", "id", "--group-by", "origin", "--value", "worth"]


def test_json_has_the_documented_fields(two_files: list[str]) -> None:
    result = CliRunner().invoke(cli, [*two_files, "--json"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)
    assert set(found) == {"total", "groups", "unknown", "flags", "rules"}
    assert {key: found["total"][key] for key in ("leads", "won", "rate", "value")} == {
        "leads": 2, "won": 1, "rate": 0.5, "value": 0.3
    }  # fmt: skip
    fields = {"group", "leads", "won", "rate", "value", "share_of_leads", "share_of_won", "interval"}
    assert all(fields <= set(one) for one in found["groups"])
    early = next(one for one in found["flags"] if one["kind"] == "won_before_lead")
    assert (early["count"], early["rows"][0]["line"], early["impossible"]) == (1, 2, True)
    days = {name: early["rows"][0][name] for name in ("lead_date", "won_date")}
    assert days == {"lead_date": "2018-02-01", "won_date": "2018-01-01 10:00:00"}, "as the columns have them"
    assert found["rules"]["lead_date"] == {
        "column": "first_contact_date", "found_by_itself": True, "order": "ymd", "has_times": False
    }  # fmt: skip


@pytest.mark.parametrize(("language", "said"), [("zh_CN.UTF-8", "转化率"), ("en_GB.UTF-8", "Impossible")])
def test_people_read_a_sentence_and_a_table(
    two_files: list[str], language: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", language)
    result = CliRunner().invoke(cli, two_files)
    assert result.exit_code == 0, result.output
    assert said in result.output
    assert "50.00%" in result.output


def test_files_that_have_no_key_in_common_are_told(two_files: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    Path("b.csv").write_text("id,worth\nX1,5\n", "utf-8")
    result = CliRunner().invoke(cli, two_files)
    assert "没有一个键对得上" in result.output.replace("\n", "")
