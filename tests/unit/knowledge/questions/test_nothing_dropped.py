"""B9: a condition that can't be used makes a sentence, never the number without it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from knowledge.metrics.plan import Filter, Threshold
from knowledge.questions.outcome import UNITS, Fault, Understood, Unknown
from knowledge.questions.understanding import understand


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


@pytest.mark.parametrize(
    ("text", "metrics"),
    [
        ("上个月成交了几单，多少钱", ("won_deals", "won_amount")),
        ("手上有多少在谈的商机，金额一共多少", ("open_deals", "pipeline")),
        ("上季度签了多少合同，一共多少钱", ("contracts", "contract_amount")),
        ("Q3签的合同金额", ("contract_amount",)),
        ("本月赢单多少钱", ("won_amount",)),
    ],
)
def test_money_beside_a_count_is_that_of_the_same_rows(text: str, metrics: tuple[str, ...], read: Any) -> None:
    found = read(text)
    assert isinstance(found, Understood), found
    assert found.plan.metrics == metrics


@pytest.mark.parametrize(
    ("text", "metric", "share"),
    [
        ("搜索渠道的线索转SQL比例", "mql_to_sql", False),
        ("新能源线索的无效比例", "invalid_rate", False),
        ("成单比例", "win_rate", False),
        ("线索到商机的转化比例", "lead_to_deal", False),
        ("展会扫码的线索比例", "leads", True),
        ("因为价格输单的比例", "lost_deals", True),
    ],
)
def test_a_ratio_is_a_rate_or_a_part_of_the_whole(text: str, metric: str, share: bool, read: Any) -> None:
    """The word was dropped, and a count given."""
    found = read(text)
    assert isinstance(found, Understood), found
    assert (found.plan.metrics, found.plan.share) == ((metric,), share)


def test_a_ratio_of_nothing_is_not_understood(read: Any) -> None:
    assert isinstance(read("预付款的比例"), Unknown)
    assert isinstance(read("赢单和输单的比例"), Unknown)


@pytest.mark.parametrize("text", ["哪几个单子卡在报价阶段", "处于报价阶段的单子有哪些"])
def test_what_stands_in_a_stage_is_in_progress(text: str, read: Any) -> None:
    found = read(text)
    assert isinstance(found, Understood), found
    assert found.plan.metrics == ("open_deals",)


def test_the_best_value_is_no_greatest_number(read: Any) -> None:
    """哪个渠道最划算 after 各渠道线索 named the channel with most leads."""
    last = read("上周各渠道线索多少").plan
    found = read("哪个渠道最划算", last)
    assert isinstance(found, Understood), found
    assert found.plan.metrics == ("roas",)


def test_a_new_question_keeps_no_condition_of_the_one_before(read: Any) -> None:
    last = read("Q3因为价格输了多少单").plan
    found = read("平均多少天能成一单", last)
    assert isinstance(found, Understood), found
    assert found.plan.metrics == ("cycle_days",)
    assert not found.plan.where


@pytest.mark.parametrize(
    ("text", "metric"),
    [("这个月该回款多少", "payments_due"), ("今年累计赢单额", "won_amount"), ("张敏和王磊今年谁赢得多", "won_deals")],
)
def test_everyday_words(text: str, metric: str, read: Any) -> None:
    found = read(text)
    assert isinstance(found, Understood), found
    assert found.plan.metrics == (metric,)


def test_added_up_step_by_step_is_another_figure(read: Any) -> None:
    assert isinstance(read("今年累计赢单额按月看"), Unknown)


def test_by_person_and_the_part_of_each(read: Any) -> None:
    last = read("我们组本月业绩怎么样").plan
    assert read("按人看", last).plan.by == ("rep",)
    part = read("华东和华南各占多少", read("今年赢单额").plan).plan
    assert (part.by, part.share) == (("region",), True)


def test_a_directors_unit_is_its_regions(scope: Any) -> None:
    """No rows are of a team of that name: 0 was told."""
    known = {**scope.values, UNITS: {"东南大区": "华东|华南"}}
    found = understand("东南大区今年赢单额", replace(scope, values=known))
    assert isinstance(found, Understood), found
    assert found.plan.where == (Filter("region", ("华东", "华南")),)


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("这个月该回款多少", date(2026, 11, 30)),
        ("本周应回款多少", date(2026, 11, 22)),
        ("本月至今应回款", date(2026, 11, 20)),
        ("这个月回款多少", date(2026, 11, 20)),
    ],
)
def test_what_falls_due_is_told_to_the_end_of_the_month(text: str, last: date, read: Any) -> None:
    assert read(text).plan.span.last == last


@pytest.mark.parametrize("text", ["我在华东排第几", "我今年赢单额排第几名"])
def test_a_place_among_others_is_no_figure(text: str, read: Any) -> None:
    """Another skill took it for a customer's name."""
    found = read(text)
    assert isinstance(found, Fault)
    assert found.reason == "standing"
