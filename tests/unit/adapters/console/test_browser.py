"""A real Chromium: what a rep does on a laptop and on a phone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, async_playwright, expect

from adapters.console.translate import address_of
from bot.contracts import Card, CardUpdate, Reply, Section

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]  # one Chromium for all
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TABLE = """| 事项 | 负责人 | 截止 | 状态 | 备注 |
|---|---|---|---|---|
| 总成本对比 | 李晓梅 | 3月10日 | 进行中 | 用今年的电价和停机工时来算 |
"""


@pytest_asyncio.fixture(loop_scope="module")
async def address(desk) -> AsyncIterator[str]:
    app = web.Application()
    desk.adapter.mount(app, desk.receive)
    async with TestServer(app) as server:
        yield str(server.make_url("/"))


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, address: str) -> AsyncIterator[Page]:
    """A rep's window; every error of a script or of the content policy fails the test."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
    page = await context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda entry: faults.append(entry.text) if "Content Security" in entry.text else None)
    await page.goto(f"{address}?token=token-rep")
    await page.get_by_role("button", name="登录").click()
    await expect(page.locator("#welcome")).to_be_visible()
    yield page
    await context.close()
    assert faults == []


async def test_ask_unfold_by_keyboard_and_press(page: Page, desk, address):
    """A8: ask → one line first → unfold → press 有用 → shown as pressed, and still so after a reload."""
    assert page.url == address  # the token has left the address bar
    await page.keyboard.type("客户说太贵了怎么回")
    await page.keyboard.press("Enter")
    card = page.locator(".card")
    await expect(card).to_be_visible()
    await expect(card.locator(".facts")).to_be_hidden()
    await card.locator("summary").focus()
    await page.keyboard.press("Enter")
    await expect(card.locator(".facts")).to_be_visible()
    await expect(card.locator("summary")).to_be_focused()
    await card.get_by_role("button", name="有用").press("Enter")
    await expect(card.get_by_role("button", name="有用")).to_have_attribute("aria-pressed", "true")
    await expect(card.locator(".thanks")).to_have_text("谢谢，已记下。")
    await expect(card.locator(".facts")).to_be_visible()
    assert [message.press.action for message in desk.received[1:] if message.press] == ["unfold", "useful"]
    await page.reload()
    await expect(card.get_by_role("button", name="有用")).to_have_attribute("aria-pressed", "true")
    await expect(page.locator(".entry")).to_have_count(2)


async def test_nothing_is_sent_while_composing_and_shift_enter_breaks_the_line(page: Page, desk):
    text = page.locator("#text")
    await text.fill("kehu")
    await text.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True})
    await text.press("Shift+Enter")
    await text.press_sequentially("第二行")
    await expect(text).to_have_value("kehu\n第二行")
    assert desk.received == []
    await text.press("Enter")
    await expect(text).to_have_value("")
    await expect(page.locator(".card")).to_be_visible()
    assert [message.text for message in desk.received] == ["kehu\n第二行"]


async def test_a_failed_message_keeps_its_text_and_goes_out_by_itself(page: Page, desk):
    desk.broken = True
    await page.locator("#text").fill("请别丢了我")
    await page.locator("#send").click()
    await expect(page.locator(".entry.in .state")).to_contain_text("会自动重发")
    desk.broken = False
    await expect(page.locator(".card")).to_be_visible(timeout=10_000)
    assert [message.text for message in desk.received] == ["请别丢了我"]
    await expect(page.locator(".entry.in")).to_have_count(1)


async def test_a_file_is_uploaded_and_sent_a_large_one_refused(page: Page, desk):
    desk.quiet = True
    large = {"name": "大.wav", "mimeType": "audio/wav", "buffer": b"x" * (1024**2 + 1)}
    small = {"name": "<b>小</b>.csv", "mimeType": "text/csv", "buffer": "客户,金额".encode()}
    await page.set_input_files("#files", [large, small])
    await expect(page.locator("#hint")).to_contain_text("超过 1 MB")
    await expect(page.locator(".upload.done")).to_have_count(1)
    await page.locator("#send").click()
    await expect(page.locator(".entry.in .names")).to_have_text("b_.csv")
    await expect(page.locator("#thinking")).to_be_visible()
    assert [file.media_type for file in desk.received[0].attachments] == ["text/csv"]


@pytest.mark.parametrize("width", [320, 390])
async def test_a_phone_never_scrolls_sideways(page: Page, desk, width):
    await page.set_viewport_size({"width": width, "height": 720})
    await desk.say(Reply(address_of("u1"), text=f"{TABLE}\n\nhttps://example.com/{'x' * 200}"))
    await page.locator("#text").fill("客户说太贵了怎么回")
    await page.locator("#send").click()
    await page.locator(".card summary").click()
    await expect(page.locator(".card .facts")).to_be_visible()
    sizes = "[document.documentElement.scrollWidth, document.getElementById('scroller').scrollWidth]"
    assert max(await page.evaluate(sizes)) <= width
    right = "Math.max(...[...document.querySelectorAll('.bubble, .card')].map(e => e.getBoundingClientRect().right))"
    assert await page.evaluate(right) <= width


async def test_every_file_that_cannot_be_taken_is_named(page: Page):
    """A17: a large file and an empty one, each with its reason."""
    large = {"name": "大.wav", "mimeType": "audio/wav", "buffer": b"x" * (1024**2 + 1)}
    empty = {"name": "空.csv", "mimeType": "text/csv", "buffer": b""}
    await page.set_input_files("#files", [large, empty])
    await expect(page.locator("#hint")).to_contain_text("大.wav: ")
    await expect(page.locator("#hint")).to_contain_text("空.csv: ")


async def test_a_long_answer_is_shown_from_its_beginning(page: Page, desk):
    """A8: not from its end; and a card that turns to another page likewise."""
    lines = "\n".join(f"- 第 {n} 行" for n in range(80))
    card = Card("long", "很长的名单", sections=(Section("第 1 页", lines),), unfolded=True)
    await desk.say(Reply(address_of("u1"), card=card))
    await expect(page.locator(".card h3")).to_be_in_viewport()
    await page.locator("#scroller").evaluate("element => element.scrollTo(0, element.scrollHeight)")
    await expect(page.locator(".card h3")).not_to_be_in_viewport()
    turned = replace(card, sections=(Section("第 2 页", lines.replace("第", "后面第")),))
    await desk.say(Reply(address_of("u1"), card=turned, update=CardUpdate("long", "long")))
    await expect(page.locator(".card h4")).to_have_text("第 2 页")
    await expect(page.locator(".card h3")).to_be_in_viewport()
