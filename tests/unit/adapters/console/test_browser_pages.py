"""A real Chromium on a skill's page: what a sales operator sees on a phone, and what isn't lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Page as Tab
from playwright.async_api import async_playwright, expect

from bot.contracts import Page, PageRequest, PageResult
from tests.unit.adapters.console.test_browser import ARGUMENTS, CHROMIUM

pytestmark = pytest.mark.browser
TEMPLATE = """{% extends "layout.html" %}
{% block head %}<script type="module" src="/static/console/guard.js"></script>{% endblock %}
{% block content %}
<form method="post" action="/edit" data-guard="{{ 'unsaved' if unsaved }}">
  <input type="hidden" name="csrf" value="{{ csrf }}">
  <textarea name="text">old</textarea><button>save</button>
</form>
<div class="prose">{{ table | markdown }}</div>
{% endblock %}"""
TABLE = """| 指标 | 我们 | 对方 | 来源 |
|---|---|---|---|
| 6 kW 主机成交价 | 138 万 | 116–122 万 | 2026 年上半年 9 份客户出示报价的区间，含除尘与操作培训 |
"""


@pytest.fixture
def pages(tmp_path: Path) -> list[Page]:
    """An editor with a wide table."""
    (tmp_path / "edit.html").write_text(TEMPLATE, encoding="utf-8")

    async def show(request: PageRequest) -> PageResult:
        return PageResult("edit.html", {"table": TABLE, "unsaved": "unsaved" in request.query})

    return [Page("/edit", show, tmp_path, methods=("GET", "POST"))]


@pytest_asyncio.fixture
async def tab(desk) -> AsyncIterator[Tab]:
    """A phone on which somebody is signed in."""
    app = web.Application()
    desk.adapter.mount(app, desk.receive)
    async with TestServer(app) as server, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = await browser.new_context(
            viewport={"width": 390, "height": 844}, locale="zh-CN", base_url=str(server.make_url("/"))
        )
        tab = await context.new_page()
        await tab.goto("/?token=token-rep")
        await tab.get_by_role("button", name="登录").click()
        await expect(tab.locator("#welcome")).to_be_visible()
        yield tab
        await browser.close()


async def test_leaving_unsaved_text_asks_first_and_saving_does_not(tab: Tab) -> None:
    asked: list[str] = []

    async def agree(dialog) -> None:
        asked.append(dialog.type)
        await dialog.accept()

    tab.on("dialog", agree)
    await tab.goto("/edit")
    await tab.goto("/sign-in")
    assert asked == [], "nothing was written"
    for address, change in (("/edit", "x"), ("/edit?unsaved=1", "")):
        await tab.goto(address)
        await tab.locator("textarea").click()
        await tab.keyboard.type(change)
        await tab.goto("/sign-in")
        assert asked == ["beforeunload"]
        asked.clear()
    await tab.goto("/edit")
    await tab.locator("textarea").click()
    await tab.keyboard.type("x")
    await tab.get_by_role("button", name="save").click()
    await tab.wait_for_load_state()
    assert asked == []


async def test_a_wide_table_stands_in_the_width_of_a_phone(tab: Tab) -> None:
    """No sideways scrolling: cells stand below each other, each with its column's name."""
    await tab.goto("/edit")
    spare = "e => e.scrollWidth - e.clientWidth"
    assert await tab.locator(".scroll").evaluate(spare) == 0
    assert await tab.locator("html").evaluate(spare) == 0
    names = "cells => cells.map(cell => getComputedStyle(cell, '::before').content)"
    assert await tab.locator("td").evaluate_all(names) == ["none", '"我们"', '"对方"', '"来源"']
