"""Numbers and days, names, and the comparison of results."""

from __future__ import annotations

from decimal import Decimal

import pytest

from knowledge.tables.evaluating import same_rows
from knowledge.tables.naming import form, score, split
from knowledge.tables.numbers import numbers


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("不少于14亿", [(1_400_000_000, "number")]),
        ("两万到三万五", [(20_000, "number"), (35_000, "number")]),
        ("0.05千克", [(Decimal("0.05"), "number")]),
        ("2015年7月15号之后", [("2015-07-15", "day")]),
        ("2025年6月的", [("2025-06", "month")]),
        ("2014年", [(2014, "year")]),
        ("晚上22:00之前", [("22:00", "clock")]),
        ("30%", [(30, "percent")]),
        ("1,200 and 2.5 million", [(1200, "number"), (2_500_000, "number")]),
        ("两首歌、前三名", [(2, "number"), (3, "number")]),
        ("统一和第一产业", []),
        ("第二名", [(2, "number")]),
    ],
    ids=range(12),
)
def test_numbers_as_people_write_them(text: str, found: list[tuple[object, str]]) -> None:
    assert [(one.value, one.kind) for one in numbers(text)] == found


def test_names_are_split_and_abbreviations_written_out() -> None:
    assert split("dept_name") == ("department", "name")
    assert split("birthDate") == ("birth", "date")
    assert split("院系编号") == ("院系", "编号")


@pytest.mark.parametrize(
    ("words", "name", "better"),
    [(("工资",), "salary", "location"), (("入职",), "hire_date", "birth_date"), (("收入",), "营业收入", "营业成本")],
    ids=["translated", "head left out", "head"],
)
def test_a_name_is_recognised(words: tuple[str, ...], name: str, better: str) -> None:
    assert score(words, form(name)) > 0.5 > score(words, form(better))


def test_results_are_equal_whatever_the_order_of_columns_and_unsorted_rows() -> None:
    """As sets are judged by execution: multisets of rows, any order of columns, rows in order only where gold sorts."""
    gold = [("a", 1), ("b", 2)]
    assert same_rows([(2.0, "b"), (1, "a")], gold, ordered=False)
    assert not same_rows([(2, "b"), (1, "a")], gold, ordered=True)
    assert not same_rows([("a", 1), ("a", 1)], gold, ordered=False)
    assert not same_rows([("a",), ("b",)], gold, ordered=False)
    assert same_rows([], [], ordered=True)
