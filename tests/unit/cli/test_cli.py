"""Commands as an operator uses them: on a folder of their own, through the real entry point."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
import tomllib
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import cli
from bot.cli.settings import describe
from bot.contracts import Address
from bot.flows.engine_tables import make_engine_tables
from config.settings import Settings, load_settings
from storage.database import Database
from storage.store import Store
from tests.unit.storage.company import NOW

PEOPLE = "工号,姓名,角色,团队,大区,上级工号,邮箱,手机,企业微信账号,Slack账号,入职日期,语言\n"
GOOD = "E1,张三,销售,一组,华东,,z@example.com,19900000001,zhangsan,,2024-01-02,zh\n"
BAD = "E2,李四,总统,一组,华东,,l@example.com,19900000002,lisi,,2024-01-02,zh\n"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XIAOCE_LOG__LEVEL", "ERROR")
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    monkeypatch.setenv("COLUMNS", "80")


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


def _fill(*parcels: str) -> None:
    """Dead letters under these ids, and somebody's look at many customers."""
    database = Database(load_settings().database_url)
    database.migrate()

    def write(store: Store) -> None:
        for parcel in parcels:
            store.deliveries.add(parcel, "", Address("console", "user:E1001"), {"text": "好"}, NOW)
            store.deliveries.begin(parcel, NOW)
            store.deliveries.dead(parcel, "the platform said no", NOW)
        seen = {"count": 20, "customers": [f"C{n:04}" for n in range(20)]}
        store.audit.add("E1001", "customers.list", "customers", seen, NOW)

    asyncio.run(database.write(write))
    database.close()


def test_a_delivery_is_named_by_the_beginning_of_its_id() -> None:
    """D10: what `list` shows in 80 columns is enough for `show` and `replay`."""
    _fill("d4b051ffae3ef783311a41723dd6564c-0", "d4b051ff00000000000000000000000c-0", "10bdff94083e8cd6-0")
    listed = run("deliveries", "list")[1]
    assert all(
        re.search(rf"^ {short} +console", listed, re.MULTILINE) for short in ("d4b051ffa", "d4b051ff0", "10bdff94")
    )
    code, shown = run("deliveries", "show", "d4b051ffa")
    assert (code, "d4b051ffae3ef783311a41723dd6564c-0: dead" in shown) == (0, True)
    assert run("deliveries", "show", "d4b051ff") == (
        1,
        "Several deliveries start with d4b051ff: write more of the id.",
    )
    make_engine_tables(load_settings().database_url)  # as the first start does
    assert "1 of 1 dead letters" in run("deliveries", "replay", "10bdff94")[1]
    assert run("deliveries", "replay", "10bdff94") == (1, "10bdff94 is waiting: only dead letters can be sent again.")


@pytest.mark.parametrize("command", ["show nope", "replay nope", "replay"])
def test_a_delivery_that_is_not_there(command: str) -> None:
    code, output = run("deliveries", *command.split())
    assert (code, "There is no delivery nope" in output or "--all" in output) == (1, True)


def test_the_audit_log_has_a_line_for_each_entry() -> None:
    """D10: at 80 columns; all details on request."""
    _fill()
    [_, line] = run("audit")[1].splitlines()
    assert all(part in line for part in ("E1001", "customers.list", "count=20 customers=C0000,"))
    full = run("audit", "--full")[1]
    assert "C0019" in "".join(full.split())


def test_everything_is_said_in_the_operators_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists, the check-up and our own errors; an English operator reads no Chinese, and the other way round."""
    (tmp_path / "people.csv").write_text(PEOPLE + GOOD, encoding="utf-8")
    run("people", "import", "people.csv")
    commands = ("doctor", "deliveries list", "audit", "people list", "playbook list", "people import no.csv")
    for locale, known, unknown in (
        ("zh_CN", "[\u4e00-\u9fff]", "[A-Z][a-z]+ [a-z]+"),
        ("en_US", "[a-z]", "[，：。；]"),
    ):
        monkeypatch.setenv("LC_ALL", f"{locale}.UTF-8")
        for command in commands:
            said = run(*command.split())[1].replace(str(tmp_path), "")
            assert re.search(known, said), command
            assert not re.search(unknown, said), (command, said)


def test_doctor_says_where_the_settings_come_from(tmp_path: Path) -> None:
    assert "no xiaoce.toml" in run("doctor")[1]
    (tmp_path / "xiaoce.toml").write_text("", encoding="utf-8")
    assert "no xiaoce.toml" not in run("doctor")[1]


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


def test_doctor_makes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistyped path isn't hidden by a new, empty database; what is there is named."""
    output = "".join(run("doctor")[1].split())
    assert f"SQLite({tmp_path / 'data' / 'xiaoce.db'})isn'tthereyet" in output
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setenv("XIAOCE_DATABASE__URL", f"sqlite:///{tmp_path / 'x.db'}")
    run("people", "list")
    assert f"SQLite({tmp_path / 'x.db'}),uptodate" in "".join(run("doctor")[1].split())


def test_doctor_tells_old_tables_from_newer_ones(tmp_path: Path) -> None:
    """It changes neither."""
    run("people", "list")
    with closing(sqlite3.connect(tmp_path / "data" / "xiaoce.db")) as database:
        for revision, said in (("0001", "the next start upgrades them"), ("9999", "Install the version that started")):
            database.execute("UPDATE alembic_version SET version_num = ?", (revision,))
            database.commit()
            assert said in run("doctor")[1].replace("\n", " ")
            assert database.execute("SELECT version_num FROM alembic_version").fetchone() == (revision,)


def test_doctor_asks_no_more_of_a_database_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIAOCE_DATABASE__URL", "postgresql://xiaoce@127.0.0.1:1/xiaoce")
    output = run("doctor")[1]
    assert output.count("127.0.0.1") == output.count("✗") == 1
    assert "database.url" in output


def test_defaults_are_shown_as_the_settings_file_has_them() -> None:
    """What is copied out of docs/settings.md is TOML."""
    defaults = {name: default for name, default, _ in describe(Settings) if default != "(empty)"}
    read = {name: tomllib.loads(f"x = {default}")["x"] for name, default in defaults.items()}
    assert (read["console.enabled"], read["delivery.retry_seconds"]) == (True, [1, 5, 15, 60, 300])
    assert (read["wecom_groups.groups"], read["coaching.quiet_from"]) == ({}, "20:00")


@pytest.mark.parametrize("command", ["slack", "wecom-bot", "wecom"])
def test_each_help_stands_alone(command: str) -> None:
    output = run("dev", command, "--help")[1]
    assert "sample company" in output
    assert "The same" not in output


def test_doctor_says_how_to_mend_what_is_missing() -> None:
    code, output = run("doctor")
    assert code == 1, "nothing is loaded yet"
    assert "xiaoce people import" in output
    assert "xiaoce playbook import" in output
