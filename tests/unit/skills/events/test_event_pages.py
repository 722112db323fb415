"""/events: what came, what was put right, to whom it went, what waits (C1, C2, C6); for those whose it is (D9)."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.contracts import PageRequest, PageResult, Person
from config.locales import t
from skills.events.pages import EventPages
from storage.database import Database
from tests.unit.flows.event_house import OPS, OWNER, REP, House, bought, envelope, order


@pytest.fixture
async def house(migrated_sqlite_url: str) -> AsyncIterator[House]:
    """Two good events, one of them mended, one that waits."""
    database = Database(migrated_sqlite_url)
    house = House(database)
    await house.open()
    async with house.door() as door:
        await door.post([order("1"), order("2", orderNo="SO2", order_no=None, amount_cny="7")])
        await door.post(bought("3"), "erp_token")
        await door.post(envelope("4", "order.confirmed", "/crm", {"order_number": "=SO4", "amount_cny": 4}))
        await door.post(envelope("5", "goods.shipped", "/crm", {"order_no": "SO1"}))
    yield house
    database.close()


def pages(house: House) -> EventPages:
    """As the console has them."""
    page: Any = next(one for one in house.made.pages if one.route == "/events")
    found: EventPages = page.show.__self__
    return found


def asked(viewer: Person = OPS, **query: str) -> PageRequest:
    return PageRequest(viewer, "zh", query=query)


def shown(result: PageResult) -> list[str]:
    """The ids of the events that a listing shows."""
    return [one.id for one in result.values["found"].events]


async def test_the_listing_is_narrowed(house: House) -> None:
    """By type, system, number and time; the newest first."""
    listing = pages(house).listing
    assert shown(await listing(asked())) == ["3", "2", "1"]
    assert shown(await listing(asked(type="order.confirmed"))) == ["2", "1"]
    assert shown(await listing(asked(system="erp"))) == ["3"]
    assert shown(await listing(asked(key="SO1"))) == ["3", "1"]
    assert shown(await listing(asked(key="C1", mended="1"))) == ["2"]
    assert shown(await listing(asked(since="2026-03-05"))) == []
    assert shown(await listing(asked(since="2026-03-04", until="2026-03-04"))) == ["3", "2", "1"]
    assert shown(await listing(asked(before="2"))) == ["1"]
    assert shown(await listing(asked(since="x", until="9999-12-31", before="x" * 40))) == ["3", "2", "1"]
    values = (await listing(asked())).values
    assert values["found"].waiting == 1
    assert [one["said"] for one in values["refused"]] == ["crm 发了不归它发的“已发货”，已拒收"]


async def test_whose_events_are_shown(house: House) -> None:
    """An owner of a system sees that system's; whoever owns none finds no such page."""
    listing = pages(house).listing
    assert shown(await listing(asked(OWNER))) == ["2", "1"]
    assert (await listing(asked(OWNER))).values["refused"] == []
    for page in (listing, pages(house).export, pages(house).quarantine):
        assert (await page(asked(REP))).status == 404
    assert (await pages(house).one(PageRequest(OWNER, "zh", path={"seq": "3"}))).status == 404
    assert (await pages(house).one(PageRequest(OWNER, "zh", path={"seq": "1"}))).status == 200


async def test_one_event_says_what_was_put_right(house: House) -> None:
    """And what came is kept."""
    result = await pages(house).one(PageRequest(OPS, "zh", path={"seq": "2"}))
    assert '"orderNo": "SO2"' in result.values["original"]
    assert result.values["mended"] == [
        "orderNo 是订单号 order_no 的另一种写法",
        "金额（元） amount_cny 是引号里的数字，已按数字读",
    ]
    assert (result.values["one"].customer, result.values["one"].person) == ("恒锐精密", "张敏")


async def test_the_export_runs_no_formula(house: House, tmp_path: Any) -> None:
    """The same rows as the listing, for Excel."""
    page = pages(house)
    page._folder = tmp_path
    async with house.door() as door:
        await door.post(order("6", item="x") | {"subject": "=HYPERLINK(1)"})
    result = await page.export(asked())
    assert result.file is not None
    rows = list(csv.DictReader(io.StringIO(result.file.path.read_text(encoding="utf-8-sig"), newline="")))
    assert [row["id"] for row in rows] == ["6", "3", "2", "1"]
    assert rows[0]["subject"] == "'=HYPERLINK(1)"
    assert rows[-1]["keys"] == "customer_no=C1 order_no=SO1"


async def test_the_quarantine_is_decided_on_the_page(house: House) -> None:
    """As proposed, or as somebody chooses; what isn't chosen isn't mapped."""
    page = pages(house)
    result = await page.quarantine(asked())
    [kind] = result.values["kinds"]
    assert kind["choices"] == [("order_no", "订单号", "order_number")]
    form = {"do": "approve", "key": kind["group"].key, "f:order_no": "order_number", "f:amount_cny": "x"}
    done = await page.quarantine(PageRequest(OPS, "zh", "POST", form=form))
    assert done.values["said"] == t("events.done.released", count=1)
    assert [(one.given, one.field) for one in done.values["found"].mendings] == [("order_number", "order_no")]
    again = await page.quarantine(PageRequest(OPS, "zh", "POST", form=form))
    assert again.values["said"] == t("events.done.gone")
    forget = {"do": "forget", "producer": "crm", "type": "order.confirmed", "given": "order_number"}
    assert (await page.quarantine(PageRequest(REP, "zh", "POST", form=forget))).status == 404
    taken = await page.quarantine(PageRequest(OWNER, "zh", "POST", form=forget))
    assert taken.values["said"] == t("events.done.forgotten")
