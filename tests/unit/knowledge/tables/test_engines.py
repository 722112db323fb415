"""SQLite, DuckDB and PostgreSQL answer alike; what can't be opened says why; nothing is written (B9, C11)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb
import psycopg
import pytest

from knowledge.tables.answering import Asked, asked
from knowledge.tables.connecting import connect
from knowledge.tables.faults import TablesRefused
from tests.unit.knowledge.tables.conftest import SETS

SCHOOL = SETS / "school.sql"
QUESTIONS = (
    "有多少名学生？",
    "每个院系有多少学生？",
    "工资高于平均工资的教师有哪些",
    "没有选课的学生姓名",
    "选修了数据库的学生的姓名和成绩",
    "平均成绩最高的课程",
    "2024年入学的学生有几个",
)


@pytest.fixture
def duck(tmp_path: Path) -> str:
    """The school in DuckDB."""
    file = tmp_path / "school.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute(SCHOOL.read_text(encoding="utf-8"))
    return f"duckdb:///{file}"


@pytest.fixture
def postgres(postgres_url: str) -> str:
    """The school in PostgreSQL."""
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        connection.execute(SCHOOL.read_text(encoding="utf-8").encode())
        connection.execute("COMMENT ON COLUMN 教师.工资 IS '月薪'")
    return postgres_url


def _agrees(url: str, school: Asked) -> None:
    with asked(url) as database:
        assert len(database.draft.links) == len(school.draft.links)
        for question in QUESTIONS:
            ours, theirs = (
                sorted(tuple(f"{cell}" for cell in row) for row in one.answer(question).rows)
                for one in (database, school)
            )
            assert ours == theirs, question


def test_duckdb_answers_as_sqlite_does(duck: str, school: Asked) -> None:
    _agrees(duck, school)


def test_postgres_answers_as_sqlite_does(postgres: str, school: Asked) -> None:
    """A column's comment is a name of it."""
    _agrees(postgres, school)
    with asked(postgres) as database:
        assert database.answer("教师的最高月薪是多少").rows == ((32000,),)


@pytest.mark.parametrize("statement", ["DELETE FROM 选课", "DROP TABLE 选课", "CREATE TABLE 新 (一 INTEGER)"])
@pytest.mark.parametrize("engine", ["sqlite", "duck", "postgres"])
def test_connections_only_read(engine: str, statement: str, request: pytest.FixtureRequest, folder: Path) -> None:
    """Even a statement that nobody could make out of a question is refused by the connection itself."""
    url = f"sqlite:///{folder / 'school.db'}" if engine == "sqlite" else request.getfixturevalue(engine)
    with connect(url) as connection:
        with pytest.raises(TablesRefused) as refused:
            connection.rows(statement)
        assert refused.value.problem == "failed"
        assert connection.rows("SELECT count(*) FROM 选课")[1] == [(11,)]


def test_duckdb_reads_no_files(duck: str, folder: Path) -> None:
    with connect(duck) as connection, pytest.raises(TablesRefused):
        connection.rows("SELECT * FROM read_text(?)", (str(folder / "school.db"),))


@pytest.mark.parametrize("engine", ["sqlite", "duck", "postgres"])
def test_a_slow_statement_ends(engine: str, request: pytest.FixtureRequest, folder: Path) -> None:
    url = f"sqlite:///{folder / 'school.db'}" if engine == "sqlite" else request.getfixturevalue(engine)
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT count(*) FROM n"
    with connect(url, seconds=0.3) as connection:
        with pytest.raises(TablesRefused) as refused:
            connection.rows(endless)
        assert refused.value.problem == "slow"
        assert connection.rows("SELECT 1")[1] == [(1,)]


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("CREATE TABLE t (a)")
        other.execute("BEGIN EXCLUSIVE")
        yield


def _refusal(url: str, seconds: float = 10) -> TablesRefused:
    with pytest.raises(TablesRefused) as refused, asked(url, seconds=seconds):
        raise AssertionError("it was opened")
    for lang in ("zh", "en"):
        assert "{" not in refused.value.sentence(lang)
    return refused.value


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("sqlite:///no/such.db", "no_file"),
        ("no-such.duckdb", "no_file"),
        ("mysql://a:secret@host/b", "url"),
        ("sqlite://a.db", "url"),
        ("", "no_file"),
        ("postgresql://u:secret@127.0.0.1:1/b", "unreachable"),
    ],
    ids=["no file", "no file by path", "another kind", "two slashes", "nothing", "unreachable"],
)
def test_addresses_that_lead_nowhere(url: str, problem: str) -> None:
    """What to do is said, and never a password."""
    refused = _refusal(url, seconds=2)
    assert refused.problem == problem
    assert "secret" not in str(refused)


def test_files_that_cannot_be_asked(tmp_path: Path) -> None:
    """No tables, no database, locked by another program: each has a sentence of its own."""
    empty, text, held = tmp_path / "empty.db", tmp_path / "text.db", tmp_path / "held.db"
    empty.touch()
    text.write_text("no database at all, but some text " * 40)
    duckdb.connect(str(tmp_path / "empty.duckdb")).close()
    assert _refusal(f"sqlite:///{empty}").problem == "no_tables"
    assert _refusal(f"duckdb:///{tmp_path / 'empty.duckdb'}").problem == "no_tables"
    assert _refusal(f"sqlite:///{text}").problem == "not_a_database"
    assert _refusal(f"duckdb:///{text}").problem == "not_a_database"
    with _locked(held):
        assert _refusal(f"sqlite:///{held}", seconds=0.1).problem == "locked"


def test_tables_without_rows_are_no_fault(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "bare.db")) as connection:
        connection.execute("CREATE TABLE 客户 (客户名称 TEXT, 城市 TEXT)")
    with asked(f"sqlite:///{tmp_path / 'bare.db'}") as database:
        assert database.answer("有多少个客户").rows == ((0,),)
