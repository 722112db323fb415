"""C9 on both databases with a frozen clock: opened and closed by events, told step by step, whatever goes wrong."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import update

from bot.contracts import Reply
from skills.sla.cards import Maker
from skills.sla.deciding import acknowledge, drop_history
from skills.sla.item import Item
from storage.database import Database
from storage.repositories.deadlines import Deadline
from storage.store import Store
from storage.tables import DeadlineRow
from storage.upsert import table_of
from tests.unit.flows.sla_house import MANAGER, NOW, OPS, REP, SHANGHAI, SOUTH, House, company

ONLY: dict[str, Any] = {
    "off": (
        "goods_shipped_by_date",
        "large_order_to_staff",
        "lead_to_decision",
        "order_to_forecast",
        "order_to_production",
        "production_to_shipment",
        "shipment_to_delivery",
        "stock_replenishment",
        "ticket_to_resolution",
    )
}


@pytest.fixture
async def house(database: Database) -> House:
    """Orders have 15 minutes until their purchase order; no other rule."""
    house = House(database, **ONLY)
    await database.write(company)
    return house


async def test_nothing_at_14_59_the_owner_at_15_01_then_manager_then_director_each_once(house: House) -> None:
    """C9: reminders at 50 % and 80 %, then the ladder; the manager after 5 more minutes, the director after 15."""
    await house.happen("order.confirmed")
    assert await house.course(40) == [
        "10:07 user:E1: SO1 还剩 7 分钟 30 秒，在等：ERP 生成采购单",
        "10:12 user:E1: SO1 还剩 3 分钟，在等：ERP 生成采购单",
        "10:15 user:E1: SO1 到时间了，还在等：ERP 生成采购单",
        "10:20 user:M1: SO1 超时 5 分钟，还在等：ERP 生成采购单",
        "10:30 user:D1: SO1 超时 15 分钟，还在等：ERP 生成采购单",
    ]


async def test_closed_in_time_nobody_is_told_more(house: House) -> None:
    """C9: the event at 14:59 closes it; nobody hears of it again."""
    await house.happen("order.confirmed")
    assert len(await house.course(14)) == 2
    await house.happen("purchase_order.created")
    assert await house.course(30) == []
    assert await house.states() == ["met"]


async def test_done_late_those_who_were_told_get_one_line(house: House) -> None:
    """C9: one notice per incident, one line when it heals."""
    await house.happen("order.confirmed")
    await house.course(21)
    await house.happen("purchase_order.created")
    over = "✓ SO1 已完成：ERP 生成采购单（10:21，超时 6 分钟）"
    assert sorted(await house.pass_(0)) == [f"user:E1: {over}", f"user:M1: {over}"]
    assert await house.states() == ["missed"]
    assert await house.course(60) == []


async def test_reported_late_but_done_in_time_is_a_false_alarm(house: House) -> None:
    """C9: an event that comes late counts when it happened; whoever was alarmed learns it."""
    await house.happen("order.confirmed")
    await house.course(16)
    await house.happen("purchase_order.created", minutes=-5)
    assert await house.pass_(0) == ["user:E1: 虚惊：SO1 其实 10:11 已按时完成，只是消息来晚了：ERP 生成采购单"]
    assert await house.states() == ["met"]
    assert await house.pass_(60) == []


async def test_a_correction_of_what_was_missed(house: House) -> None:
    """C9: out of order: a second report that happened earlier takes the first one's place."""
    await house.happen("order.confirmed")
    await house.course(20)
    await house.happen("purchase_order.created")
    await house.pass_()
    assert await house.states() == ["missed"]
    await house.happen("purchase_order.created", minutes=-10)
    assert "虚惊" in (await house.pass_())[0]
    await house.happen("purchase_order.created")
    assert await house.states() == ["met"]
    assert await house.pass_() == []


async def test_friday_evening_lands_on_monday(house: House) -> None:
    """C9: Friday 17:55 and 15 minutes of working time is Monday 09:10; holidays count as weekends."""
    house.clock.at = datetime(2026, 3, 6, 17, 55, tzinfo=SHANGHAI)
    await house.happen("order.confirmed")
    house.clock.at = datetime(2026, 9, 30, 17, 55, tzinfo=SHANGHAI)  # China's national day follows
    await house.happen("order.confirmed", "SO2")
    due = [one.due_at.astimezone(SHANGHAI) for one in await house.deadlines()]
    assert due == [datetime(2026, 3, 9, 9, 10, tzinfo=SHANGHAI), datetime(2026, 10, 8, 9, 10, tzinfo=SHANGHAI)]


async def test_acknowledged_is_silence_until_that_lapses(house: House) -> None:
    """C9: 我来处理 stops the ladder; a day later it goes on where it stood."""
    await house.happen("order.confirmed")
    await house.course(15)
    assert "24 小时内不再提醒" in await house.press(REP, "mine")
    assert await house.course(120) == []
    assert await house.pass_(22 * 60) == ["user:D1: SO1 超时 9 小时，还在等：ERP 生成采购单"]


async def test_put_off_until_a_moment_then_told_again(house: House) -> None:
    """C9: snoozed at the first rung, told again when it ends, though no further step is due."""
    await house.happen("order.confirmed")
    await house.course(30)
    assert "11:30" not in await house.press(REP, "later")
    assert await house.course(119) == []
    told = await house.pass_(1)
    assert [one[:8] for one in told] == ["user:D1:"]
    assert (await house.deadlines())[0].snoozed_until is None


async def test_settled_by_hand_the_others_learn_it(house: House) -> None:
    """C9: resolve with a reason, in words where there is no form; an event that comes after all still counts."""
    await house.happen("order.confirmed")
    await house.course(20)
    outcome = await house.say(
        MANAGER, "采购单已在 ERP 里手工建好", deadlines=[(await house.deadlines())[0].id], doing="resolve"
    )
    assert isinstance(outcome[0], Reply)
    assert "已了结" in outcome[0].text
    assert await house.pass_() == ["user:E1: ✓ SO1 由 李伟 了结：ERP 生成采购单。采购单已在 ERP 里手工建好"]
    assert await house.course(60) == []
    assert await house.states() == ["missed"]
    await house.happen("purchase_order.created", minutes=-79)
    assert await house.states() == ["met"]


async def test_after_an_outage_the_highest_step_that_is_due_and_the_owner(house: House) -> None:
    """C9: an hour without a look is one card each for who should know by now and who can act, not five."""
    await house.happen("order.confirmed")
    late = "SO1 超时 45 分钟，还在等：ERP 生成采购单"
    assert sorted(await house.pass_(60)) == [f"user:D1: {late}", f"user:E1: {late}"]
    assert await house.course(60) == []


async def test_the_last_rung_is_repeated_as_often_as_the_rule_says(house: House) -> None:
    """C9: twice, four working hours apart."""
    await house.happen("order.confirmed")
    told = [f"{house.clock.at.astimezone(SHANGHAI):%d %H:%M}" for _ in range(70) if await house.pass_(30)]
    assert told == ["04 10:30", "04 14:30", "05 09:30"]


async def test_at_night_nobody_is_told_until_the_morning(database: Database) -> None:
    """C9: a rule that counts every hour waits with its cards for the morning."""
    house = House(database, datetime(2026, 3, 4, 23, 0, tzinfo=SHANGHAI))
    await database.write(company)
    await house.happen("production.scheduled", due_date="2026-03-04", region="华东")
    assert await house.pass_(120) == []
    assert await house.pass_(6.9 * 60) == []
    assert [one[:8] for one in await house.pass_(7)] == ["user:D1:"]


async def test_several_at_once_are_one_card(house: House) -> None:
    """C9: no storm: thirty orders that breach together are one card for each person."""
    for number in range(30):
        await house.happen("order.confirmed", f"SO{number}")
    assert await house.pass_(15) == ["user:E1: 30 件到时间了还没完成，其中 SO0 在等：ERP 生成采购单"]
    assert len(house.phone.shown[-1].sections[0].body.splitlines()) == 11


async def test_the_buttons_stand_for_everything_on_the_card(house: House) -> None:
    """C9: 我来处理 on a card of thirty silences thirty, and says so; the worst stands first."""
    for number in range(30):
        await house.happen("order.confirmed", f"SO{number}", minutes=-number / 100)
    await house.pass_(15)
    assert house.phone.shown[-1].sections[0].body.startswith("- SO29 ")
    assert "这 30 件由你处理" in await house.press(REP, "mine")
    assert await house.course(60) == []
    for number in range(30):
        await house.happen("purchase_order.created", f"SO{number}")
    [over] = await house.pass_()
    assert len(over.splitlines()) == 11


async def test_a_herd_that_breaks_one_after_the_other_is_gathered(house: House) -> None:
    """C9: the ERP stands still, an order comes each minute: five cards in their moment, then one in ten minutes."""
    said = []
    for minute in range(60):
        await house.happen("order.confirmed", f"SO{minute}")
        said += [f"{house.clock.at.astimezone(SHANGHAI):%H:%M} {one}" for one in await house.pass_(1)]
    late = [one for one in said if "user:E1:" in one and "还剩" not in one]
    assert [one[:5] for one in late] == [
        "10:15",
        "10:16",
        "10:17",
        "10:18",
        "10:19",
        "10:29",
        "10:39",
        "10:49",
        "10:59",
    ]
    assert "10 件" in late[-1]
    assert sum("user:M1:" in one for one in said) <= 9


async def test_another_day_is_another_round(database: Database) -> None:
    """C9: told of the old day, told of the new one again; it isn't late in between."""
    house = House(database, off=(*ONLY["off"][1:], "order_to_purchase"))
    await database.write(company)
    await house.happen("order.confirmed")
    await house.happen("production.scheduled", due_date="2026-03-05")
    assert [one[:14] for one in await house.course(60 * 48)] == ["20:12 user:E1:", "08:00 user:E1:"]
    await house.happen("production.delayed", due_date="2026-03-10")
    assert await house.states("goods_shipped_by_date") == ["open"]
    told = await house.course(60 * 24 * 6)
    assert [one[6:14] for one in told if "到时间" in one or "超时" in one] == ["user:E1:", "user:M1:"]


async def test_two_processes_tell_it_once(house: House) -> None:
    """C9: each step is claimed in its WHERE, across processes."""
    await house.happen("order.confirmed")
    house.clock.at += timedelta(minutes=16)
    ladders = [house.made.ladder, *(house.anew().ladder for _ in range(3))]
    await asyncio.gather(*(one.look() for one in ladders))
    assert len(await house.told()) == 1


async def test_a_crash_tells_it_once_later(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """C9: the claim and the parcel are one transaction."""
    await house.happen("order.confirmed")

    def breaks(*_: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(house.delivery, "post", breaks)
        with pytest.raises(RuntimeError):
            await house.pass_(15)
    assert len(await house.pass_(1)) == 1
    assert await house.pass_(1) == []


async def test_the_end_that_came_first_closes_it_at_once(house: House) -> None:
    """C9: events out of order; clocks that differ by minutes; far before the beginning it is another story."""
    await house.happen("purchase_order.created", minutes=-3)
    await house.happen("order.confirmed")
    await house.happen("purchase_order.created", "SO2", minutes=-30)
    await house.happen("order.confirmed", "SO2")
    assert await house.states() == ["met", "open"]
    [met, _] = await house.deadlines()
    assert met.closed_at == met.opened_at
    assert len(await house.course(15)) == 3  # of SO2 alone


async def test_a_clock_that_is_ahead_isnt_believed(house: House) -> None:
    """C9: what is said to happen in the future happened when it came."""
    await house.happen("order.confirmed", minutes=40)
    [one] = await house.deadlines()
    assert one.opened_at == NOW


async def test_both_ends_accepted_at_the_same_moment(house: House) -> None:
    """C9: two processes that don't see each other's rows: the look finds the end before it tells anybody."""
    await house.happen("order.confirmed")
    [one] = await house.deadlines()
    await house.happen("purchase_order.created", minutes=0)

    def reopen(store: Store) -> None:
        """As if the transaction that accepted the end hadn't seen the deadline."""
        open_ = {"state": "open", "closed_at": None, "closed_seq": None, "next_at": one.next_at}
        store.session.connection().execute(update(table_of(DeadlineRow)).values(**open_))

    await house.database.write(reopen)
    assert await house.pass_(16) == []
    assert await house.states() == ["met"]


async def test_twice_the_same_and_begun_anew(house: House) -> None:
    """C9: a second confirmation is the same case; after a cancellation it is a new one."""
    await house.happen("order.confirmed")
    await house.happen("order.confirmed", minutes=-2)
    [one] = await house.deadlines()
    assert one.opened_at == NOW - timedelta(minutes=2)
    await house.happen("order.cancelled")
    assert await house.states() == ["cancelled"]
    house.clock.at += timedelta(minutes=1)
    await house.happen("order.confirmed")
    assert await house.states() == ["cancelled", "open"]
    await house.happen("purchase_order.created")
    await house.happen("order.confirmed")
    assert await house.states() == ["cancelled", "met"]


async def test_history_is_summed_up_not_told(house: House) -> None:
    """C9: a year of events loaded late is one card to sales ops, not one for each order."""
    for number in range(20):
        await house.happen("order.confirmed", f"SO{number}", minutes=-60 * 24 * (30 + number))
        if number % 2:
            minutes = -60 * 24 * (30 + number) + 10
            await house.happen("purchase_order.created", f"SO{number}", minutes=minutes)
    assert await house.course(10) == ["10:02 user:O1: 导入的历史里有 10 件早已超时、还没完成"]
    assert sorted(await house.states()) == ["late"] * 10 + ["met"] * 10
    assert await house.pass_(60 * 24) == []


async def test_whoever_isnt_there_the_next_one_up_is_told_and_why(house: House) -> None:
    """C9: a customer of nobody: the director of the region; nobody of the region at all: sales ops."""
    await house.happen("order.confirmed", "SO3", customer_no="C404", region="华东")
    assert await house.pass_(15) == ["user:D1: SO3 到时间了，还在等：ERP 生成采购单"]
    assert house.phone.shown[-1].summary.startswith("这件事没有负责人，所以通知你。")
    assert await house.course(30) == []  # the director knows
    await house.happen("order.confirmed", "SO4", customer_no="C404", region="西北")
    assert await house.pass_(15) == ["user:O1: SO4 到时间了，还在等：ERP 生成采购单"]


async def test_a_large_order_needs_staff_and_a_smaller_one_doesnt(database: Database) -> None:
    """C4: by the amount; an order that becomes smaller isn't waited for any more; a planned day may move."""
    house = House(database)
    await database.write(company)
    await house.happen("order.confirmed", amount_cny=2_000_000)
    await house.happen("order.confirmed", "SO2", amount_cny=999_999)
    assert [one.case_key for one in await house.deadlines("large_order_to_staff")] == ["SO1"]
    await house.happen("order.changed", amount_cny=800_000)
    assert await house.states("large_order_to_staff") == ["cancelled"]
    await house.happen("production.scheduled")
    await house.happen("production.delayed")
    [one] = await house.deadlines("goods_shipped_by_date")
    assert one.due_at.astimezone(SHANGHAI) == datetime(2026, 3, 26, tzinfo=SHANGHAI)


async def test_who_may_see_and_decide(house: House) -> None:
    """D9: a colleague of another region sees nothing and can't decide; the board counts what one may see."""
    await house.happen("order.confirmed", "SO00012")
    await house.pass_(16)
    assert "已经完成了" in await house.press(SOUTH, "mine")
    [seen] = await house.say(REP, "SLA 看板")
    [unseen] = await house.say(SOUTH, "SLA 看板")
    assert seen.card.headline.startswith("1 件超时")
    assert unseen.card.headline.startswith("没有超时")
    [most] = await house.say(OPS, "谁的超时最多")
    assert most.card.headline == "张敏 的超时最多：1 件"
    [case] = await house.say(REP, "SO00012 的时限")
    assert "SO00012 超时 1 分钟" in case.card.headline
    [none] = await house.say(SOUTH, "SO00012 的时限")
    assert "没有找到" in none.text


async def test_history_that_never_ends_is_dropped_together(house: House) -> None:
    """C10: a system that was connected late never tells of the end: sales ops stop waiting, and no rate counts it."""
    await house.happen("order.confirmed", minutes=-60 * 24 * 9)
    await house.pass_(5)
    [one] = await house.deadlines()
    taken = partial(acknowledge, ids=[one.id], person=REP, now=house.clock.at, hours=24)
    await house.database.write(taken)
    assert await house.pass_(60 * 25) == []  # of history nobody hears again
    drop = partial(drop_history, rules=["order_to_purchase"], reason="ERP 之前没接入", now=house.clock.at)
    assert await house.database.write(lambda store: drop(store, person=REP)) == 0
    assert await house.database.write(lambda store: drop(store, person=OPS)) == 1
    assert await house.states() == ["cancelled"]
    [board] = await house.say(OPS, "SLA 看板")
    assert board.card.headline == "没有超时，0 件快到期；按时率 –"


async def test_who_is_mute_gets_no_reminders_but_learns_that_it_is_late(house: House) -> None:
    """A10: 基础级 keeps reminders away; a breach still comes, to the owner and to the manager."""
    await house.database.write(lambda store: store.preferences.set(REP.id, "coaching_level", "basic", NOW))
    await house.happen("order.confirmed")
    assert [one[:13] for one in await house.course(25)] == ["10:15 user:E1", "10:20 user:M1"]


async def test_days_beyond_any_calendar_open_nothing_and_refuse_nothing(database: Database) -> None:
    """C9: a planned day in the year 9999 or 1900 is no deadline; the event is taken all the same."""
    house = House(database)
    await database.write(company)
    for number, day in enumerate(("9999-12-31", "1900-01-01", "2026-03-20")):
        await house.happen("production.scheduled", f"SO{number}", due_date=day)
    assert [one.case_key for one in await house.deadlines("goods_shipped_by_date")] == ["SO2"]


def test_the_worst_is_the_point_and_a_day_ends_at_24() -> None:
    """C9: a case with two late deadlines names the older one; the end of a planned day isn't the next morning."""
    maker = Maker("zh", "/sla", SHANGHAI, NOW, 2)
    new, old = (
        Deadline(id_, "x", 1, "SO1", id_, NOW - timedelta(days=2), NOW - timedelta(hours=late))
        for id_, late in ((1, 1), (2, 5))
    )
    assert "超时 5 小时" in maker.case([Item(new, None), Item(old, None)]).headline
    assert maker.due(datetime(2026, 3, 21, tzinfo=SHANGHAI)) == "03-20 24:00"
    assert maker.due(datetime(2027, 1, 9, tzinfo=SHANGHAI)) == "2027-01-08 24:00"
    assert maker.due(datetime(2026, 3, 4, 16, 20, tzinfo=SHANGHAI)) == "16:20"
