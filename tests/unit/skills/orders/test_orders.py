"""C11, D9: the skill and its pages; an order of somebody else's customer is as unknown as one that doesn't exist."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.contracts import Address, Card, Context, Message, PageRequest, Person, Remember, Reply
from skills.orders.pages import OrderPages
from skills.orders.skill import OrdersSkill
from storage.database import Database
from storage.store import Store
from tests.unit.skills.house import MANAGER, OPS, OTHER_REP, REP, fill
from tests.unit.skills.orders.stories import NOW, SOURCES, ZONE, StillClock, put, put_deadline

DAY = datetime(2026, 7, 15, 8, 0, tzinfo=ZONE)


def fill_orders(store: Store) -> None:
    """SO1 of C1 (张敏's) waits for its purchase order, SO2 is planned, SO3 of C3 (王磊's) too; a ticket of C1."""
    fill(store)
    said = {"amount_cny": 1_250_000, "contract_no": "HT-1", "customer_no": "C1"}
    first = put(store, "order.confirmed", {"order_no": "SO0001", **said}, DAY, customer="C1", producer="crm")
    put_deadline(
        store, "order_to_purchase", "SO0001", first, DAY, DAY + timedelta(minutes=15), state="late", customer_id="C1"
    )
    put(store, "contract.signed", {"contract_no": "HT-1", **said, "signed_on": "2026-07-10"}, DAY, customer="C1")
    put(store, "order.confirmed", {"order_no": "SO0002", **said}, DAY, customer="C1", producer="crm")
    two = {"order_no": "SO0002", "purchase_order_no": "PO0002"}
    put(store, "purchase_order.created", two, DAY + timedelta(minutes=5), customer="C1")
    put(store, "purchase_order.received", {"purchase_order_no": "PO0002"}, DAY + timedelta(hours=1), customer="C1")
    put(store, "production.scheduled", {"order_no": "SO0002", "due_date": "2026-07-20"}, DAY, customer="C1")
    other = {"order_no": "SO0003", "amount_cny": 5, "customer_no": "C3"}
    put(store, "order.confirmed", other, DAY, customer="C3", producer="crm")
    put(store, "ticket.opened", {"ticket_no": "T00001", "customer_no": "C1", "topic": "报警"}, DAY, customer="C1")


@pytest.fixture
async def orders(database: Database) -> Database:
    await database.write(fill_orders)
    return database


@pytest.fixture
def skill(orders: Database, tmp_path: Path) -> OrdersSkill:
    return OrdersSkill(orders, SOURCES, tmp_path, "https://x", "Asia/Shanghai")


async def say(skill: OrdersSkill, text: str, person: Person = REP, lang: str = "zh") -> list[Reply]:
    place = Address("console", person.id)
    context = Context(person, place, lang, NOW)
    message = Message("m", "console", person.id, person.id, "text", NOW, text=text)
    return [one for one in await skill.handle(message, context) if isinstance(one, Reply)]


async def card(skill: OrdersSkill, text: str, person: Person = REP) -> Card:
    (reply,) = await say(skill, text, person)
    assert reply.card is not None
    return reply.card


OTHERS = {
    "合同 HT-1 走到哪一步了": "合同 HT-1：已排产，今天 08:00（erp）。下一步：SO0001 ERP 生成采购单",
    "采购单 PO0002 到哪了": "采购单 PO0002：采购到货",
    "工单 T00001 进度": "工单 T00001：工单已提交",
    "where is order SO0001": "订单 SO0001",
}
LISTS = [
    ("我的订单进度", REP, ["SO0001", "SO0002"]),
    ("还有哪些订单没发货", OPS, ["SO0001", "SO0002", "SO0003"]),
    ("还有哪些订单没发货", MANAGER, ["SO0001", "SO0002"]),
    ("泓达农机的订单到哪了", REP, ["SO0001", "SO0002"]),
]


async def test_where_one_is(skill: OrdersSkill, tmp_path: Path) -> None:
    """With a picture; and by any number that its events have."""
    (reply,) = await say(skill, "订单 SO0001 走到哪了")
    assert reply.card is not None
    begins = "订单 SO0001：客户确认订单，今天 08:00（crm）。下一步：ERP 生成采购单，应在今天 08:15"
    assert reply.card.headline.startswith(begins)
    assert reply.card.url == "https://x/orders/SO0001"
    assert {fact.label: fact.value for fact in reply.card.facts}["客户"] == "苏州泓达农业机械有限公司"
    steps = reply.card.sections[0].body
    assert "合同签订" in steps
    assert "SO0002" not in steps  # the contract's, but not those of its other order
    for file in reply.files:
        assert (tmp_path / file.path).read_bytes().startswith(b"\x89PNG")
    assert "采购到货" in (await card(skill, "so0002 的进度")).sections[0].body  # what hangs on its purchase order
    for text, begins in OTHERS.items():
        assert (await card(skill, text)).headline.startswith(begins)
    assert [one.title for one in (await card(skill, "SO0001 进度", OPS)).sections] == ["各系统的步骤", "时限"]


async def test_somebody_elses_is_as_unknown_as_none(skill: OrdersSkill) -> None:
    for value in ("SO0003", "SO9999"):
        (reply,) = await say(skill, f"订单 {value} 走到哪了")
        assert reply.card is None
        assert reply.text == f"没有找到 {value}。请核对编号；只能查到您负责范围内的订单。"
    assert (await card(skill, "订单 SO0003 走到哪了", OTHER_REP)).headline.startswith("订单 SO0003")


async def test_open_orders_the_most_pressing_first(skill: OrdersSkill) -> None:
    """A customer's only one is told in full."""
    for text, person, listed in LISTS:
        found = await card(skill, text, person)
        assert str(len(listed)) in found.headline
        lines = found.sections[0].body.splitlines()
        assert sorted(line[3:9] for line in lines) == listed
        assert lines[0].startswith("- [SO0001]")
        assert "1 个已超时" in found.summary
    assert (await card(skill, "铭科的订单到哪了", OTHER_REP)).headline.startswith("订单 SO0003")
    (reply,) = await say(skill, "睿格的订单到哪了")
    assert reply.text == "杭州|睿格*钣金*制品有限公司 没有在途订单。"


async def test_it_claims_a_number_that_it_knows_and_goes_on_with_another(skill: OrdersSkill) -> None:
    place = Address("console", "E1")
    fresh, after = Context(REP, place, "zh", NOW), Context(REP, place, "zh", NOW, memory={"case": "SO0001"})
    assert await skill.claims("SO0001", fresh)
    assert not await skill.claims("SO0003", fresh)
    assert not await skill.claims("那 SO0002 呢", fresh)
    assert await skill.claims("那 SO0002 呢", after)
    message = Message("m", "console", "E1", "E1", "text", NOW, text="SO0001 进度")
    assert Remember({"case": "SO0001"}) in await skill.handle(message, fresh)
    assert not await skill.claims("SO0002 的时限", after)  # the skill of deadlines answers that
    assert await skill.claims("它什么时候发货", after)
    assert not await skill.claims("它什么时候发货", fresh)
    same = Message("m", "console", "E1", "E1", "text", NOW, text="这个订单下一步呢")
    reply, *_ = await skill.handle(same, after)
    assert isinstance(reply, Reply)
    assert reply.card is not None
    assert reply.card.headline.startswith("订单 SO0001")


async def test_the_pages(orders: Database) -> None:
    pages = OrderPages(orders, SOURCES, StillClock(), ZONE)
    listing = await pages.listing(PageRequest(REP, "zh"))
    assert [one.value for one in listing.values["orders"]] == ["SO0001", "SO0002"]
    assert (await pages.listing(PageRequest(REP, "zh", query={"q": "so0002"}))).redirect == "/orders/SO0002"
    assert (await pages.listing(PageRequest(REP, "zh", query={"q": "SO0003"}))).values["unknown"]
    assert (await pages.listing(PageRequest(REP, "zh", query={"q": "泓达"}))).values["whose"].startswith("苏州泓达")
    one = await pages.one(PageRequest(REP, "zh", path={"key": "SO0001"}))
    assert one.template == "order.html"
    assert [row.mark for row in one.values["rows"]] == ["done", "done", "late"]
    seen = await orders.read(lambda store: store.audit.listing(OPS, actions=["orders.seen"]))
    assert [(entry.actor, entry.subject) for entry in seen] == [("E1", "SO0001")]  # D10
    for key in ("SO0003", "nothing", "SO9999"):
        assert (await pages.one(PageRequest(REP, "zh", path={"key": key}))).status == 404
