"""B9: figures asked for in WeCom and in the console, with follow-ups, picture, file and page; by the real app."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import pytest
import pytest_asyncio

from tests.emulators.slack.emulator import SlackEmulator
from tests.emulators.wecom.emulator import WecomEmulator
from tests.scenarios.browser import browser
from tests.scenarios.company import EAST, MIN, OPS
from tests.scenarios.slack import SlackMember
from tests.scenarios.world import World, company_data, running, until
from tests.unit.skills.attribution.house import keep

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(
    workshop: Path, emulator: WecomEmulator, slack: SlackEmulator, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """A bot whose company has leads, deals, contracts and payments of this year."""
    data = company_data(workshop, tmp_path_factory.mktemp("questions") / "data")
    async with running(data, emulator, slack) as world:
        await world.app.database.write(keep)
        await world.app.loop.warehouse.refresh()
        yield world


async def test_asked_in_the_chat(world: World) -> None:
    """The number comes first; a follow-up changes one part; the picture comes beside the card."""
    heard = await world.say(OPS.wecom, "2026年各大区的赢单额")
    assert re.search(r"赢单额：.+ 万元；华.多 .+元", heard.words), heard.words
    assert [entry.msgtype for entry in heard.entries if entry.msgtype in {"image", "file"}]
    heard = await world.say(OPS.wecom, "那华东呢")
    assert "华东的赢单额" in heard.words
    heard = await world.say(OPS.wecom, "每周一发我")
    assert "每周一 09:00 发给您" in heard.words
    heard = await world.say(MIN.wecom, "2026年各渠道的线索")
    assert "区域总监" in heard.words
    assert not re.search(r"线索数.*\d", heard.words)


async def test_asked_in_slack(world: World) -> None:
    """The same card there, with its picture."""
    heard = await SlackMember(world, OPS.slack).say("2026年各大区的赢单额")
    assert "赢单额" in heard.words


async def test_asked_on_the_page(world: World) -> None:
    """Chart, table, files; a rep's own rows only; the page of subscriptions."""
    async with browser(world, OPS.id) as window:
        status, page = await window.page("/ask?q=2026年各大区的赢单额")
        assert status == 200
        assert 'class="figure"' in page
        assert "查询语句" in page
        [link] = re.findall(r'href="(/ask/export/answer\.csv\?[^"]+)"', page)
        status, text = await window.page(unescape(link))
        assert status == 200
        assert "华东" in text
        assert "每周一 09:00" in (await window.page("/ask/subscriptions"))[1]
        for path in ("/ask", "/ask/open", "/ask?q=乱说一气", "/ask?plan=broken"):
            status, page = await window.page(path)
            assert status in {200, 404}
            assert "问数" in page
    async with browser(world, MIN.id) as window:
        await until(lambda: _has(window))
        assert (await window.page("/ask/open"))[0] == 403
    async with browser(world, EAST.id) as window:
        assert "您团队" in (await window.page("/ask?q=2026年赢单额多少"))[1]


async def _has(window: object) -> bool:
    status, page = await window.page("/ask?q=2026年赢单额多少")  # type: ignore[attr-defined]  # a Browser
    return status == 200 and "查询语句" not in page
