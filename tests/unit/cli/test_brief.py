"""`xiaoce brief` as an operator uses it (B14), and what `xiaoce doctor` says of the slides' template."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import cli
from config.settings import load_settings

PEOPLE = "工号,姓名,角色,团队,大区,上级工号,邮箱,手机,企业微信账号,Slack账号,入职日期,语言\n"
GOOD = "E1,张三,销售,华东组,华东,,z@example.com,19900000001,zhangsan,,2024-01-02,zh\n"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, migrated_sqlite: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XIAOCE_LOG__LEVEL", "ERROR")
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    Path("data").mkdir()
    shutil.copy(migrated_sqlite, load_settings().database_url.removeprefix("sqlite:///"))
    Path("people.csv").write_text(PEOPLE + GOOD, encoding="utf-8")
    run("people", "import", "people.csv")


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, list(words))
    return result.exit_code, result.output + (str(result.exception) if result.exception else "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--team 华西", "相近的：华东"),
        ("--date 2026-13-40", "请写成 2026-11-20"),
        ("--date 昨儿个早上吧", "请写成 2026-11-20"),
        ("--date 2999-01-04", "还没到"),
        ("--out nowhere", "nowhere 不存在"),
        ("--as E404", "E404"),
    ],
    ids=["unknown team", "no such day", "no day", "a day to come", "no such folder", "nobody"],
)
def test_what_cannot_be_asked_is_said_with_the_remedy(words: str, said: str) -> None:
    code, output = run("brief", *words.split())
    assert code == 1
    assert said in output
    assert "晨会 2" not in output, "nothing is computed in vain"


def test_it_is_the_brief_that_this_person_gets() -> None:
    """B14, D9: one's own rows, one's own scope, as on the page and in the morning's message."""
    assert json.loads(run("brief", "--json", "--as", "E1")[1])["scope"]["name"] == "张三"


def test_an_empty_house_says_so_and_a_holiday_is_not_sent() -> None:
    code, output = run("brief", "--team", "华东组", "--date", "2026-10-01")
    assert code == 0
    assert "2026-10-01 不是工作日" in output
    assert "请先接入数据" in output
    found = json.loads(run("brief", "--json")[1])
    assert (found["findings"], found["total"]) == ([], 0)


def test_doctor_looks_at_the_template(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the first morning on which it is wanted; without one nothing is said."""
    assert "幻灯片" not in run("doctor")[1]
    monkeypatch.setenv("XIAOCE_BRIEFING__TEMPLATE", "ours.potx")
    assert "找不到幻灯片模板" in "".join(run("doctor")[1].split())
