"""C9: an order that waits for its purchase order, from the event to three people's phones, by the real app."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from bot.app import build
from bot.contracts import Event, Role
from knowledge.events.systems import System
from storage.repositories.people import PersonRecord
from storage.store import Store
from tests.emulators.slack.emulator import SlackEmulator
from tests.emulators.wecom.emulator import WecomEmulator
from tests.scenarios import world as worlds
from tests.scenarios.browser import browser
from tests.scenarios.company import ANNA, DIRECTOR, EAST, JUNJIE, MIN, SOUTH
from tests.scenarios.slack import SlackMember
from tests.scenarios.world import Heard, World, audited, company_data, labels, running, words_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

TEN = datetime(2026, 3, 4, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)  # a Wednesday
ERP = System(
    "erp", "ERP", "erp", "", frozenset({"order.confirmed", "purchase_order.created", "ticket.opened"}), ("/erp",)
)
NUMBERS = count(1)
TICKETS = """sla: ticket_to_resolution
title: {zh: 报修 → 解决, en: Ticket → resolved}
from: ticket.opened
to: ticket.resolved
key: ticket_no
within: 15m
calendar: always
send: always
ladder: [{at: 100%, to: owner}]
"""


class Clock:
    """Stands until it is moved."""

    at = TEN

    def now(self) -> datetime:
        return self.at


CLOCK = Clock()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(
    workshop: Path, emulator: WecomEmulator, slack: SlackEmulator, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """A bot whose clock stands. Anna has Slack only."""
    data = company_data(workshop, tmp_path_factory.mktemp("sla") / "data")
    others = ["large_order_to_staff", "order_to_forecast", "order_to_production"]
    (rules := tmp_path_factory.mktemp("rules") / "ticket.yaml").write_text(TICKETS, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worlds, "build", lambda settings: build(settings, CLOCK))
        async with running(data, emulator, slack, slas={"off": others, "folder": rules.parent}) as world:

            def without_wecom(store: Store) -> None:
                accounts = {"wecom": "", "slack": ANNA.slack}
                record = PersonRecord(ANNA.id, ANNA.name, Role.REP, ANNA.team, ("华东",), EAST.id, accounts=accounts)
                store.people.upsert(record)

            await world.app.database.write(without_wecom)
            yield world


async def happen(world: World, type_: str, subject: str, at: datetime | None = None, **data: object) -> None:
    """A system tells that something has happened, just now if nothing else is said."""
    event = Event(f"e{next(NUMBERS)}", "/erp", type_, at or CLOCK.at, subject, data)
    [verdict] = await world.app.nerve.events.flow.accept([event], ERP)
    assert verdict.outcome == "accepted"


async def at(world: World, clock: str) -> None:
    """It is that time of the day: what is due is told."""
    hour, minute, second = (int(part) for part in f"{clock}:00".split(":")[:3])
    CLOCK.at = TEN + timedelta(hours=hour - 10, minutes=minute, seconds=second)
    await look(world)


async def look(world: World) -> None:
    """As the ticker does when something is due."""
    [ticker] = [one for one in world.app.nerve.tickers if one._name == "deadlines"]
    await ticker._look()
    await world.quiet()


def cards(heard: Sequence[Callable[[], Heard]]) -> list[int]:
    """How many each of them got."""
    return [len(one().cards) for one in heard]


async def test_at_14_59_nothing_at_15_01_the_owner_then_manager_then_director(world: World) -> None:
    """C9 in WeCom: each of them once; 我来处理 by the manager is silence for everybody; the end is one line each."""
    await happen(
        world, "order.confirmed", "SO00012", order_no="SO00012", amount_cny=500_000, customer_no="C001", region="华东"
    )
    people = (MIN.wecom, EAST.wecom, DIRECTOR.wecom)
    for clock, expected in (("10:14:59", [1, 0, 0]), ("10:15:01", [1, 0, 0]), ("10:21", [0, 1, 0])):
        ears = [world.listening(one) for one in people]
        listening = [ear.__enter__() for ear in ears]
        await at(world, clock)
        for ear in ears:
            ear.__exit__()
        assert cards(listening) == expected, clock
    card = listening[1]().card
    assert "SO00012 超时 6 分钟，还在等：ERP 生成采购单" in words_of(card.payload)
    assert labels(card) == ["我来处理", "2 小时后提醒", "说明并推迟", "已了结"]
    assert "由你处理" in (await world.press(EAST.wecom, card, "mine")).words
    with world.listening(DIRECTOR.wecom) as heard:
        await at(world, "10:31")
        await at(world, "17:00")
    assert heard().entries == ()
    with world.listening(MIN.wecom) as owner, world.listening(EAST.wecom) as manager:
        await happen(world, "purchase_order.created", "SO00012", order_no="SO00012", purchase_order_no="PO00012")
        await at(world, "17:00")
    assert [len(one().texts) for one in (owner, manager)] == [1, 1]
    assert "✓ SO00012 已完成：ERP 生成采购单（17:00，超时 6 小时 45 分钟）" in owner().words
    assert len(await audited(world, "sla.acknowledged")) == 1


async def test_in_slack_it_is_put_off_and_settled_by_forms(world: World) -> None:
    """C9 in Slack, for an owner without WeCom: reasons are asked for in a form, the card changes in place."""
    CLOCK.at, member = datetime.now(UTC), SlackMember(world, ANNA.slack)  # Slack's signatures are of now
    begun, about = CLOCK.at - timedelta(minutes=15, seconds=1), {"customer_no": "C003", "topic": "servo alarm"}
    with member.listening() as heard:
        await happen(world, "ticket.opened", "T00013", begun, ticket_no="T00013", **about)
        await look(world)
    assert "T00013" in heard().words
    await member.press(heard().card, "snooze")
    done = await member.submit({"reason": "supplier is late", "until": "later"})
    assert done.words
    with member.listening() as heard:
        CLOCK.at += timedelta(minutes=119)
        await look(world)
    assert heard().cards == []
    with member.listening() as heard:
        CLOCK.at += timedelta(minutes=2)
        await look(world)
    CLOCK.at = datetime.now(UTC)
    await member.press(heard().card, "resolve")
    assert (await member.submit({"reason": "reset by telephone"})).words
    assert [entry.detail["reason"] for entry in await audited(world, "sla.resolved")] == ["reset by telephone"]


async def test_the_board_in_chat_and_on_the_page(world: World) -> None:
    """C9, C10, D9: what is late, by the rows that one may see; decided on the page, too."""
    CLOCK.at = TEN + timedelta(days=2)
    await happen(
        world, "order.confirmed", "SO00101", order_no="SO00101", amount_cny=500_000, customer_no="C101", region="华南"
    )
    await at(world, "58:40")
    assert "1 件卡住了，最久的是 SO00101" in (await world.say(SOUTH.wecom, "哪些订单卡住了")).words
    assert "没有卡住的" in (await world.say(MIN.wecom, "哪些订单卡住了")).words
    assert "黄俊杰 的超时最多：1 件" in (await world.say(DIRECTOR.wecom, "谁的超时最多")).words
    assert "SO00101 超时 25 分钟" in (await world.say(JUNJIE.wecom, "SO00101 的时限")).words
    assert "没有找到 SO00101 的时限" in (await world.say(MIN.wecom, "SO00101 的时限")).words
    async with browser(world, JUNJIE.id) as window:
        status, html = await window.page("/sla")
        assert status == 200
        assert all(words in html for words in ("SO00101", "ERP 生成采购单", "东莞鼎峰电器有限公司", "0.0%"))
        [one] = await world.app.database.read(
            lambda store: store.deadlines.of_cases(["order_to_purchase"], ["SO00101"])
        )
        assert await window.submit("/sla", {"do": "resolve", "id": str(one.id), "reason": ""}) == 303
        assert await window.submit("/sla", {"do": "resolve", "id": str(one.id), "reason": "电话确认"}) == 303
        status, html = await window.page("/sla?case=SO00101")
        assert status == 200
        assert "超时完成" in html
        assert "黄俊杰 了结：电话确认" in html
    async with browser(world, MIN.id) as window:
        assert (await window.page("/sla?case=SO00101"))[0] == 404
