"""Commands as an operator uses them: on a folder of their own, through the real entry point."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import cli

PEOPLE = "工号,姓名,角色,团队,大区,上级工号,邮箱,手机,企业微信账号,Slack账号,入职日期,语言\n"
GOOD = "E1,张三,销售,一组,华东,,z@example.com,19900000001,zhangsan,,2024-01-02,zh\n"
BAD = "E2,李四,总统,一组,华东,,l@example.com,19900000002,lisi,,2024-01-02,zh\n"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XIAOCE_LOG__LEVEL", "ERROR")


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, list(words))
    return result.exit_code, result.output + (str(result.exception) if result.exception else "")


def test_people_are_loaded_and_a_bad_row_is_named(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(PEOPLE + GOOD + BAD, encoding="utf-8")
    code, output = run("people", "import", "people.csv")
    assert code == 1, "an operator's script must notice"
    assert "总统" in output
    assert "3" in output, "the line in the file"
    assert "张三" in run("people", "list")[1]


def test_a_token_opens_the_console_for_people_that_exist(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(PEOPLE + GOOD, encoding="utf-8")
    run("people", "import", "people.csv")
    code, output = run("people", "token", "E1")
    assert code == 0
    assert "/?token=" in output
    assert "xiaoce people list" in run("people", "token", "nobody")[1]


def test_a_file_that_is_not_there_is_said_so() -> None:
    code, output = run("people", "import", "nowhere.csv")
    assert code == 1
    assert "nowhere.csv does not exist" in output


def test_faults_of_the_machine_are_one_sentence(tmp_path: Path) -> None:
    """A settings file saved as GBK, or a data folder that can't be made: for every command, and without a traceback."""
    (tmp_path / "xiaoce.toml").write_bytes('company = "锐泽"\n'.encode("gbk"))
    for command in ("run", "people list", "chat --as E1", "audit"):
        code, output = run(*command.split())
        assert (code, "xiaoce.toml:1" in output, "UTF-8" in output) == (1, True, True)
    assert "xiaoce.toml:1" in run("doctor")[1]
    (tmp_path / "xiaoce.toml").write_text('data = "file/data"\n', encoding="utf-8")
    (tmp_path / "file").touch()
    for command in ("run", "people list", "chat --as E1", "playbook import .", "deliveries list"):
        code, output = run(*command.split())
        assert (code, "XIAOCE_DATA" in output) == (1, True)
    output = run("doctor")[1]
    assert output.count("✗") == 1, "what needs the folder isn't examined"


def test_imports_speak_the_operators_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """People, customers and playbook alike."""
    (tmp_path / "people.csv").write_text(PEOPLE + GOOD, encoding="utf-8")
    (tmp_path / "cards").mkdir()
    (tmp_path / "cards" / "a.md").write_text("nothing", encoding="utf-8")
    for locale, words in (("en_US.UTF-8", ("People: 1 added", "Playbook: ")), ("zh_CN.UTF-8", ("人员：", "话术库："))):
        monkeypatch.setenv("LC_ALL", locale)
        for command, word in zip(("people import people.csv", "playbook import cards"), words, strict=True):
            assert word in run(*command.split())[1]


def test_a_day_that_is_none_is_said_so() -> None:
    assert "2026-13-01" in run("sample", "generate", "x", "--today", "2026-13-01")[1]


def test_the_settings_are_listed() -> None:
    code, output = run("settings")
    assert code == 0
    assert "web.port" in output


def test_dead_letters_of_an_empty_house_are_none() -> None:
    code, output = run("deliveries", "list")
    assert code == 0
    assert "dead: 0" in output


def test_retrieval_is_evaluated_on_any_two_files(tmp_path: Path) -> None:
    passages = [("p1", "客户说价格太贵了"), ("p2", "交货期太长怎么办"), ("p3", "售后服务几小时到场")]
    lines = [json.dumps({"id": key, "text": text}, ensure_ascii=False) for key, text in passages]
    (tmp_path / "p.jsonl").write_text("\n".join(lines), encoding="utf-8")
    query = {"qid": "q1", "question": "价格贵了", "gold": ["p1"]}
    (tmp_path / "q.jsonl").write_text(json.dumps(query, ensure_ascii=False), encoding="utf-8")
    code, output = run("eval", "retrieval", "--passages", "p.jsonl", "--queries", "q.jsonl", "--out", "r.jsonl")
    assert code == 0, output
    assert all(method in output for method in ("keyword", "dense", "fused"))
    ranked = json.loads((tmp_path / "r.jsonl").read_text(encoding="utf-8"))
    assert (ranked["qid"], ranked["ranked"][0]) == ("q1", "p1")


def test_doctor_says_how_to_mend_what_is_missing() -> None:
    code, output = run("doctor")
    assert code == 1, "nothing is loaded yet"
    assert "xiaoce people import" in output
    assert "xiaoce playbook import" in output
