"""A1, A8–A11, D2: customers write in a channel, the rep gets a card on the phone, and presses change it in place."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.contracts.listening import Source
from storage.repositories.consents import Consent
from storage.repositories.dialogues import DialogueRecord
from storage.store import Store
from tests.emulators.slack.emulator import SlackEmulator
from tests.emulators.wecom.emulator import WecomEmulator
from tests.emulators.wecom.ledger import Outcome
from tests.scenarios.browser import browser
from tests.scenarios.company import EAST, MIN, SALES, SLACK_STRANGER
from tests.scenarios.slack import SlackMember
from tests.scenarios.world import Heard, World, company_data, labels, running, words_of

pytest.importorskip("pypinyin")
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
