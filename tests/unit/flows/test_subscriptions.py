"""B9, D9: subscriptions are sent once, at their time, with the days and the rights of that moment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.contracts import Person, Role
from bot.flows.by_clock import ByClock
from bot.flows.questions import SubscriptionFlow
from knowledge.metrics.loading import load_registry
from knowledge.metrics.plan import dump
from knowledge.playbook.vocabulary import Vocabulary
from knowledge.questions.outcome import Understood
from skills.questions.answering import Answering
from skills.questions.desk import Desk
from storage.database import Database
from storage.repositories.people import PersonRecord
from storage.repositories.questions import Subscription
from storage.store import Store
from storage.warehouse import Warehouse
from tests.unit.flows.telling import Telling
from tests.unit.knowledge.metrics.small_company import MANAGER, PEOPLE, REP, ZONE, keep

FRIDAY = datetime(2026, 11, 20, 8, 0, tzinfo=ZONE)
NINE = FRIDAY + timedelta(hours=1)


class House(Telling):
    """The small company, whose people have a phone each."""

    folder: Path

    def anew(self) -> Any:
        desk = Desk(self.database, self.warehouse, load_registry, Vocabulary.load(), ZONE)
        answering = Answering(desk, self.folder, "http://xiaoce.example")
        house = ByClock(self.database, self.delivery, self.adapters, self.clock)
        return SubscriptionFlow(house, answering, ZONE)

    def __init__(self, database: Database, folder: Path) -> None:
        self.folder, self.warehouse = folder, Warehouse(database, folder / "warehouse", 128)
        super().__init__(database, FRIDAY)

    async def subscribe(self, person: Person, *words: str, rhythm: str = "day", minute: int = 540) -> Subscription:
        """As the chat does: with what is understood now."""
        plan, now = None, self.clock.at
        for text in words:
            scope = await self.made._answering.desk.scope(text, person, now, "zh", plan)
            outcome = await self.made._answering.desk.read(text, scope)
            assert isinstance(outcome, Understood), outcome
            plan = outcome.plan
        assert plan
        one = Subscription(f"{person.id}{words}"[:60], person.id, words, dump(plan), rhythm, minute, now)
        kept = await self.database.write(lambda store: store.questions.subscribe(one))
        assert kept
        return kept

    async def strike(self, at: datetime) -> list[str]:
        """The clock strikes; what people got for it."""
        self.clock.at, before = at, len(await self.told())
        await self.made.send(at)
        return (await self.told())[before:]


@pytest.fixture
async def house(migrated_sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    database = Database(migrated_sqlite_url)

    def fill(store: Store) -> None:
        keep(store)
        for one in PEOPLE:
            store.people.upsert(record(one))

    await database.write(fill)
    house = House(database, tmp_path)
    yield house
    await house.warehouse.close()
    database.close()


def record(one: Person, **more: Any) -> PersonRecord:
    accounts = {"wecom": one.id}
    kept = PersonRecord(one.id, one.name, one.role, one.team, one.regions, one.manager_id, accounts=accounts)
    return replace(kept, **more)


async def test_once_at_its_time_as_meant_that_day(house: House) -> None:
    """上周 is another week each Monday; three processes send it once; a follow-up goes on with its question."""
    await house.subscribe(MANAGER, "上周赢单额多少", "那华东呢", rhythm="week:0")
    assert await house.strike(NINE) == []
    monday = NINE + timedelta(days=3)
    assert await house.strike(monday - timedelta(minutes=5)) == []
    house.clock.at = monday + timedelta(minutes=2)
    await asyncio.gather(*(house.anew().send(monday) for _ in range(3)))
    [told] = await house.told()
    assert "上周（11-16 至 11-22）华东的赢单额" in told
    [told] = await house.strike(monday + timedelta(days=7))
    assert "上周（11-23 至 11-29）华东的赢单额" in told
    assert house.phone.shown[-1].source == "您订阅的（每周一 09:00，第 1 个）"


async def test_with_the_rights_of_the_moment(house: House) -> None:
    """D9: who changed the team gets its figures, who became a rep their own, who left nothing at all."""
    await house.subscribe(MANAGER, "今年赢单额多少")
    [told] = await house.strike(NINE)
    assert told.startswith("user:E2001: 您团队")
    await house.database.write(lambda store: store.people.upsert(record(MANAGER, role=Role.REP)))
    [told] = await house.strike(NINE + timedelta(days=1))
    assert "您名下" in told
    assert "（您看得到的数据里没有）" in told
    await house.database.write(lambda store: store.people.upsert(record(MANAGER, gone=True)))
    assert await house.strike(NINE + timedelta(days=2)) == []
    assert await house.database.read(lambda store: store.questions.running()) == []


async def test_what_cannot_be_answered_says_so(house: House) -> None:
    """A day without data is no silence; a figure that this person may no longer see is no number."""
    await house.subscribe(REP, "昨天我赢了几单")
    [told] = await house.strike(NINE + timedelta(days=10))
    assert "（您看得到的数据里没有）" in told
    kept = await house.subscribe(MANAGER, "上周赢单额多少", minute=600)
    await house.database.write(lambda store: store.questions.end(kept.id, MANAGER.id, "test", FRIDAY))
    other = replace(kept, id="changed", plan=dump_of_leads(), created_at=house.clock.at)
    await house.database.write(lambda store: store.questions.subscribe(other))
    told = await house.strike(NINE + timedelta(days=10, hours=1))
    assert told == ["user:E2001: 您订阅的“上周赢单额多少”现在理解得和订阅时不一样了，没有发数字。请重新问一次再订阅。"]


async def test_after_an_outage(house: House) -> None:
    """What is some hours late is still of use; what is older waits for its next time."""
    await house.subscribe(MANAGER, "昨天赢单额多少", rhythm="week:0")
    monday = NINE + timedelta(days=3)
    assert await house.strike(monday + timedelta(days=2)) == []
    assert len(await house.strike(monday + timedelta(days=7, hours=6))) == 1


def dump_of_leads() -> dict[str, Any]:
    """A plan that the words don't mean."""
    return {"metrics": ["leads"]}
