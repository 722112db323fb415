"""C7: who may produce what, who listens, what has no sender or no listener: in chat, as a picture, on the pages."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.contracts import Address, Card, Context, Message, PageRequest, Reply
from config.groups.slas import Slas
from knowledge.events.catalog import load_catalog
from knowledge.events.system_reading import parse
from knowledge.slas.loading import load_rules
from skills.event_map.asked import Asked, asked, asks_for_senders, is_surely_about_gaps
from skills.event_map.drawing import draw_map, picture
from skills.event_map.pages import MapPages
from skills.event_map.reading import Sources
from skills.event_map.skill import EventMapSkill, drawn
from skills.event_map.wiring import wiring
from storage.database import Database
from storage.store import Store
from tests.unit.skills.house import OPS, REP

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
CATALOG = load_catalog()
RULES = load_rules(Slas(), "Asia/Shanghai", CATALOG)
SOURCES = Sources(CATALOG, RULES)
ERP = """
system: erp
title: ERP
kind: erp
owner: O1
produces: [purchase_order.created, purchase_order.received, goods.shipped]
source: /erp
token: ${erp_token}
listens:
  - name: orders
    types: [order.confirmed]
    where: {amount_cny: {">=": 1000000}}
    to: https://erp.example/hooks
    secret: ${erp_out}
"""
FINANCE = """
system: finance
title: 财务系统
kind: finance
owner: O1
produces: [payment.received]
source: /finance
token: ${finance_token}
listens:
  - name: all
    types: [goods.shipped, order.confirmed]
    to: https://finance.example/in
    secret: ${finance_out}
"""
TEXTS = {"erp": ERP, "finance": FINANCE}
SYSTEMS = {name: parse(text, name, CATALOG) for name, text in TEXTS.items()}
WIRING = wiring(CATALOG, SYSTEMS, {("erp", "orders"): "live"}, RULES)


def test_every_type_is_on_the_map_with_what_it_lacks() -> None:
    assert len(WIRING.wires) == len(CATALOG)
    assert [one.type.name for one in WIRING.untold] == ["order.confirmed"]
    assert [one.type.name for one in WIRING.unheard] == ["purchase_order.received", "payment.received"]
    assert len(WIRING.idle) == len(CATALOG) - 5
    order = WIRING.get("order.confirmed")
    assert order is not None
    assert [(one.system.name, one.state) for one in order.listeners] == [("erp", "live"), ("finance", "locked")]
    assert "order_to_purchase" in [rule.name for rule in order.rules]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("业务事件地图", Asked()),
        ("谁在监听订单确认", Asked("order.confirmed")),
        ("谁在监听order.confirmed", Asked("order.confirmed")),
        ("who listens to order confirmed", Asked("order.confirmed")),
        ("谁能发客户信用额度变更", Asked("credit.limit_changed")),
        ("库存低于安全水位由哪个系统上报", Asked("stock.below_safety")),
        ("财务监听哪些事件", Asked(system="finance")),
        ("what events does the ERP send", Asked(system="erp")),
        ("which events does nobody hear", Asked()),
    ],
)
def test_what_is_meant(text: str, meant: Asked) -> None:
    assert asked(text, CATALOG, SYSTEMS) == meant


@pytest.mark.parametrize(("text", "senders"), [("谁能发回款到账", True), ("who sends it", True), ("谁在监听", False)])
def test_whether_senders_are_asked_for(text: str, senders: bool) -> None:
    assert asks_for_senders(text) is senders


@pytest.mark.parametrize(
    ("text", "sure"),
    [("哪些事件没人听", True), ("which events does nobody listen to", True), ("哪些事件没接收", False)],
)
def test_gaps_of_the_map_are_claimed(text: str, sure: bool) -> None:
    """哪些事件没接收 is about the quarantine."""
    assert is_surely_about_gaps(text) is sure


@pytest.mark.parametrize(("meant", "boxes"), [(Asked(), 7), (Asked("order.confirmed"), 4), (Asked(system="erp"), 8)])
def test_a_picture_shows_what_is_asked_for(meant: Asked, boxes: int) -> None:
    drawing = draw_map(WIRING, drawn(WIRING, meant), "zh")
    assert len(drawing.boxes) == boxes
    made = picture(drawing, "<b>标题", "注")
    assert made is None or made.startswith(b"\x89PNG")


@pytest.fixture
async def connected(database: Database) -> Database:
    def fill(store: Store) -> None:
        for name, text in TEXTS.items():
            store.systems.save(name, text, "O1", NOW)
        store.systems.save("broken", "system: broken", "O1", NOW)

    await database.write(fill)
    return database


async def test_in_chat_and_on_the_pages(connected: Database, tmp_path: Path) -> None:
    """One set-up: both read the same store."""
    skill = EventMapSkill(connected, SOURCES, tmp_path, "https://x")

    async def card(text: str, lang: str = "zh") -> Card:
        context = Context(REP, Address("console", "E1"), lang, NOW)
        (reply,) = await skill.handle(Message("m", "console", "E1", "E1", "text", NOW, text=text), context)
        assert isinstance(reply, Reply)
        assert reply.card is not None
        return reply.card

    assert (await card("业务事件地图")).headline == "2 个系统已接入，37 种业务事件中用到 5 种。"
    assert (await card("业务事件地图")).summary == "1 种有人监听却没有系统上报。 2 种有系统上报却没人监听。"
    heard = await card("谁在监听订单确认")
    assert heard.headline == "“客户确认订单”由 ERP、财务系统（都未开通） 监听。"
    assert heard.summary == "还没有系统上报它；通常来自CRM、ERP。"
    assert (await card("谁能发回款到账")).headline == "“回款到账”由 财务系统 上报。"
    assert (await card("ERP 监听哪些事件")).headline == "ERP 能上报 3 种事件，监听 1 种。"
    assert (await card("who listens to renewal due", "en")).headline == 'No system listens to "Renewal due" yet.'

    pages = MapPages(connected, SOURCES)
    page = await pages.overview(PageRequest(REP, "zh", query={"focus": "from:finance"}))
    assert [one.type.name for one in page.values["used"]] == ["payment.received"]
    for viewer, where in ((REP, {}), (OPS, {"orders": "金额（元） ≥ 1,000,000", "all": ""})):
        page = await pages.type(PageRequest(viewer, "zh", path={"type": "order.confirmed"}))
        assert page.values["where"] == where
        assert page.values["changes"]
    assert (await pages.type(PageRequest(REP, "zh", path={"type": "moon.landed"}))).status == 404


async def test_nothing_connected_is_said(database: Database, tmp_path: Path) -> None:
    skill = EventMapSkill(database, SOURCES, tmp_path, "https://x")
    context = Context(REP, Address("console", "E1"), "zh", NOW)
    (reply,) = await skill.handle(Message("m", "console", "E1", "E1", "text", NOW, text="业务事件地图"), context)
    assert isinstance(reply, Reply)
    assert reply.card is not None
    assert reply.card.headline == "还没有接入任何系统；目录里有 37 种业务事件。"
    assert reply.files == ()
