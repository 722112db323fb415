"""D1, D10: what the language model is told of the house, and what the house is told of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

import pytest

from adapters.llm.budget import Budget, BudgetSpent
from adapters.llm.errors import Trouble
from adapters.llm.notice import Notice
from bot.contracts import Adapter, Payload, Person, Reply, Role
from bot.flows.delivery import DeliveryFlow
from bot.flows.engine import Engine
from bot.flows.model_desk import SAME_OUTAGE, Announcer, NameList, TokenLedger
from storage.database import Database
from storage.repositories.customer_people import CustomerPerson
from storage.repositories.customers import Customer
from tests.unit.storage.company import OTHER, REP, record

DAY = date(2026, 11, 23)
BOSS = Person("E9001", "蒋文博", Role.ADMIN)
SECOND = Person("E9002", "Ada", Role.ADMIN, language="en")
FACTS = {"address": "https://llm.example/v1", "provider": "server", "model": "m", "seconds": 60}
DOWN = Notice("down", "llm-down-2026-11-23-key", Trouble("key", 401), FACTS)
UP = Notice("up", "llm-up-2026-11-23")
SPENT = Notice("budget", "llm-budget-2026-11-23", values={"tokens": 1000})


@dataclass
class Clock:
    at: datetime = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


@dataclass
class Phone:
    """As much of a platform as putting a notice on the list needs."""

    name: str = "wecom"

    def render(self, reply: Reply) -> list[Payload]:
        return [{"text": reply.text}]


@pytest.fixture
async def engine(database: Database) -> AsyncIterator[Engine]:
    """Takes the jobs that deliver, and lets them do nothing: the list is what is looked at."""
    engine = Engine(database)
    engine.register("delivery", _nothing)
    await engine.start("test")
    yield engine
    await engine.stop()


async def _nothing(parcel_id: str) -> None:
    """Leaves the parcel on the list."""


class Machine:
    """One process of several on the same database."""

    def __init__(self, database: Database, engine: Engine, clock: Clock) -> None:
        phones = {"wecom": cast(Adapter, Phone()), "console": cast(Adapter, Phone("console"))}
        delivery = DeliveryFlow(database, engine, clock, phones, ())
        self.tell = Announcer(database, delivery, phones, clock)


async def told(database: Database) -> list[tuple[str, str]]:
    """To whom, and what, oldest first."""
    listed = await database.read(lambda store: store.deliveries.listing("waiting", 100))
    return [(str(d.address), str(d.payload["text"])) for d in sorted(listed, key=lambda d: d.seq)]


@pytest.fixture
async def machines(database: Database, engine: Engine) -> tuple[Machine, Machine, Clock]:
    people = [record(REP), record(BOSS, wecom="boss"), record(SECOND)]
    await database.write(lambda store: store.people.upsert_all(people))
    clock = Clock()
    return Machine(database, engine, clock), Machine(database, engine, clock), clock


async def test_every_administrator_is_told_once_whoever_notices(machines: Any, database: Database) -> None:
    """Where they have a phone, in their language, with what to do; nobody else."""
    one, two, _ = machines
    await asyncio.gather(*(machine.tell(DOWN) for machine in (one, two, one, two)))
    (first, chinese), (second, english) = sorted(await told(database), reverse=True)
    assert (first, second) == ("wecom|user:boss", "console|user:E9002")
    assert "大模型已降级" in chinese
    assert "llm.api_key" in chinese
    assert "llm.api_key" in english
    assert "Language model degraded" in english


async def test_an_outage_and_its_end_and_the_next_one(machines: Any, database: Database) -> None:
    """Each once, also twice on one day for the same reason; an end without an outage isn't told."""
    one, two, clock = machines
    for machine, notice in (
        (one, UP),
        (one, DOWN),
        (two, DOWN),
        (two, UP),
        (one, UP),
        (one, DOWN),
        (two, DOWN),
        (one, UP),
    ):
        clock.at += timedelta(minutes=3)
        await machine.tell(notice)
    said = ["降级" in text for to, text in await told(database) if to == "wecom|user:boss"]
    assert said == [True, False, True, False]


async def test_an_outage_whose_end_nobody_saw_does_not_hide_the_next(machines: Any, database: Database) -> None:
    one, two, clock = machines
    await one.tell(DOWN)
    assert await two.tell.lost()
    clock.at += SAME_OUTAGE
    await two.tell(DOWN)
    assert len(await told(database)) == 2 * 2
    await two.tell(UP)
    assert not await one.tell.lost()


async def test_the_budget_is_told_once_a_day(machines: Any, database: Database) -> None:
    one, two, _ = machines
    await asyncio.gather(one.tell(SPENT), two.tell(SPENT))
    assert len(await told(database)) == 2
    await one.tell(Notice("budget", "llm-budget-2026-11-24", values={"tokens": 1000}))
    assert len(await told(database)) == 4


async def test_names_are_one_object_until_something_changes(database: Database) -> None:
    """The adapter indexes them once; a new customer is known after the interval, never later."""
    rivals = ["恒力达"]
    names, patient = NameList(database, lambda: rivals, seconds=0), NameList(database, lambda: rivals, seconds=0.2)
    await database.write(lambda store: store.people.upsert_all([record(REP), record(OTHER)]))
    first, old = await names(), await patient()
    assert set(first) == {REP.name, OTHER.name, "恒力达"}
    assert await names() is first
    customer = Customer("C1", "苏州恒锐精密机械有限公司", "恒锐")
    await database.write(lambda store: store.customers.upsert(customer))
    assert {"苏州恒锐精密机械有限公司", "恒锐"} <= set(await names())
    assert await patient() is old
    await asyncio.sleep(0.2)
    assert "恒锐" in await patient()
    rivals.append("锐迈")
    assert "锐迈" in await names()
    boss = CustomerPerson("P1", "C1", "欧阳建国")
    await database.write(lambda store: store.customer_people.upsert_all([boss]))
    assert "欧阳建国" in await names()


async def test_the_ledger_never_lets_more_through_than_the_day_has(database: Database) -> None:
    """Twenty calls at once by two machines, for a day that has room for five."""
    other = Database(database.engine.url.render_as_string(hide_password=False))
    clock = Clock()
    budgets = [Budget(TokenLedger(where), 500, clock, cast(Any, UTC)) for where in (database, other)]

    async def call(budget: Budget) -> bool:
        try:
            async with budget.reserve(100) as spending:
                await asyncio.sleep(0.01)
                spending.tokens = 100
        except BudgetSpent:
            return False
        return True

    let = sum(await asyncio.gather(*(call(budgets[number % 2]) for number in range(20))))
    assert let <= 5
    assert await TokenLedger(other).spent(DAY) == 100 * let
    other.close()
