"""B12: a late channel from the file to the owner's phone, and back: at WeCom and Slack, by the real app."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from playwright.async_api import async_playwright, expect

from bot.cli.signing_in import issue_token
from bot.contracts import Role
from storage.repositories.customers import Customer
from storage.repositories.people import PersonRecord
from storage.store import Store
from tests.emulators.slack.emulator import SlackEmulator
from tests.emulators.wecom.emulator import WecomEmulator
from tests.emulators.wecom.ledger import Outcome
from tests.scenarios.browser import browser
from tests.scenarios.company import ANNA, EAST, MIN, OPS
from tests.scenarios.slack import SlackMember
from tests.scenarios.world import World, audited, company_data, labels, running, words_of
from tests.unit.adapters.console.test_browser import ARGUMENTS, CHROMIUM

pytestmark = pytest.mark.asyncio(loop_scope="module")

SHANGHAI = ZoneInfo("Asia/Shanghai")
ALWAYS = {"quiet_from": "00:00", "quiet_to": "00:00", "working_days": False}  # whenever the tests are run
HEADER = "touch_id,visitor,channel,touched_at,exported_at\n"
DEFINITION = """source: {source}
title: {title}
system: marketing
owner: {owner}
from: {{kind: file, path: {source}.csv}}
fresh: {{by: exported_at, per: channel}}
to: touch
fields: {{id: touch_id, visitor_id: visitor, channel: channel, at: touched_at}}
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(
    workshop: Path, emulator: WecomEmulator, slack: SlackEmulator, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """A bot with an empty folder of sources. Anna has Slack only."""
    data = company_data(workshop, tmp_path_factory.mktemp("freshness") / "data")
    (data / "sources").mkdir()
    async with running(data, emulator, slack, freshness=ALWAYS, quality={"working_days": False}) as world:

        def without_wecom(store: Store) -> None:
            accounts = {"wecom": "", "slack": ANNA.slack}
            store.people.upsert(PersonRecord(ANNA.id, ANNA.name, Role.REP, language="en", accounts=accounts))

        await world.app.database.write(without_wecom)
        yield world


def write(world: World, source: str, *rows: tuple[str, str, datetime]) -> None:
    """The export as it is now: (number, channel, when it was exported)."""
    lines = [
        f"{id_},V{id_},{channel},2026-01-05 10:00:00,{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}\n"
        for id_, channel, at in rows
    ]
    (world.data / "sources" / f"{source}.csv").write_text(HEADER + "".join(lines), encoding="utf-8")


async def apply(world: World, source: str, title: str, owner: str) -> None:
    """Sales ops paste the definition on the page; it is loaded at once."""
    async with browser(world, OPS.id) as window:
        text = DEFINITION.format(source=source, title=title, owner=owner)
        assert await window.submit("/sources", {"do": "apply", "text": text}) == 303
    await world.quiet()


async def load(world: World, source: str) -> None:
    """They press 立即读取."""
    async with browser(world, OPS.id) as window:
        assert await window.submit("/sources", {"do": "load", "source": source}) == 303
    await world.quiet()


async def test_the_owner_gets_one_card_puts_it_off_and_hears_when_it_is_well(world: World) -> None:
    """B12 in WeCom: 61 hours late; 周末供应商不发数 in words, for WeCom asks no form; recovery although put off."""
    now = world.app.house.clock.now()
    write(world, "touches", ("T1", "展会扫码", now - timedelta(hours=61, minutes=5)), ("T2", "搜索", now))
    with world.listening(EAST.wecom) as heard, world.listening(OPS.wecom) as others:
        await apply(world, "touches", "市场触点", EAST.id)
        await world.app.schedule.run_slot(f"freshness@{now.isoformat()}")
        await load(world, "touches")
    assert "展会扫码数据晚 61 小时" in heard().words
    assert labels(heard().card)[1:] == ["已知晓", "4 小时后提醒", "说明并推迟"]
    assert others().entries == ()
    asked = await world.press(EAST.wecom, heard().card, "snooze")
    assert "周末供应商不发数，到周一" in asked.words
    assert "已推迟到" in (await world.say(EAST.wecom, "周末供应商不发数，到下周一")).words
    assert [entry.detail["reason"] for entry in await audited(world, "data.snoozed")] == ["周末供应商不发数，到下周一"]
    with world.listening(EAST.wecom) as heard:
        write(world, "touches", ("T1", "展会扫码", now), ("T2", "搜索", now))
        await load(world, "touches")
        await world.app.schedule.run_slot(f"freshness@{now.isoformat()}")
        await world.quiet()
    assert [text for text in heard().texts if "展会扫码数据已恢复" in text] == heard().texts
    assert len(heard().texts) == 1


async def test_a_gate_below_its_threshold_is_told_once_and_put_off(world: World) -> None:
    """B13 in WeCom: sales ops hear of it on their phone in the morning, put it off there, and aren't told again."""
    now = world.app.house.clock.now()
    gap = Customer("C900", "苏州新锐精密机械有限公司", "新锐", "家电", "江苏", "华东", Decimal(1), MIN.id)  # of no tier
    await world.app.database.write(lambda store: store.customers.upsert_all([gap]))
    with world.listening(OPS.wecom) as heard:
        await world.app.schedule.run_slot(f"quality@{now.isoformat()}")
        await world.quiet()
    assert "客户·等级填写率 降到 85.7%" in heard().words
    assert "不再提醒" in (await world.press(OPS.wecom, heard().card, "snooze")).words
    assert len(await audited(world, "quality.snoozed")) == 1
    with world.listening(OPS.wecom) as heard:
        await world.app.schedule.run_slot(f"quality@{(now + timedelta(seconds=1)).isoformat()}")
        await world.quiet()
    assert heard().entries == ()


async def test_in_slack_there_is_a_form(world: World) -> None:
    """B12 in Slack, for an owner without WeCom and in their language; 已知晓 changes the card in place."""
    now, member = world.app.house.clock.now(), SlackMember(world, ANNA.slack)
    write(world, "fairs", ("F1", "Trade fair", now - timedelta(hours=50)))
    with member.listening() as heard:
        await apply(world, "fairs", "Fairs", ANNA.id)
    assert "Trade fair data is 50 hours late" in heard().words
    await member.press(heard().card, "snooze")
    done = await member.submit({"reason": "no fair this week", "until": "news"})
    assert "Put off until new data comes" in done.words
    with member.listening() as heard:
        write(world, "fairs", ("F1", "Trade fair", now), ("F2", "Trade fair", now))
        await load(world, "fairs")
    assert "Trade fair data is back" in heard().words


async def test_anybody_may_ask_and_the_page_is_for_those_who_keep_data(world: World) -> None:
    """B12, D9: a rep asks for lights and gets no buttons and no link; the page is closed to them."""
    now = world.app.house.clock.now()
    write(world, "late", ("L1", "短信群发", now - timedelta(hours=72)))
    await apply(world, "late", "短信", OPS.id)
    asked = (await world.say(MIN.wecom, "哪些渠道数据晚了")).card
    assert asked.outcome is Outcome.DELIVERED
    assert "短信群发数据晚 72 小时" in words_of(asked.payload)
    assert not {"已知晓", "说明并推迟"} & set(labels(asked))
    assert "短信群发数据晚 72 小时（红灯）" in (await world.say(MIN.wecom, "短信群发的数据到了吗")).words
    async with browser(world, MIN.id) as window:
        assert (await window.page("/sources"))[0] == 403
    async with browser(world, OPS.id) as window:
        status, html = await window.page("/sources")
        assert status == 200
        assert all(words in html for words in ("市场触点", "Fairs", "红灯 · 晚了", "短信群发"))
        assert (await window.page("/sources/touches"))[0] == 200


@pytest.mark.browser
async def test_the_page_on_a_phone_follows_a_load_and_takes_a_file(world: World, tmp_path: Path) -> None:
    """B12 in a real Chromium at 390 px: lights by shape and word, nothing to scroll sideways, progress without a
    reload, a definition from a file."""
    now, database = world.app.house.clock.now(), world.app.database
    write(world, "phone", ("P1", "电话营销", now))
    await apply(world, "phone", "外呼", OPS.id)
    (tmp_path / "new.yaml").write_text(DEFINITION.format(source="next", title="下一个", owner=OPS.id), encoding="utf-8")
    async with async_playwright() as playwright:
        window = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = await window.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN", base_url=world.url)
        tab = await context.new_page()
        await tab.goto(f"/?token={await issue_token(database, OPS.id)}")
        await tab.get_by_role("button", name="登录").click()
        await expect(tab.locator("#welcome")).to_be_visible()
        load = await database.write(lambda store: store.loads.begin("phone", 1, "read", None, now))
        await database.write(lambda store: store.loads.went_on(load, None, 12_000))
        await tab.goto("/sources")
        source = tab.locator("#phone")
        await expect(source).to_contain_text("正在读取 · 已读 12,000 行…")
        await expect(source.locator(".lights")).to_contain_text("●")
        await expect(source).to_contain_text("绿灯 · 正常")
        assert await tab.evaluate("document.documentElement.scrollWidth") <= 390
        done = {"added": 0, "changed": 0, "unchanged": 12_000, "rejected": 0}
        await database.write(lambda store: store.loads.done(load, now, **done))
        await expect(source.get_by_role("button", name="立即读取")).to_be_enabled(timeout=20_000)
        await tab.get_by_text("接入或更新数据源").click()
        await tab.locator("input[type=file]").set_input_files(tmp_path / "new.yaml")
        await expect(tab.locator("#text")).to_have_value(re.compile("source: next"))
        await tab.get_by_role("button", name="检查并生效").click()
        await expect(tab.get_by_role("heading", level=1)).to_have_text("下一个")
        assert await tab.evaluate("document.documentElement.scrollWidth") <= 390
        await window.close()
    await world.quiet()
