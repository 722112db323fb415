"""Forms of questions that need more than one plain SELECT, each in several wordings (B9)."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from knowledge.tables.answering import asked
from tests.unit.knowledge.tables.conftest import Open


@pytest.mark.parametrize(
    ("name", "question", "rows"),
    [
        ("hr", "每个部门工资最高的员工", {("研发部", "林涛"), ("销售部", "韩雪"), ("财务部", "谢军")}),
        ("hr", "各部门中工资最低的是谁", {("研发部", "苏梅"), ("销售部", "曹颖"), ("财务部", "谢军")}),
        ("film", "每种类型里评分前1的电影", None),
        ("hr", "研发部的工资占总工资的比例", {(73000 / 168000,)}),
        ("courier", "已签收的包裹占全部包裹的百分之多少", {(7 / 11,)}),
        ("courier", "丢失的包裹比例", {(2 / 11,)}),
        ("film", "利润占票房比例最高的电影", set()),
        ("metro", "人口密度最大的城市", {("宁川",)}),
        ("film", "票房减去制作成本最多的电影", {("星海行",)}),
        ("film", "票房与制作成本的比值低于3的电影有几部", {(1,)}),
        ("metro", "常住人口第二多的城市", {("宁川",)}),
        ("courier", "没有上市的快递公司", {("蓝鸟",), ("山河",), ("飞雁",)}),
        ("courier", "已上市的快递公司有几家", {(2,)}),
        ("tea", "安溪2023年的产量比2022年增加了多少", {(150,)}),
        ("film", "不同国籍的导演各有几位", {("中国", 3), ("日本", 1), ("美国", 1)}),
        ("hotel", "华庭比锦云晚创立了多少年", {(19,)}),
        ("esport", "客队是霜狼的比赛有几场", {(2,)}),
        ("esport", "主队和客队都是赤焰的比赛", set()),
        ("hr", "薪水最高的雇员", {("林涛",)}),
        ("pharma", "营业额前3的药企的平均研发投入", {(1133333333.3333333,)}),
        ("courier", "赔付总金额最多的快递公司", {("大通",)}),
        ("courier", "迅风比大通早成立了多少天", set()),
    ],
    ids=range(22),
)
def test_answered_or_declined(name: str, question: str, rows: set[tuple[object, ...]] | None, opened: Open) -> None:
    """An empty set: declined. None: whatever it is, it is answered."""
    database = opened(name)
    if rows is None:
        assert database.answer(question).rows
    elif not rows:
        assert database.understand(question).sql == ""
    else:
        assert set(database.answer(question).rows) == rows


def test_ties_share_the_first_place_of_a_group(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "f.db")) as made:
        made.executescript(
            "CREATE TABLE 队员 (姓名 TEXT PRIMARY KEY, 小组 TEXT, 得分 INTEGER);"
            "INSERT INTO 队员 VALUES ('甲','一组',9),('乙','一组',9),('丙','二组',3);"
        )
    with asked(str(tmp_path / "f.db")) as database:
        assert len(database.answer("每个小组得分最高的队员").rows) == 3


@pytest.mark.parametrize(
    ("name", "question", "said"),
    [
        ("hr", "工资高于平均工资的员工", ("salary > [salary平均值]",)),
        ("courier", "总部在上海的快递公司名称", ("总部城市 = 上海",)),
        ("hr", "每个部门工资最高的员工", ("按 dept_name 分组", "从大到小", "取前 1 个")),
        ("hr", "没有员工的部门有哪些", ("dept_no 不属于",)),
        ("film", "片名包含“城”字的电影", ("片名 形如 …城…",)),
    ],
    ids=range(5),
)
def test_an_answer_says_what_was_understood(name: str, question: str, said: tuple[str, ...], opened: Open) -> None:
    answer = opened(name).answer(question)
    assert all(part in answer.understood for part in said), answer.understood
    assert "tables." not in opened(name).answer(question, "en").understood
