"""B7, B8, B11 on rows: cells counted in the database, on SQLite and PostgreSQL, for whom one is (D9)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.contracts import Person, Role
from bot.contracts.person import OPERATOR
from storage.database import Database
from storage.repositories.customers import Customer
from storage.repositories.deals import Deal
from storage.repositories.funnel import Stages
from storage.repositories.funnel_money import ChannelMoney
from storage.repositories.identity import Identity
from storage.repositories.people import PersonRecord
from storage.store import Store

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 7, 15, tzinfo=UTC)
REP = Person("E1", "张敏", Role.REP, "华东组", ("华东",), "M1")
MANAGER = Person("M1", "李伟", Role.MANAGER, "华东组", ("华东",))
DIRECTOR = Person("D1", "沈国华", Role.DIRECTOR, "", ("华东",))
OWNER = Person("O1", "钱学文", Role.CHANNEL_OWNER, "渠道组")


def lead(id_: str, day: int, region: str = "华东", channel: str = "搜索", **more: Any) -> dict[str, Any]:
    at = datetime(2026, 3, day, 1, tzinfo=UTC)
    return {"id": id_, "created_at": at, "region": region, "channel": channel, "industry": "农机", **more}


def fill(store: Store) -> None:
    """Six leads: accepted and won and paid; accepted; rejected and back; rejected for good; elsewhere; another's."""
    for person in (REP, MANAGER, DIRECTOR, OWNER):
        store.people.upsert_all([PersonRecord(person.id, person.name, person.role, person.team, person.regions)])
    store.customers.upsert_all([Customer("C1", "客户一", region="华东", owner_id="E1"), Customer("C2", "客户二")])
    day = datetime(2026, 3, 10, 2, tzinfo=UTC)
    bad: dict[str, Any] = {"valid": False, "invalid_reason": "个人邮箱", "invalid_at": day}
    store.loop.write(
        "lead",
        [
            lead("L1", 1, sql_at=day, campaign_id="K1"),
            lead("L2", 2, sql_at=datetime(2026, 7, 1, tzinfo=UTC)),
            lead("L3", 3, **bad),
            lead("L4", 4, channel="展会", **bad),
            lead("L5", 5, region="华南", sql_at=day),
            lead("L6", 31, region="", channel=""),
        ],
    )
    store.deals.upsert_all(
        [
            Deal(
                "D1",
                "C1",
                owner_id="E1",
                product="RZ-L",
                created=date(2026, 3, 12),
                lead_id="L1",
                result="won",
                closed=date(2026, 4, 1),
            ),
            Deal("D2", "C1", owner_id="E1", created=date(2026, 3, 10), lead_id="L4"),
            Deal("D3", "C1", owner_id="E1", created=date(2026, 3, 11), lead_id="L3"),
            Deal("D4", "C2", created=date(2026, 3, 13), lead_id="L5"),
            Deal("D5", "C2", created=date(2026, 3, 13)),
        ]
    )
    contract = {
        "id": "H1",
        "deal_id": "D1",
        "customer_id": "C1",
        "amount": Decimal("1000.10"),
        "signed": date(2026, 4, 2),
    }
    store.loop.write("contract", [contract])
    paid = (("P1", "300.03", date(2026, 4, 3)), ("P2", "-50.01", date(2026, 5, 3)), ("P3", "700.00", None))
    store.loop.write("payment", [{"id": i, "contract_id": "H1", "amount": Decimal(a), "paid": d} for i, a, d in paid])
    dated = (
        ("K1", "搜索", "O1", date(2026, 3, 1), date(2026, 3, 10), Decimal(1000)),
        ("K2", "展会", "", date(2026, 2, 20), date(2026, 3, 11), Decimal(2000)),
        ("K3", "直播", "", date(2026, 3, 1), date(2026, 3, 31), Decimal(900)),
    )
    names = "id", "channel", "owner_id", "starts", "ends", "budget"
    store.loop.write("campaign", [dict(zip(names, one, strict=True)) for one in dated])
    at = datetime(2026, 3, 5, tzinfo=UTC)
    touches = [("T1", "K1", "12.30"), ("T2", "K1", "0.70"), ("T3", "K3", "5")]
    store.loop.write(
        "touch",
        [
            {"id": i, "visitor_id": "V", "channel": "", "campaign_id": k, "at": at, "cost": Decimal(c)}
            for i, k, c in touches
        ],
    )
    spend = {"id": "S1", "channel": "直播", "campaign_id": "K3", "day": date(2026, 3, 6), "amount": Decimal(88)}
    store.loop.write("spend", [spend])


@pytest.fixture
async def loop(database: Database) -> Database:
    await database.write(fill)
    return database


async def test_every_step_is_counted_once_for_each_lead(loop: Database) -> None:
    def look(store: Store) -> None:
        [whole] = store.funnel.cells(OPERATOR, (), as_of=NOW, zone=ZONE).values()
        assert whole == Stages(6, 3, 4, 1, 1, 1, Decimal("1000.10"), Decimal("250.02"))
        channels = store.funnel.cells(OPERATOR, ("channel",), as_of=NOW, zone=ZONE)
        assert {key[0]: (one.leads, one.sql, one.deals, one.won) for key, one in channels.items()} == {
            "搜索": (4, 3, 3, 1), "展会": (1, 0, 1, 0), "": (1, 0, 0, 0)
        }  # fmt: skip
        assert sum(channels.values(), Stages()) == whole
        months = store.funnel.cells(OPERATOR, ("month", "team", "product"), as_of=NOW, zone=ZONE)
        assert ("2026-03", "华东组", "RZ-L") in months
        early = store.funnel.cells(OPERATOR, (), as_of=datetime(2026, 3, 20, tzinfo=UTC), zone=ZONE)[()]
        assert (early.leads, early.sql, early.won, early.received) == (5, 2, 0, Decimal(0)), "as it stood then"
        since, until = datetime(2026, 3, 2, tzinfo=ZONE), datetime(2026, 3, 4, tzinfo=ZONE)
        some = store.funnel.cells(
            OPERATOR, (), since=since, until=until, as_of=NOW, zone=ZONE, where={"region": "华东"}
        )
        assert some[()].leads == 2

    await loop.read(look)


async def test_rejected_leads_come_back_only_after_the_day(loop: Database) -> None:
    """L3 came a day later; L4's opportunity is of the very day and is none that came after it (B7)."""
    found = await loop.read(lambda store: store.funnel.rejected(OPERATOR, ZONE))
    assert {one.id: one.deal_id for one in found} == {"L3": "D3", "L4": ""}


async def test_whoever_is_called_again_is_the_kept_customers(loop: Database) -> None:
    """B7, B13: after C2 was merged into C1, a lead that is C2's is for C1's owner."""

    def merged(store: Store) -> None:
        store.identity.put([Identity("lead", "L4", "C2", "name", 1.0, NOW)])
        assert owners(store) == {"L3": "", "L4": ""}
        store.identity.merges.merge("C1", "C2", "person", "x", NOW)
        assert owners(store) == {"L3": "", "L4": "E1"}

    def owners(store: Store) -> dict[str, str]:
        return {one.id: one.owner_id for one in store.funnel.rejected(OPERATOR, ZONE)}

    await loop.write(merged)


async def test_one_book_counts_for_each_campaign(loop: Database) -> None:
    """K1 has touches, K3 booked spends beside its touches, K2 a budget, 11 of whose 20 days are in March."""
    money = await loop.read(lambda store: store.funnel.money(OPERATOR, date(2026, 3, 1), date(2026, 4, 1), ZONE))
    assert money == [
        ChannelMoney("展会", Decimal(1100), ("budget",)),
        ChannelMoney("搜索", Decimal("13.00"), ("touches",)),
        ChannelMoney("直播", Decimal("88.00"), ("spends",)),
    ]


async def test_rates_only_over_leads_that_were_not_chosen_by_their_outcome(loop: Database) -> None:
    """D9: a director the region's, a channel owner the campaign's; a manager and a rep have no whole, only deals."""

    def look(store: Store) -> None:
        counts = {one.id: store.funnel.cells(one, (), as_of=NOW, zone=ZONE)[()].leads for one in (DIRECTOR, OWNER)}
        assert counts == {"D1": 4, "O1": 1}
        assert [store.funnel.whole(one) for one in (DIRECTOR, OWNER, MANAGER, REP)] == [True, True, False, False]
        mine = store.funnel.deal_stages(MANAGER, date(2026, 7, 15))
        assert (mine.deals, mine.won, mine.contracts, mine.paid, mine.received) == (3, 1, 1, 1, Decimal("250.02"))
        assert store.funnel.money(OWNER, date(2026, 3, 1), date(2026, 4, 1), ZONE)[0].channel == "搜索"

    await loop.read(look)


async def test_what_is_connected(database: Database) -> None:
    assert set((await database.read(lambda store: store.funnel.connected())).values()) == {0}
