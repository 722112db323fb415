"""B10: which way a question takes the figure to have gone; a wrong premise is told before anything else."""

from __future__ import annotations

import pytest

from knowledge.questions.directions import direction


@pytest.mark.parametrize(
    ("text", "way", "of_less"),
    [
        ("为什么上个月赢单额跌了", "less", "less"),
        ("回款为什么涨了", "more", "more"),
        ("赢单率下降的原因", "less", "less"),
        ("工单怎么突然变多了", "more", "more"),
        ("why did win rate fall last month", "less", "less"),
        ("why have leads increased", "more", "more"),
        ("无效率为什么变差了", "less", "more"),
        ("赢单率为什么变了", "", ""),
        ("为什么高价值客户的回款变了", "", ""),
        ("本月回款涨了吗", "", ""),
        ("", "", ""),
    ],
)
def test_direction(text: str, way: str, of_less: str) -> None:
    """`of_less`: of a figure whose falling is good news."""
    assert direction(text, "more") == way
    assert direction(text, "less") == of_less
