"""A1, A8–A11, D2: customers write in a channel, the rep gets a card on the phone, and presses change it in place."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.contracts.listening import Source
from knowledge.signals.calibration import threshold_change
from skills.calibration.replaying import Replay
from storage.repositories.consents import Consent
from storage.repositories.diagnoses import Diagnosis
from storage.repositories.dialogues import DialogueRecord
from storage.repositories.proposals import Proposal
from storage.store import Store
from tests.emulators.slack.emulator import SlackEmulator
from tests.emulators.wecom.emulator import WecomEmulator
from tests.emulators.wecom.ledger import Outcome
from tests.scenarios.browser import browser
from tests.scenarios.company import EAST, MIN, SALES, SLACK_STRANGER
from tests.scenarios.slack import SlackMember
from tests.scenarios.world import Heard, World, company_data, labels, running, words_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

ALWAYS = {"quiet_from": "00:00", "quiet_to": "00:00", "working_days": False}  # whenever the tests are run


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(
    workshop: Path, emulator: WecomEmulator, slack: SlackEmulator, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """A bot that listens in one channel, where the customer C001 agreed to it."""
    data = company_data(workshop, tmp_path_factory.mktemp("prompts") / "data")
    async with running(data, emulator, slack, coaching=ALWAYS) as world:
        await world.app.database.write(lambda store: agree(store, world))
        yield world


def agree(store: Store, world: World) -> None:
    """The room's consent, and whose room it is, as `xiaoce chats import` notes them."""
    now = world.app.house.clock.now()
    store.consents.add(Consent("room", SALES, True, now, "operator", "rooms.csv"))
    store.dialogues.open(
        DialogueRecord(f"{SALES}:begin", Source.CHAT, now, "C001", MIN.id, begun_at=now, state="ready", room=SALES)
    )


async def overheard(world: World, text: str) -> Heard:
    """The customer writes to the channel; what the rep gets on the phone. The channel hears nothing (D2)."""
    with world.listening(MIN.wecom) as heard:
        said = await SlackMember(world, SLACK_STRANGER).say(text, SALES)
        await world.quiet()
    assert said.entries == ()
    return heard()


async def test_a_customers_words_become_a_card_that_changes_in_place(world: World) -> None:
    """A8, A11: folded, unfolded with quote and talk-track, then used; a second risk of the day gives no second card."""
    card = (await overheard(world, "你们的价格太贵了，超出我们的预算了")).card
    assert card.outcome is Outcome.DELIVERED
    assert labels(card)[1:] == ["用上了", "不适用", "稍后", "少发点", "打断我了"]
    opened = await world.press(MIN.wecom, card, "unfold")
    assert "太贵了" in opened.words
    assert "这样说" in opened.words
    used = (await world.press(MIN.wecom, card, "used")).card
    assert used.outcome is Outcome.UPDATED
    assert "收到，祝顺利。" in words_of(used.payload)
    assert (await overheard(world, "能不能再便宜一点，打个九折")).entries == ()
    assert "同一件事" in (await world.say(MIN.wecom, "为什么少推了")).words


async def test_the_page_is_for_managers_and_shows_what_was_withheld_and_why(world: World) -> None:
    """A11: counts by kind with rates, and every decision; a rep may not open it."""
    async with browser(world, EAST.id) as window:
        status, html = await window.page("/prompts")
    assert status == 200
    assert all(words in html for words in ("提示效果", "价格异议", "同一件事已推过", "张敏", "用上了"))
    async with browser(world, MIN.id) as window:
        assert (await window.page("/prompts"))[0] in {403, 404}


async def test_levels_are_set_in_chat(world: World) -> None:
    """A10."""
    assert "改为基础级" in (await world.say(MIN.wecom, "基础级")).words
    assert "基础级" in (await world.say(MIN.wecom, "提示设置")).words
    assert "恒锐" in (await world.say(MIN.wecom, "我在客户这，恒锐")).words
    assert "拜访结束" in (await world.say(MIN.wecom, "离开了")).words


async def test_a_rule_is_made_and_managed_on_each_platform(world: World) -> None:
    """A7: within each platform's limits; a form where there is one, words where there is none."""
    made = await world.say(MIN.wecom, "客户说两次竞品就提醒我")
    assert "我理解为：7 天内客户 2 次提到“竞品”" in made.words
    assert "上个月会触发" in made.words
    assert "改成三次" in (await world.press(MIN.wecom, made.card, "change")).words
    changed = await world.say(MIN.wecom, "改成三次")
    assert "3 次提到“竞品”" in changed.words
    assert "已启用" in (await world.press(MIN.wecom, changed.card, "enable")).words
    assert "就提醒我" in (await world.say(MIN.wecom, "我的规则")).words
    member = SlackMember(world, EAST.slack)
    card = (await member.say("客户提到交期或者安装三次就提醒我，不算问句")).card
    changed_there = await member.press_through(card, "change")
    assert "已改好" in changed_there.words
    assert "已启用" in (await member.press(changed_there.card, "enable")).words
    assert "停用 1" in (await member.say("我的规则")).words


async def test_the_third_approval_on_a_phone_makes_a_change_apply(world: World) -> None:
    """A12: cards within the platforms' limits; taking back needs a reason, so without a form that is for the page."""

    def propose(store: Store) -> None:
        now, replayed = world.app.house.clock.now(), Replay(4, 5, 0, 9, 1, 7, 3).stored()
        given = {party: {"by": by, "at": now.isoformat()} for party, by in (("algorithm", "A1"), ("manager", EAST.id))}
        change = threshold_change("discount_pressure", 0.5, 0.6)
        store.proposals.add(Proposal("2026-03-x", "2026-03", now, change, {**replayed, "days": 90}, given))

    await world.app.database.write(propose)
    shown = await world.say(MIN.wecom, "校准")
    assert "压价：触发门槛 0.5 → 0.6" in shown.words
    applied = await world.press(MIN.wecom, shown.cards[-1], "approve_rep")
    assert applied.card.outcome is Outcome.UPDATED
    assert "v1 已生效" in words_of(applied.card.payload)
    back = await world.press(MIN.wecom, applied.card, "revert")
    assert "校准页面" in back.words
    assert len(await world.app.database.read(lambda store: store.proposals.applied())) == 1
    member = SlackMember(world, EAST.slack)
    assert "没有提案在等" in (await member.say("校准")).words
    assert "您能看到的人里" in (await member.say("新人多久出第一单")).words


async def test_pages_of_rules_and_diagnoses(world: World) -> None:
    """A7, A13: a rule with its history and its form; a diagnosis for the rep, and for their manager by name."""
    now = world.app.house.clock.now()

    def diagnosed(store: Store) -> None:
        sent = store.prompts.of_person(MIN.id, now - timedelta(hours=1), now)
        store.diagnoses.add(Diagnosis("d", MIN.id, "money", tuple(one.id for one in sent), now, EAST.id))

    await world.app.database.write(diagnosed)
    async with browser(world, MIN.id) as window:
        _, listed = await window.page("/rules")
        found = re.search(r"/rules/[0-9a-f]{16}", listed)
        assert found
        status, html = await window.page(found[0])
        assert status == 200
        assert all(words in html for words in ("我理解为", "在历史上", "停用", "修改"))
        assert await window.submit(found[0], {"do": "off"}) == 303
        assert "已停用" in (await window.page("/rules"))[1]
        status, html = await window.page("/behaviour")
        assert status == 200
        assert all(words in html for words in ("谈价", "价格异议", "恒锐", "先问清比的是什么"))
    async with browser(world, EAST.id) as window:
        assert "张敏 · 谈价" in (await window.page("/behaviour"))[1]
