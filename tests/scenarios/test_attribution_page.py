"""B4–B6: from loaded rows to the answer in a chat and the pages of the console; by the real app."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import pytest
import pytest_asyncio

from tests.emulators.wecom.emulator import WecomEmulator
from tests.scenarios.browser import Browser, browser
from tests.scenarios.company import EAST, MIN, OPS
from tests.scenarios.world import World, company_data, running, until
from tests.unit.skills.attribution.house import CHANNELS, keep

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(
    workshop: Path, emulator: WecomEmulator, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """A bot whose company has touches, leads, deals, contracts and payments."""
    data = company_data(workshop, tmp_path_factory.mktemp("attribution") / "data")
    async with running(data, emulator) as world:
        await world.app.database.write(keep)
        async with browser(world, OPS.id) as window:  # what was copied before is renewed behind the first answer
            await until(lambda: _is_there(window))
        yield world


async def test_asked_in_the_chat(world: World) -> None:
    """The point comes first, with interval and confidence; a rep is not answered by it."""
    heard = await world.say(OPS.wecom, "各渠道贡献")
    assert re.search(r"赢单贡献最大的是.+\d+\.\d+%（.+）.*置信度 \d+%", heard.words)
    heard = await world.say(MIN.wecom, "各渠道贡献")
    assert "贡献最大的是" not in heard.words


async def test_from_the_number_to_the_source(world: World) -> None:
    """Overview → journeys of a channel → one journey → its rows → the row of the source."""
    async with browser(world, OPS.id) as window:
        status, page = await window.page("/attribution?value=payment&model=linear")
        assert status == 200
        assert all(channel in page for channel in CHANNELS)
        [link] = [one for one in re.findall(r'href="(/attribution/journeys\?[^"]+)"', page) if _is(one, "搜索")][:1]
        status, page = await window.page(unescape(link))
        assert status == 200
        assert "各条之和" in page
        status, page = await window.page("/attribution/journeys/deal%3AD000?value=payment&model=linear")
        assert status == 200
        assert "合同 1,000 元，已回款 500 元" in page
        assert "crm 第 7 行" in page
        assert "19900000001" not in page
        assert await window.submit("/attribution", {"channel": "搜索", "percent": "90"}) == 303
        assert "90%" in (await window.page("/attribution"))[1]
        status, text = await window.page("/attribution/export/attribution.csv")
        assert status == 200
        assert text.lstrip("\ufeff").startswith("渠道,贡献,")


async def test_what_if_and_roles(world: World) -> None:
    """What is lost without a channel; a manager sees no return, a rep no page."""
    async with browser(world, OPS.id) as window:
        assert "去掉官网，这些旅程的赢单会少" in (await window.page("/attribution?without0=官网"))[1]
    async with browser(world, EAST.id) as window:
        status, page = await window.page("/attribution?value=payment")
        assert status == 200
        assert "无法按您的范围拆开" in page
    async with browser(world, MIN.id) as window:
        assert (await window.page("/attribution"))[0] == 403


async def _is_there(window: Browser) -> bool:
    return "还没有可归因" not in (await window.page("/attribution"))[1]


def _is(link: str, channel: str) -> bool:
    from urllib.parse import parse_qs, urlsplit

    return parse_qs(urlsplit(unescape(link)).query).get("channel") == [channel]
