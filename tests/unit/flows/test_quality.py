"""B13: owners are told once when a gate turns red, once when it is good again; put off with a reason. Frozen clock."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.contracts import Card, Context, Message, Person, Press, Reply, Role
from bot.contracts.reply import Address
from bot.flows.delivery import DeliveryFlow
from bot.flows.engine import Engine
from bot.loop_quality import DataQuality, make_data_quality
from config.settings import load_settings
from storage.database import Database
from storage.repositories.customers import Customer
from storage.repositories.people import PersonRecord
from storage.store import Store
from tests.unit.flows.test_delivery import Desk

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 4, 9, 0, tzinfo=SHANGHAI)  # a Wednesday
OPS = Person("O1", "周敏", Role.SALES_OPS, "销售运营部")
RED = "客户·等级填写率 降到 50%"


@dataclass
class Clock:
    at: datetime = NOW

    def now(self) -> datetime:
        return self.at


@dataclass
class Phone(Desk):
    """A platform that shows cards."""

    shown: list[Card] = field(default_factory=list)

    def render(self, reply: Reply) -> list[Any]:
        if reply.card:
            self.shown.append(reply.card)
        return [{"text": reply.text, "card": reply.card.headline if reply.card else ""}]


class House:
    """One company, two customers of whom one has no tier. Jobs aren't run; parcels stay on the list."""

    def __init__(self, database: Database) -> None:
        self.database, self.clock, self.phone = database, Clock(), Phone()
        self.engine = Engine(database)
        self.engine.enqueue = lambda _store, _job: None  # type: ignore[method-assign]  # no engine is started
        self.adapters = {"wecom": self.phone}
        self.settings = load_settings(data="data")
        self.delivery = DeliveryFlow(database, self.engine, self.clock, self.adapters, (1,))
        self.made = self.anew()

    def anew(self) -> DataQuality:
        """Another process with the same database."""
        return make_data_quality(self.settings, self.clock, self.database, self.engine, self.delivery, self.adapters)

    async def tiers(self, *tiers: str) -> None:
        whole = Customer("", "", "", "家电", "江苏", "华东", Decimal(1), "O1")
        customers = [replace(whole, id=f"K{n}", name=f"公司{n}号", tier=tier) for n, tier in enumerate(tiers)]
        await self.database.write(lambda store: store.customers.upsert_all(customers))

    async def look(self, days: float = 0) -> list[str]:
        """Time passes, the clock strikes; what people got for it."""
        self.clock.at += timedelta(days=days)
        before = len(await self.told())
        await self.made.flow.look(self.clock.at)
        return (await self.told())[before:]

    async def told(self) -> list[str]:
        found = await self.database.read(lambda store: store.deliveries.listing("waiting", 100))
        ordered = sorted(found, key=lambda one: one.seq)
        return [f"{one.address.conversation}: {one.payload['card'] or one.payload['text']}" for one in ordered]

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
    house = House(database)
    await house.tiers("A", "")
    return house


async def test_once_at_red_and_once_when_it_is_good(house: House) -> None:
    assert await house.look() == [f"user:o1: {RED}"]
    assert await house.look(1) == [], "still red: not again"
    house.made = house.anew()
    assert await house.look(1) == [], "nor after a restart"
    await house.tiers("A", "B")
    assert await house.look(3) == ["user:o1: 数据质量已恢复：客户·等级填写率。"]
    assert await house.look(1) == []
    await house.tiers("A", "")
    assert await house.look(1) == [f"user:o1: {RED}"], "a new incident"


async def test_what_came_back_over_a_weekend_is_not_called_good(house: House) -> None:
    assert await house.look() == [f"user:o1: {RED}"]
    await house.tiers("A", "B")
    assert await house.look(3) == [], "Saturday: good, and nobody is told"
    await house.tiers("A", "")
    assert await house.look(1) == [], "Sunday: red again"
    assert await house.look(1) == [f"user:o1: {RED}"], "Monday: only what is true"


async def test_put_off_with_a_reason_and_told_again(house: House) -> None:
    await house.look()
    assert "1 到 90" in await house.press("snooze", days="many", reason="补录中")
    assert "2 天内" in await house.press("snooze", days="2", reason="补录中")
    alarm = (await house.database.read(lambda store: store.alarms.open("quality")))[0]
    assert (alarm.snooze_reason, alarm.snoozed_by) == ("补录中", "O1")
    assert await house.look(1) == []
    assert await house.look(1) == [f"user:o1: {RED}"]
    assert "不再重复" in await house.press("seen")
    assert await house.look(1) == []


async def test_nobody_is_told_on_days_off_or_of_a_slot_long_past(house: House) -> None:
    assert await house.look(3) == [], "Saturday"
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
