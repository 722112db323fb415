"""C11: where an order stands, what is missing, what is next and until when; said in one line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from skills.orders.asked import is_only_numbers
from skills.orders.drawing import picture, rows
from skills.orders.reading import numbers
from skills.orders.standing import Standing, standing
from skills.orders.words import Words
from storage.repositories.case_stories import CaseDeadline, CaseEvent
from tests.unit.skills.orders.stories import CATALOG, NOW, RULES, SOURCES, ZONE

DAY = datetime(2026, 7, 15, 8, 0, tzinfo=ZONE)
SYSTEMS = {"crm": "CRM", "erp": "ERP", "mes": "MES"}


def event(number: int, type_: str, hours: float, late: float = 0, **data: Any) -> CaseEvent:
    at = DAY + timedelta(hours=hours)
    came = at + timedelta(hours=late)
    producer = {"order": "crm", "production": "mes"}.get(type_.partition(".")[0], "erp")
    return CaseEvent(number, type_, 2, producer, at, came, {"order_no": "SO1", **data}, "C1", [])


def due(sla: str, opened: int, hours: float, state: str = "open", closed: float | None = None) -> CaseDeadline:
    ended = None if closed is None else DAY + timedelta(hours=closed)
    return CaseDeadline(opened, sla, "SO1", DAY, DAY + timedelta(hours=hours), state, ended, opened, None)


def stands(events: Sequence[CaseEvent], deadlines: Sequence[CaseDeadline] = ()) -> Standing:
    return standing(SOURCES.stories["order_no"], "SO1", events, deadlines, RULES)


def words(lang: str = "zh", now: datetime = NOW) -> Words:
    return Words(lang, CATALOG, SYSTEMS, ZONE, now)


CONFIRMED, BOUGHT = event(1, "order.confirmed", 0), event(2, "purchase_order.created", 0.1, purchase_order_no="PO1")
PLANNED = event(3, "production.scheduled", 1, due_date="2026-07-20")
SHIPPED = event(4, "goods.shipped", 100)


def test_a_deadline_says_what_is_next_and_until_when() -> None:
    one = stands([CONFIRMED], [due("order_to_purchase", 1, 0.25), due("order_to_production", 1, 4)])
    assert words().headline(one) == (
        "订单 SO1：客户确认订单，今天 08:00（CRM）。下一步：ERP 生成采购单，应在今天 08:15，已超 1 小时 45 分钟。"
    )
    assert "due today 08:15, 1 h 45 min late" in words("en").headline(one)


def test_what_is_late_besides_is_said_and_is_not_the_next_step() -> None:
    """People for a large order are no step of the order: shipped is shipped."""
    staff = due("large_order_to_staff", 1, 0.5)
    one = stands([CONFIRMED, BOUGHT, PLANNED], [staff])
    assert words().following(one) == "下一步：等“已发货”，承诺 7月20日前。"
    assert words().remarks(one) == ["另外超时：HR 安排交付人员（应在今天 08:30）。"]
    assert stands([CONFIRMED, BOUGHT, PLANNED, SHIPPED], [staff]).is_done


def test_without_a_deadline_the_next_step_and_what_was_promised() -> None:
    """What was promised last counts."""
    told = event(5, "production.delayed", 2, reason="缺料", due_date="2026-07-25")
    assert words().following(stands([CONFIRMED, BOUGHT, PLANNED])) == "下一步：等“已发货”，承诺 7月20日前。"
    one = stands([CONFIRMED, BOUGHT, PLANNED, told])
    assert words().following(one) == "下一步：等“已发货”，承诺 7月25日前。"
    assert words().remarks(one) == ["注意：今天 10:00 生产延期：原因 缺料，完工期限 2026-07-25。"]
    later = datetime(2026, 7, 27, 9, 0, tzinfo=ZONE)
    assert words(now=later).following(one) == "下一步：等“已发货”，承诺 7月25日，已过 2 天。"


def test_what_still_has_time_isnt_missing() -> None:
    """C11: the plan came before the purchase order, which has 15 minutes: it is next, not a gap."""
    one = stands([CONFIRMED, PLANNED], [due("order_to_purchase", 1, 3)])
    assert words().remarks(one) == []
    assert [(row.title, row.mark) for row in rows(one, words())][-1] == ("ERP 生成采购单", "next")
    assert words(now=DAY + timedelta(hours=4)).remarks(one) == ["缺 1 步：“采购单已生成”没有系统上报。"]


def test_a_gap_is_named_and_stands_where_it_belongs() -> None:
    one = stands([CONFIRMED, PLANNED], [due("order_to_purchase", 1, 0.25)])
    assert one.at.type == "production.scheduled"
    assert words().remarks(one) == ["缺 1 步：“采购单已生成”没有系统上报。"]
    drawn = [(row.title, row.mark) for row in rows(one, words())]
    assert drawn == [("客户确认订单", "done"), ("采购单已生成", "missing"), ("已排产", "done")]


def test_the_order_in_which_things_happened_counts_not_the_one_in_which_they_were_told() -> None:
    told_late = event(9, "purchase_order.created", 0.1, late=3)
    one = stands([CONFIRMED, told_late, PLANNED])
    assert not one.gaps(NOW)
    assert "（今天 11:06才上报）" in words().step(one, told_late)
    assert "才上报" not in words().step(one, PLANNED)


def test_a_clock_that_is_ahead_is_not_believed() -> None:
    ahead = event(2, "purchase_order.created", 1, late=-0.5)
    assert words().step(stands([CONFIRMED, ahead]), ahead).startswith("今天 08:30 · ERP")
    assert "按收到的时间" in words().step(stands([CONFIRMED, ahead]), ahead)


def test_history_that_was_loaded_at_once_is_said_once() -> None:
    types = ("order.confirmed", "purchase_order.created", "production.scheduled")
    old = [event(number, type_, -500 + number, late=400 - number) for number, type_ in enumerate(types)]
    one = stands(old)
    assert one.imported_at is not None
    assert not any(one.reported_late(event) for event in old)
    assert "一次补录" in words().background(one)


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ([CONFIRMED, BOUGHT, PLANNED, SHIPPED], "要求上报的步骤都已完成。"),
        ([CONFIRMED, BOUGHT, PLANNED, SHIPPED, event(5, "goods.delivered", 120)], "已结束。"),
        ([CONFIRMED, event(6, "order.cancelled", 1, reason="项目暂停")], "已结束。"),
    ],
    ids=["shipped", "delivered", "cancelled"],
)
def test_an_end_is_an_end(events: Sequence[CaseEvent], said: str) -> None:
    one = stands(events)
    assert one.is_done
    assert words().following(one) == said
    assert one.at is events[-1]


def test_events_beside_the_story_alone_are_told_too() -> None:
    one = stands([event(1, "payment.forecast", 0, expected_cny=5, expected_on="2026-08-01")])
    assert words().headline(one).startswith("订单 SO1：回款预估")
    assert not one.gaps(NOW)


def test_deadlines_of_another_case_with_the_same_number_do_not_count() -> None:
    assert stands([CONFIRMED], [due("order_to_purchase", 99, 0.25)]).deadlines == []


def test_deadlines_are_told_with_what_they_took() -> None:
    met, missed = due("order_to_purchase", 1, 0.25, "met", 0.1), due("order_to_purchase", 1, 0.25, "missed", 1)
    assert words().deadline(met, "采购") == "采购：按时，用了 6 分钟"
    assert words().deadline(missed, "采购") == "采购：超时 45 分钟，用了 1 小时"
    assert words().deadline(due("order_to_purchase", 1, 16), "采购") == "采购：7月15日 24:00前，还有 14 小时"
    assert words().deadline(due("order_to_purchase", 1, 4), "采购") == "采购：今天 12:00前，还有 2 小时"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_picture_is_drawn(lang: str) -> None:
    """Of gaps, troubles, long texts and markup alike."""
    long = event(5, "production.delayed", 2, reason="<b>" + "缺料" * 60, due_date="2026-07-25")
    one = stands([CONFIRMED, PLANNED, long], [due("order_to_purchase", 1, 0.25)])
    made = picture(one, words(lang), words(lang).headline(one))
    assert made is None or made.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("订单SO00012走到哪了", ["SO00012"]),
        ("HT-2025-0004 和 so00013 到哪了？", ["HT-2025-0004", "so00013"]),
        ("4500012345发货了吗", ["4500012345"]),
        ("3月5日的订单到哪了", []),
    ],
)
def test_numbers_are_found_in_sentences(text: str, found: list[str]) -> None:
    assert numbers(text) == found


@pytest.mark.parametrize(
    ("text", "alone"), [("SO00012？", True), ("订单 SO00012", True), ("客户说 SO00012 太贵", False)]
)
def test_a_number_alone(text: str, alone: bool) -> None:
    assert is_only_numbers(text) is alone
