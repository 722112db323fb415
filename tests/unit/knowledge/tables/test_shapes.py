"""Each form of SQL that a question may need, what is declined, and what a question can't do (B9)."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from knowledge.tables.answering import Asked, asked
from knowledge.tables.faults import TablesRefused
from knowledge.tables.understanding import LONGEST


@pytest.mark.parametrize(
    ("question", "has", "rows"),
    [
        pytest.param("计算机系的学生平均年龄是多少", ("JOIN", "AVG"), [(19.75,)], id="join"),
        pytest.param("每种职称的教师有多少", ("GROUP BY",), [("教授", 2), ("副教授", 2), ("讲师", 2)], id="group"),
        pytest.param(
            "至少选了两门课的学生姓名", ("HAVING",), [("王小明",), ("李丽",), ("张强",), ("孙悦",)], id="having"
        ),
        pytest.param(
            "工资高于平均工资的教师有哪些", ("(SELECT AVG",), [("陈立",), ("周敏",), ("郑洁",)], id="nested number"
        ),
        pytest.param("哪些院系没有教师？", ("NOT", "IN (SELECT"), [("哲学系",)], id="nested set"),
        pytest.param("既选了数据库又选了线性代数的学生姓名", (), [("王小明",), ("张强",), ("孙悦",)], id="both"),
        pytest.param("学分最多的3门课程", ("ORDER BY", "LIMIT 3"), None, id="first n"),
        pytest.param("学生来自多少个不同的籍贯", ("COUNT(DISTINCT",), [(4,)], id="distinct"),
        pytest.param("年龄在19到21岁之间的学生姓名", (">= 19", "<= 21"), None, id="between"),
        pytest.param("姓名以王开头的学生", ("LIKE '王%'",), [("王小明",)], id="like"),
        pytest.param("教师的最高工资和最低工资分别是多少", ("MAX", "MIN"), [(32000, 14000)], id="two aggregates"),
        pytest.param("How many 学生 are there", ("COUNT(*)",), [(9,)], id="two languages"),
    ],
)
def test_shape(question: str, has: tuple[str, ...], rows: list[tuple[object, ...]] | None, school: Asked) -> None:
    answer = school.answer(question)
    assert all(part in answer.sql for part in has), answer.sql
    if rows is not None:
        assert sorted(answer.rows, key=str) == sorted(rows, key=str)


@pytest.mark.parametrize(
    "question",
    [
        "",
        "？！，。",
        "明天天气怎么样",
        "最受员工欢迎的食堂窗口",
        "学" * (LONGEST + 1),
        "SELECT * FROM sqlite_master",
        "drop table 不存在的",
        "\x00\ud7ff🙂",
    ],
    ids=["nothing", "only signs", "of something else", "no such thing", "too long", "SQL", "drop", "odd characters"],
)
def test_declines_with_a_sentence(question: str, school: Asked) -> None:
    with pytest.raises(TablesRefused) as refused:
        school.answer(question)
    for lang in ("zh", "en"):
        assert len(refused.value.sentence(lang)) > 10
        assert "{" not in refused.value.sentence(lang)


@pytest.mark.parametrize(
    "question",
    [
        "drop table 学生",
        "删除所有学生",
        "学生; DROP TABLE 学生; --",
        "姓名是'x'; DELETE FROM 学生; --'的学生",
        "姓名为“' OR 1=1 --”的学生",
        'students"; ATTACH DATABASE "x.db" AS x; --',
        "把学生的年龄改成99",
        "UPDATE 学生 SET 年龄=99",
    ],
    ids=["drop", "delete", "second statement", "quoted statement", "always true", "attach", "change", "update"],
)
def test_no_question_can_do_anything_but_read(question: str, school: Asked) -> None:
    """Whatever is made of it is one SELECT whose words are literals or names of the schema; nothing is changed."""
    from sqlglot import exp, parse

    found = school.understand(question)
    if found.sql:
        (tree,) = parse(found.sql, dialect="sqlite")
        assert isinstance(tree, exp.Select)
        school.connection.rows(found.sql)
    assert school.connection.rows("SELECT count(*), sum(年龄) FROM 学生")[1] == [(9, 182)]


def test_quotes_in_a_value_stay_in_its_literal(school: Asked) -> None:
    found = school.understand("姓名是“O'Brien”的学生有多少")
    assert not found.sql or "'O''Brien'" in found.sql


@pytest.mark.parametrize(
    ("question", "said"),
    [("上海的订单有多少", "上海"), ("每个城市的订单数", "城市")],
    ids=["a value in two columns", "a name of two columns"],
)
def test_what_may_mean_two_columns_is_asked_back(question: str, said: str, tmp_path: Path) -> None:
    """Both are named; said exactly, it is answered."""
    with closing(sqlite3.connect(tmp_path / "two.db")) as connection:
        connection.executescript(
            "CREATE TABLE 订单 (订单编号 INTEGER PRIMARY KEY, 发货城市 TEXT, 收货城市 TEXT);"
            "INSERT INTO 订单 VALUES (1,'上海','北京'), (2,'北京','上海'), (3,'南京','上海')"
        )
    with asked(f"sqlite:///{tmp_path / 'two.db'}") as orders:
        with pytest.raises(TablesRefused) as refused:
            orders.answer(question)
        assert all(word in refused.value.sentence("en") for word in (said, "发货城市", "收货城市"))
        assert orders.answer("收货城市是上海的订单有多少").rows == ((2,),)


def test_an_answer_says_its_number(school: Asked) -> None:
    """The first line carries the point: the number with its name, or how many rows."""
    assert school.answer("有多少名学生？").sentence("zh").endswith("9")
    assert "9" in school.answer("有多少名学生？").sentence("en")
    several = school.answer("每个院系有多少学生？")
    assert str(len(several.rows)) in several.sentence("zh")
    assert school.answer("年龄大于90岁的学生姓名").sentence("en").startswith("Nothing")
