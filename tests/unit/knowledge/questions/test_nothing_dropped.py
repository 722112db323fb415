"""B9: a condition that can't be used makes a sentence, never the number without it."""

from __future__ import annotations

from typing import Any

import pytest

from knowledge.metrics.plan import Filter, Threshold
from knowledge.questions.outcome import Fault, Understood, Unknown


@pytest.mark.parametrize(
    ("text", "column", "days"),
    [
        ("哪些客户超过60天没联系", "idle_days", 60.0),
        ("一个月没跟进的客户有哪些", "idle_days", 30.0),
        ("哪些客户好久没联系", "idle_days", 30.0),
        ("customers without contact for 60 days", "idle_days", 60.0),
    ],
)
def test_days_without_contact_bound_the_list(text: str, column: str, days: float, read: Any) -> None:
    """They were dropped, and all customers listed."""
    found = read(text)
    assert isinstance(found, Understood), found
    assert found.plan.rows == "customer"
    assert found.plan.having == (Threshold(column, ">", days),)


def test_a_bound_that_fits_no_column_is_not_understood(read: Any) -> None:
    found = read("超过60天没联系的工单有哪些")
    assert isinstance(found, Unknown)


@pytest.mark.parametrize("text", ["金额大于100万且阶段是报价的商机", "报价阶段金额大于100万的商机有哪些"])
def test_a_stage_that_is_called_like_a_thing(text: str, read: Any) -> None:
    """报价 is quotes, unless the stage is named with it."""
    found = read(text)
    assert isinstance(found, Understood), found
    assert Filter("stage", ("quote",)) in found.plan.where
    assert found.plan.having[0].number == 1_000_000


def test_or_within_one_dimension_and_between_two(read: Any) -> None:
    found = read("华东或者华南的线索有多少")
    assert isinstance(found, Understood)
    assert found.plan.where == (Filter("region", ("华东", "华南")),)
    left_out = read("除了华东或华南，本月回款多少")
    assert isinstance(left_out, Understood)
    assert left_out.plan.where == (Filter("region", ("华东", "华南"), "not_in"),)
    fault = read("华东或渠道是展会的线索")
    assert isinstance(fault, Fault)
    assert fault.reason == "either"


@pytest.mark.parametrize(
    ("text", "grain"), [("上个月日均线索", "day"), ("今年月均回款", "month"), ("平均每周几个商机", "week")]
)
def test_an_average_by_time_is_a_trend_whose_mean_is_told(text: str, grain: str, read: Any) -> None:
    found = read(text)
    assert isinstance(found, Understood), found
    assert found.plan.grain == grain


@pytest.mark.parametrize("text", ["平均回款多少", "平均线索数", "本月预计成交日期的回款"])
def test_what_makes_another_figure_of_it_is_not_left_out(text: str, read: Any) -> None:
    """A sum is no answer to an average; a payment has no expected day."""
    assert isinstance(read(text), Unknown)


@pytest.mark.parametrize(
    ("text", "metric"),
    [("我们组这个月赢了多少钱", "won_amount"), ("本月签了多少钱", "contract_amount"), ("本月签了多少单", "won_deals")],
)
def test_money_is_no_number_of_deals(text: str, metric: str, read: Any) -> None:
    found = read(text)
    assert isinstance(found, Understood), found
    assert found.plan.metrics == (metric,)


@pytest.mark.parametrize(
    "text", ["没有联系过的线索", "本周到期没完成的待办", "上个月新客户的赢单额", "回款占合同额的比例"]
)
def test_words_that_bind_what_is_asked_are_not_left_out(text: str, read: Any) -> None:
    assert not isinstance(read(text), Understood)
    both = read("本月线索数和赢单数")
    assert isinstance(both, Understood)
    assert both.plan.metrics == ("leads", "won_deals")


@pytest.mark.parametrize("text", ["上周工单花了多少钱", "工单的回款", "报价的回款额"])
def test_a_thing_that_the_figure_is_not_counted_from(text: str, read: Any) -> None:
    """The thing was left out, and the figure of everything told."""
    assert not isinstance(read(text), Understood)
    assert isinstance(read("商机的回款"), Understood)


def test_per_head_says_what_there_is(read: Any) -> None:
    found = read("人均线索数")
    assert isinstance(found, Fault)
    assert found.reason == "per_head"
    assert isinstance(read("本月人均赢单额"), Understood)


def test_a_city_is_offered_its_province(read: Any) -> None:
    found = read("苏州的商机有哪些")
    assert isinstance(found, Unknown)
    assert (found.reason, found.unmatched, found.nearest[0]) == ("city", ("苏州",), "江苏的商机有哪些")
    assert isinstance(read(found.nearest[0]), Understood)


def test_what_falls_due_is_not_what_was_paid(read: Any) -> None:
    found = read("下周到期的回款有多少")
    assert isinstance(found, Understood)
    assert found.plan.metrics == ("payments_due",)


def test_this_month_is_not_called_the_month_it_is_compared_with(read: Any) -> None:
    found = read("回款比上个月多了多少")
    assert isinstance(found, Understood)
    assert found.plan.span is not None
    assert found.plan.span.said == ""
    assert found.plan.against == "before"
