"""B13: owners are told once when a gate turns red, once when it is good again; put off with a reason. Frozen clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bot.contracts import Context, Message, Person, Press, Reply, Role
from bot.contracts.reply import Address
from bot.loop_quality import DataQuality, make_data_quality
from storage.database import Database
from storage.repositories.customers import Customer
from storage.repositories.people import PersonRecord
from storage.store import Store
from tests.unit.flows.telling import Telling

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 4, 9, 0, tzinfo=SHANGHAI)  # a Wednesday
OPS = Person("O1", "周敏", Role.SALES_OPS, "销售运营部")
DAY = 24
RED = "客户·等级填写率 降到 50%"


class House(Telling):
    """Two customers of whom one has no tier."""

    def anew(self) -> DataQuality:
        return make_data_quality(self.settings, self.clock, self.database, self.engine, self.delivery, self.adapters)

    async def tiers(self, *tiers: str) -> None:
        whole = Customer("", "", "", "家电", "江苏", "华东", Decimal(1), "O1")
        customers = [replace(whole, id=f"K{n}", name=f"公司{n}号", tier=tier) for n, tier in enumerate(tiers)]
        await self.database.write(lambda store: store.customers.upsert_all(customers))

    async def press(self, action: str, **values: str) -> str:
        """Of the card that was shown last; what stands on it afterwards, or what is said."""
        press = Press(self.phone.shown[-1].id, action, "handle", values)
        to = Address("wecom", "user:O1")
        message = Message("m1", "wecom", "user:O1", "o1", "press", self.clock.at, press=press)
        (reply,) = await self.made.skill.handle(message, Context(OPS, to, "zh", self.clock.at))
        assert isinstance(reply, Reply)
        return reply.card.notice if reply.card else reply.text


@pytest.fixture
async def house(database: Database) -> House:
    def fill(store: Store) -> None:
        store.people.upsert_all([PersonRecord(OPS.id, OPS.name, OPS.role, OPS.team, accounts={"wecom": "o1"})])

    await database.write(fill)
    house = House(database, NOW)
    await house.tiers("A", "")
    return house


async def test_once_at_red_and_once_when_it_is_good(house: House) -> None:
    assert await house.look() == [f"user:o1: {RED}"]
    assert await house.look(1 * DAY) == [], "still red: not again"
    house.made = house.anew()
    assert await house.look(1 * DAY) == [], "nor after a restart"
    await house.tiers("A", "B")
    assert await house.look(3 * DAY) == ["user:o1: 数据质量已恢复：客户·等级填写率。"]
    assert await house.look(1 * DAY) == []
    await house.tiers("A", "")
    assert await house.look(1 * DAY) == [f"user:o1: {RED}"], "a new incident"


async def test_what_came_back_over_a_weekend_is_not_called_good(house: House) -> None:
    assert await house.look() == [f"user:o1: {RED}"]
    await house.tiers("A", "B")
    assert await house.look(3 * DAY) == [], "Saturday: good, and nobody is told"
    await house.tiers("A", "")
    assert await house.look(1 * DAY) == [], "Sunday: red again"
    assert await house.look(1 * DAY) == [f"user:o1: {RED}"], "Monday: only what is true"


async def test_put_off_with_a_reason_and_told_again(house: House) -> None:
    await house.look()
    assert "1 到 90" in await house.press("snooze", days="many", reason="补录中")
    assert "2 天内" in await house.press("snooze", days="2", reason="补录中")
    alarm = (await house.database.read(lambda store: store.alarms.open("quality")))[0]
    assert (alarm.snooze_reason, alarm.snoozed_by) == ("补录中", "O1")
    assert await house.look(1 * DAY) == []
    assert await house.look(1 * DAY) == [f"user:o1: {RED}"]
    assert "不再重复" in await house.press("seen")
    assert await house.look(1 * DAY) == []


async def test_nobody_is_told_on_days_off_or_of_a_slot_long_past(house: House) -> None:
    assert await house.look(3 * DAY) == [], "Saturday"
    house.clock.at += timedelta(days=2)
    await house.made.flow.look(house.clock.at - timedelta(days=1))
    assert await house.told() == [], "the day before's slot, caught up after an outage: only noted"
    assert await house.look() == [f"user:o1: {RED}"], "Monday"
    days = await house.database.read(lambda store: store.quality.days(NOW.date()))
    assert [(one.good, one.total) for one in days["customer.tier.filled"]] == [(1, 2), (1, 2)]


async def test_a_first_start_tells_nobody_what_was_due_before_it(house: House) -> None:
    """The morning's slot, caught up when the program is started for the first time in the afternoon."""
    house.clock.at += timedelta(hours=6)
    await house.made.flow.look(NOW)
    assert await house.told() == []
    await house.made.flow.look(NOW)
    assert len(await house.told()) == 1, "from then on a slot after an outage counts"
