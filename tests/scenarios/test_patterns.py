"""A14: from a sentence in a chat to mined patterns, a decision, and a talk-track in the playbook; by the real app."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from tests.emulators.wecom.emulator import WecomEmulator
from tests.scenarios.browser import browser
from tests.scenarios.company import EAST, JUNJIE, MIN, OPS
from tests.scenarios.world import World, audited, company_data, labels, running
from tests.won_deals import NAME, keep

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(
    workshop: Path, emulator: WecomEmulator, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """A bot whose company has closed deals with dialogues."""
    data = company_data(workshop, tmp_path_factory.mktemp("patterns") / "data")
    async with running(data, emulator) as world:
        today = world.app.house.clock.now().date()
        owners = {MIN.id: "C001", JUNJIE.id: "C101"}
        await world.app.database.write(lambda store: keep(store, owners, today))
        yield world


async def test_every_month_sales_ops_is_asked(world: World) -> None:
    """A14: on the first of the month, unasked; but a first start catches up on nothing, for it is no outage."""
    now = world.app.house.clock.now()
    await world.app.schedule.run_slot(f"patterns@{(now - timedelta(days=9)).isoformat()}")
    assert await audited(world, "patterns.mined") == []
    with world.listening(EAST.wecom) as others, world.listening(OPS.wecom) as heard:
        await world.app.schedule.run_slot(f"patterns@{now.isoformat()}")
        await world.quiet()
    assert "1 种靠得住" in heard().texts[0]
    assert NAME in heard().words
    assert others().entries == ()


async def test_mined_in_the_chat_agreed_and_in_the_playbook(world: World) -> None:
    """A14: the answer comes at once, the card when the work is done; agreed, the playbook holds the talk-track."""
    heard = await world.say(OPS.wecom, "挖掘赢单话术")
    assert "开始挖掘：读近 18 个月" in heard.texts[0]
    assert "读了 120 笔已关闭商机（赢 60、输 60）的 120 段对话" in heard.words
    assert NAME in heard.words
    assert "同意入话术库" in labels(heard.card)
    agreed = await world.press(OPS.wecom, heard.card, "agree")
    assert "已放进话术库，负责人 周敏" in agreed.words
    stored = await world.app.database.read(lambda store: store.playbook.state())
    assert stored == await world.app.playbook.revision()
    assert any(card.title == f"赢单话术：{NAME}" for card in world.app.playbook.cards())
    done = [(entry.action, entry.actor) for entry in await audited(world, "patterns.mined", "patterns.published")]
    assert done == [("patterns.published", OPS.id), ("patterns.mined", OPS.id), ("patterns.mined", "operator")]


async def test_every_role_sees_its_own_quotes(world: World) -> None:
    """D9: sales ops reads quotes of both teams, the manager of the east those of the east; a rep sees no page."""
    async with browser(world, OPS.id) as window:
        status, html = await window.page("/patterns")
    assert status == 200
    assert all(name in html for name in (MIN.name, JUNJIE.name))
    async with browser(world, EAST.id) as window:
        html = (await window.page("/patterns"))[1]
    assert MIN.name in html
    assert JUNJIE.name not in html
    async with browser(world, MIN.id) as window:
        assert (await window.page("/patterns"))[0] == 403


async def test_a_rep_is_not_answered_by_it(world: World) -> None:
    """D9: who may not use it is told so, or gets another skill's answer, and nothing is mined."""
    before = len(await audited(world, "patterns.mined"))
    heard = await world.say(MIN.wecom, "挖掘赢单话术")
    assert "开始挖掘" not in heard.words
    assert len(await audited(world, "patterns.mined")) == before
