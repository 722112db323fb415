"""A subscription that is disabled: its owner is told once, else whoever can be reached (C3)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.contracts import Person, Role
from bot.flows.by_clock import ByClock
from bot.flows.delivery import DeliveryFlow
from bot.flows.engine import Engine
from bot.flows.event_owner import OwnerNews
from knowledge.events.systems import Listening, System
from storage.database import Database
from storage.repositories.people import PersonRecord
from storage.store import Store
from tests.unit.flows.eventing import START
from tests.unit.flows.telling import Clock, Phone

OWNER, OPS = Person("E0034", "郑强", Role.REP), Person("O1", "周敏", Role.SALES_OPS)
ORDERS = Listening("orders", frozenset(["order.confirmed"]), "https://erp.example/")
ERP = System("erp", "ERP", "erp", OWNER.id, listens=(ORDERS,))


@pytest.mark.parametrize(
    ("reachable", "reason", "told", "words"),
    [
        ([OWNER, OPS], "gone", "zhengqiang", "410"),
        ([OPS], "failing", "zhoumin", "联系不上"),
        ([], "gone", "", ""),
    ],
    ids=["the owner", "sales ops instead", "nobody"],
)
async def test_who_is_told(
    migrated_sqlite_url: str, reachable: list[Person], reason: str, told: str, words: str
) -> None:
    """A card with what happened, how much is kept back, and what to do."""
    database, phone, clock = Database(migrated_sqlite_url), Phone(), Clock(START)
    engine = Engine(database)
    engine.enqueue = lambda _store, _job: None  # type: ignore[method-assign]  # no engine is started
    delivery = DeliveryFlow(database, engine, clock, {"wecom": phone}, (1,))
    news = OwnerNews(ByClock(database, delivery, {"wecom": phone}, clock), "https://xiaoce.example")

    def disable(store: Store) -> None:
        for one in (OWNER, OPS):
            accounts = {"wecom": {OWNER.id: "zhengqiang", OPS.id: "zhoumin"}[one.id]} if one in reachable else {}
            store.people.upsert(PersonRecord(one.id, one.name, one.role, accounts=accounts))
        store.event_subscriptions.add("erp", "orders", START - timedelta(days=5))
        store.event_subscriptions.open("erp", "orders", "p", "", "", START - timedelta(days=5))
        store.event_subscriptions.failed("erp", "orders", 3, START - timedelta(days=5))
        assert store.event_subscriptions.disable("erp", "orders", reason, START)
        assert not store.event_subscriptions.disable("erp", "orders", reason, START), "told once"
        news(store, ERP, ORDERS, reason, START)

    await database.write(disable)
    parcels = await database.read(lambda store: store.deliveries.listing("waiting", 10))
    assert [one.address.conversation for one in parcels] == ([f"user:{told}"] if told else [])
    for card in phone.shown:
        assert card.headline == "ERP 的订阅 orders 已停用，事件先暂存，不会丢"
        assert words in card.summary
        assert card.url == "https://xiaoce.example/systems/erp"
    database.close()
