"""A real Chromium on its way through WeCom: the page that was asked for opens, and no policy stands in the way."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Page as Tab
from playwright.async_api import async_playwright, expect

from adapters.console.identity import identity_providers
from adapters.console.ports import IdentityProvider
from adapters.console.translate import address_of
from bot.contracts import Reply
from bot.server import free_port
from config.groups.signin import Signin
from config.groups.slack import Slack
from config.settings import Settings, Web, Wecom
from tests.emulators.wecom.emulator import WecomEmulator
from tests.unit.adapters.console.conftest import REP
from tests.unit.adapters.console.test_browser import ARGUMENTS, CHROMIUM

pytestmark = pytest.mark.browser


@pytest_asyncio.fixture
async def wecom() -> AsyncIterator[WecomEmulator]:
    async with WecomEmulator(users={"lixiaomei": "李晓梅", "newcomer": "新人"}) as emulator:
        yield emulator
    assert emulator.violations == []


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(data=tmp_path / "data", web=Web(port=free_port()))


@pytest.fixture
def providers(wecom: WecomEmulator, clock) -> tuple[IdentityProvider, ...]:
    company = wecom.company
    given = {name: getattr(company, name) for name in ("corp_id", "agent_id", "secret", "token", "aes_key")}
    signin = Signin(wecom_authorize_url=wecom.base_url, wecom_login_url=wecom.base_url)
    return identity_providers(signin, Wecom(enabled=True, base_url=wecom.base_url, **given), Slack(), clock)


@pytest_asyncio.fixture(params=[1280, 390])
async def tab(desk, settings, request) -> AsyncIterator[Tab]:
    desk.accounts = {("wecom", "lixiaomei"): REP}
    app = web.Application()
    desk.adapter.mount(app, desk.receive)
    async with TestServer(app, port=settings.web.port), async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = await browser.new_context(
            viewport={"width": request.param, "height": 800}, locale="zh-CN", base_url=settings.public_url
        )
        tab = await context.new_page()
        faults: list[str] = []
        tab.on("console", lambda entry: faults.append(entry.text) if "Content Security" in entry.text else None)
        yield tab
        await browser.close()
        await desk.adapter.close()
        assert faults == []


async def test_the_page_that_was_asked_for_opens_after_wecom(tab: Tab, settings) -> None:
    await tab.goto("/sessions")
    assert await tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    await tab.get_by_role("link", name="用企业微信登录").click()
    await tab.get_by_role("link", name="李晓梅").click()
    await expect(tab).to_have_url(f"{settings.public_url}/sessions")
    await expect(tab.get_by_text("本机")).to_be_visible()
    assert await tab.evaluate("document.cookie") == ""
    assert await tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


async def test_a_link_is_still_a_way_in_and_a_wrong_one_is_explained(tab: Tab, settings) -> None:
    await tab.goto("/sign-in")
    await tab.get_by_text("或使用登录链接").click()
    await tab.get_by_label("登录链接或登录码").fill("guess")
    await tab.get_by_role("button", name="登录", exact=True).click()
    await expect(tab.get_by_role("alert")).to_contain_text("链接或登录码不对")
    await expect(tab.get_by_label("登录链接或登录码")).to_be_visible()
    await tab.get_by_label("登录链接或登录码").fill("token-rep")
    await tab.get_by_role("button", name="登录", exact=True).click()
    await expect(tab.locator("#welcome")).to_be_visible()


async def test_a_link_from_another_site_asks_and_its_token_leaves_the_history(tab: Tab, desk, settings) -> None:
    """In a real browser: the attacker's page leads here, one press signs in, and the token is nowhere to be found."""
    other = web.Application()
    link = f"{settings.public_url}/?token=token-rep"

    async def lure(_: web.Request) -> web.Response:
        return web.Response(text=f'<script>location = "{link}"</script>', content_type="text/html")

    other.router.add_get("/", lure)
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.headers.get("referer", "")))
    async with TestServer(other, host="localhost") as elsewhere:
        await tab.goto(str(elsewhere.make_url("/")))
        await expect(tab.get_by_role("heading", name="以 李晓梅 登录？")).to_be_visible()
        assert desk.opened == {}
        await expect(tab).to_have_url(f"{settings.public_url}/")
        await expect(tab.get_by_role("button", name="登录")).to_be_focused()
        assert await tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
        await tab.keyboard.press("Enter")
        await expect(tab.locator("#welcome")).to_be_visible()
        await tab.go_back()
        assert "token" not in tab.url
    assert len(desk.opened) == 1
    assert [referer for referer in asked if "token-rep" in referer] == []


async def test_a_draft_shows_until_the_answer_comes(tab: Tab, desk) -> None:
    await tab.goto("/?token=token-rep")
    await tab.get_by_role("button", name="登录").click()
    await expect(tab.locator("#welcome")).to_be_visible()
    await desk.adapter.draft(address_of("u1"), "m1", "先认同**预算** <script>alert(1)</script>")
    await expect(tab.locator("#draft strong")).to_have_text("预算")
    await expect(tab.locator("#draft")).to_contain_text("<script>")
    await desk.say(Reply(address_of("u1"), text="先认同预算，再摊到单件"))
    await expect(tab.locator(".entry.out")).to_be_visible()
    await expect(tab.locator("#draft")).to_be_hidden()
