"""What can't be read is kept, asked about once, and released by the way that everything comes in (C6)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.contracts import Remember, Reply
from bot.contracts.person import OPERATOR
from knowledge.events.waiting import groups_of
from storage.database import Database
from tests.unit.flows.event_house import OPS, OWNER, REP, House, bought, envelope, order


def nameless(id_: str, number: str = "SO1") -> dict[str, object]:
    """An order under a field that is only alike: never taken by itself."""
    return order(id_, order_no=None, order_number=number)


@pytest.fixture
async def house(migrated_sqlite_url: str) -> AsyncIterator[House]:
    """Three events wait: two with one fault, one of an unknown type."""
    database = Database(migrated_sqlite_url)
    house = House(database)
    await house.open()
    async with house.door() as door:
        _, said = await door.post([nameless("1"), nameless("2", "SO2"), order("3") | {"type": "order.confirmd"}])
        assert said["counts"]["quarantined"] == 3
    yield house
    database.close()


async def waiting(house: House) -> list[tuple[str, int]]:
    """(Type, how many) of each kind."""
    groups = await house.database.read(lambda store: groups_of(store.quarantine.open()))
    return [(one.type, one.count) for one in groups]


async def test_somebody_is_asked_once_for_each_kind(house: House) -> None:
    """However many events, however often it is looked at, and not at night."""
    house.clock.at = house.clock.at.replace(hour=14)  # 22:00 in Shanghai
    assert await house.cards() == []
    house.clock.at = house.clock.at.replace(hour=2)
    cards = await house.cards()
    assert [one.headline for one in cards] == [
        "CRM的“客户确认订单”有 2 条读不懂：缺少“订单号”（order_no）。",
        "CRM发来 1 条没登记过的事件：order.confirmd",
    ]
    async with house.door() as door:
        assert (await door.post(nameless("4")))[1]["verdict"] == "quarantined"
    assert await house.cards() == []
    assert await waiting(house) == [("order.confirmed", 3), ("order.confirmd", 1)]


async def test_approved_by_a_button_it_is_released_and_understood_from_then_on(house: House) -> None:
    """The mapping is kept, audited, and belongs to that system and type alone."""
    card, _ = await house.cards()
    [reply] = await house.press(card, "approve")
    assert isinstance(reply, Reply)
    assert reply.card is not None
    assert reply.card.notice == "已接收 2 条，下游会照常收到；以后同样的直接认得。"
    assert [one.data["order_no"] for one in await house.events()] == ["SO1", "SO2"]
    assert [one.event.data["order_no"] for one in house.seen] == ["SO1", "SO2"]  # deliveries and deadlines follow
    event = (await house.events())[0]
    assert event.original == {"order_number": "SO1", "amount_cny": 1000, "customer_no": "C1"}
    assert event.mended[0]["how"].startswith("approved")
    async with house.door() as door:
        assert (await door.post(nameless("5")))[1]["verdict"] == "accepted"
        assert (await door.post(nameless("1")))[1]["verdict"] == "duplicate"
        other = envelope("9", "purchase_order.created", "/erp", {"order_number": "SO1", "purchase_order_no": "PO1"})
        assert (await door.post(other, "erp_token"))[1]["verdict"] == "quarantined"
    noted = await house.database.read(lambda store: store.audit.listing(OPERATOR, 5, ["event.mapping_approved"]))
    assert [(one.actor, one.detail["fields"]) for one in noted] == [(OPS.id, {"order_number": "order_no"})]
    [reply] = await house.press(card, "approve")
    assert isinstance(reply, Reply)
    assert reply.card is not None
    assert reply.card.notice == "已经有人处理过了。"


async def test_a_misspelt_type_is_taken_for_the_one_that_was_meant(house: House) -> None:
    """As somebody said, not by itself; what it may send is still asked."""
    _, card = await house.cards()
    await house.press(card, "approve")
    [event] = await house.events()
    assert (event.type, event.id) == ("order.confirmed", "3")
    async with house.door() as door:
        assert (await door.post(order("6") | {"type": "order.confirmd"}))[1]["verdict"] == "accepted"
        assert (await door.post(nameless("7") | {"type": "order.confirmd"}))[1]["verdict"] == "quarantined"


async def test_a_sender_that_repeats_it_well_needs_nobody(house: House) -> None:
    """The same id, corrected: taken, and no longer waiting."""
    async with house.door() as door:
        assert (await door.post(order("1")))[1]["verdict"] == "accepted"
    assert await waiting(house) == [("order.confirmed", 1), ("order.confirmd", 1)]


async def test_given_up_with_a_reason_they_stay_to_be_seen(house: House) -> None:
    """Asked for in words where no form can be shown."""
    card, _ = await house.cards()
    asked, memory = await house.press(card, "discard")
    assert isinstance(asked, Reply)
    assert isinstance(memory, Remember)
    assert "为什么放弃" in asked.text
    [said, _] = await house.say("测试数据", discard=memory.values["discard"])
    assert isinstance(said, Reply)
    assert said.text == "已放弃 2 条，原文仍可查。"
    assert await waiting(house) == [("order.confirmd", 1)]
    kept = await house.database.read(lambda store: store.quarantine.decided(10))
    assert [(one.event_id, one.state, one.decided_by) for one in kept] == [
        ("1", "discarded", "O1"),
        ("2", "discarded", "O1"),
    ]
    noted = await house.database.read(lambda store: store.audit.listing(OPERATOR, 5, ["event.discarded"]))
    assert noted[0].detail["reason"] == "测试数据"
    async with house.door() as door:
        assert (await door.post(nameless("1")))[1]["verdict"] == "duplicate"


async def test_who_may_decide(house: House) -> None:
    """Sales ops, and the system's owner; a rep sees nothing of it (D9)."""
    card, _ = await house.cards()
    assert (await house.press(card, "original", REP))[0].card.notice == "已经有人处理过了。"  # type: ignore[union-attr]
    [refused] = await house.say("隔离区里有什么", REP)
    assert isinstance(refused, Reply)
    assert refused.text.startswith("这里只给销售运营")
    [seen] = await house.say("隔离区里有什么", OWNER)
    assert isinstance(seen, Reply)
    assert seen.card is not None
    assert seen.card.headline == "隔离区里有 3 条事件等人决定"
    [original] = await house.press(card, "original", OWNER)
    assert isinstance(original, Reply)
    assert '"order_number": "SO2"' in original.text
    await house.press(card, "approve", OWNER)
    assert len(await house.events()) == 2


async def test_a_released_event_that_may_no_longer_be_sent_stays(house: House) -> None:
    """Entries hold for released ones too."""
    card, _ = await house.cards()
    await house.made.registry.remove("crm", OPS.id)
    [said] = await house.press(card, "approve")
    assert isinstance(said, Reply)
    assert said.text.startswith("还是读不懂")
    assert await house.events() == []
    assert dict(await waiting(house))["order.confirmed"] == 2


async def test_a_choice_of_somebodys_own_and_taking_it_back(house: House) -> None:
    """Where nothing is certain enough to be proposed."""
    async with house.door() as door:
        odd = envelope("9", "purchase_order.created", "/erp", {"order_no": "SO1", "beleg": "PO77"})
        assert (await door.post(odd, "erp_token"))[1]["verdict"] == "quarantined"
    groups = await house.database.read(lambda store: groups_of(store.quarantine.open(["erp"])))
    assert groups[0].proposal == []
    done = await house.made.quarantine.approve(groups[0].key, OPS, {"beleg": "purchase_order_no"})
    assert done is not None
    assert (done.done, done.left) == (1, 0)
    assert await house.made.quarantine.forget("erp", "purchase_order.created", "beleg", OPS)
    assert not await house.made.quarantine.forget("erp", "purchase_order.created", "beleg", OPS)
    async with house.door() as door:
        assert (await door.post({**odd, "id": "10"}, "erp_token"))[1]["verdict"] == "quarantined"
        assert (await door.post(bought("11"), "erp_token"))[1]["verdict"] == "accepted"


@pytest.mark.parametrize("data", ["text", ["list"], 5, None, True], ids=str)
async def test_data_that_are_no_object_are_kept_as_they_are(house: House, data: object) -> None:
    """Nothing is dropped."""
    async with house.door() as door:
        status, said = await door.post(envelope("d", "order.confirmed", "/crm", data))
        assert (status, said["verdict"], said["reason"]) == (202, "quarantined", "invalid")
        status, said = await door.post(envelope("v", "order.confirmed", "/crm", {}, dataversion="99"))
        assert (said["verdict"], said["reason"]) == ("quarantined", "unknown_version")
    rows = await house.database.read(lambda store: store.quarantine.these(range(1, 10)))
    assert rows[-2].envelope["data"] == data
