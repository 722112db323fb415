"""The client page in a real Chromium, at desktop and phone width."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, async_playwright, expect

from tests.emulators.slack import SlackEmulator
from tests.unit.emulators.slack.support import (
    CHANNEL,
    USER,
    ApiClient,
    EventsApp,
    actions,
    button,
    modal,
    plain,
    section,
)

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine"),
]
TABLE = {
    "type": "table",
    "rows": [[{"type": "raw_text", "text": "很宽的列" * 8} for _ in range(6)] for _ in range(3)],
}


@pytest.fixture(params=[1280, 390])
async def page(request: pytest.FixtureRequest, emulator: SlackEmulator, app: EventsApp) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        view = await browser.new_page(viewport={"width": request.param, "height": 844})
        faults: list[str] = []
        view.on("pageerror", lambda error: faults.append(str(error)))
        await view.goto(f"{emulator.base_url}/client?user={USER}")
        await expect(view.locator("#title")).to_have_text("小策")
        yield view
        await browser.close()
    assert faults == []


async def test_a_conversation_with_a_modal(page: Page, api: ApiClient, emulator: SlackEmulator, app: EventsApp) -> None:
    await page.get_by_label("输入消息").fill("华东电子 <报价>")
    await page.get_by_label("输入消息").press("Enter")
    await expect(page.locator("#messages .words")).to_have_text("华东电子 <报价>")
    await app.wait_for(2)
    assert app.events[1]["text"] == "华东电子 &lt;报价&gt;"
    blocks = [section("*华东电子*\n• 阶段：报价"), actions(button("reject", "退回", style="danger"))]
    await api.say("审批", channel=USER, blocks=blocks)
    await page.get_by_role("button", name="退回").click()
    while not any(body.get("type") == "block_actions" for body in app.received):
        await page.wait_for_timeout(20)
    await api.call("views.open", trigger_id=app.received[-1]["trigger_id"], view=modal())
    await page.get_by_role("button", name="提交").click()
    await expect(page.get_by_text("请填写此项")).to_be_visible()
    await page.get_by_label("原因").fill("太贵")
    app.answer = {"response_action": "errors", "errors": {"reason-block": "再写详细些"}}
    await page.get_by_role("button", name="提交").click()
    await expect(page.get_by_text("再写详细些")).to_be_visible()
    app.answer = None
    await page.get_by_role("button", name="提交").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    submitted = app.received[-1]["view"]["state"]["values"]
    assert submitted["reason-block"]["reason"]["value"] == "太贵"


async def test_home_and_assistant(page: Page, api: ApiClient, emulator: SlackEmulator, app: EventsApp) -> None:
    home = {"type": "home", "blocks": [{"type": "header", "text": plain("早上好")}, actions(button("today", "今天"))]}
    await page.get_by_role("tab", name="主页").click()
    await expect(page.get_by_text("还没有发布主页")).to_be_visible()
    await api.call("views.publish", user_id=USER, view=home)
    await page.get_by_role("button", name="今天").click()
    await page.get_by_role("tab", name="消息").click()
    await page.get_by_role("button", name="＋ 新对话").click()
    while not (started := [event for event in app.events if event["type"] == "assistant_thread_started"]):
        await page.wait_for_timeout(20)
    thread = started[0]["assistant_thread"]
    place = {"channel_id": thread["channel_id"], "thread_ts": thread["thread_ts"]}
    prompts = [{"title": "报价怎么谈", "message": "客户嫌贵，报价怎么谈？"}]
    await api.call("assistant.threads.setSuggestedPrompts", **place, prompts=prompts)
    await page.get_by_role("button", name="报价怎么谈").click()
    await expect(page.locator("#messages .words")).to_have_text("客户嫌贵，报价怎么谈？")
    await api.call("assistant.threads.setStatus", **place, status="正在查找话术…")
    await expect(page.get_by_text("小策 正在查找话术…")).to_be_visible()
    where = {"channel": thread["channel_id"]}
    stream = await api.call("chat.startStream", **where, thread_ts=thread["thread_ts"], markdown_text="**先")
    await api.call("chat.appendStream", **where, ts=stream["ts"], markdown_text="问预算**")
    await api.call("chat.stopStream", **where, ts=stream["ts"])
    await expect(page.locator("#messages strong")).to_have_text("先问预算")
    await expect(page.locator("#status")).to_have_text("")


async def test_threads_in_channels(page: Page, api: ApiClient, app: EventsApp) -> None:
    if await page.locator("#menu").is_visible():
        await page.locator("#menu").click()
    await page.get_by_role("button", name="# sales").click()
    await page.get_by_role("button", name="提及小策").click()
    await page.get_by_label("输入消息").press_sequentially("报价")
    await page.get_by_role("button", name="发送", exact=True).click()
    await expect(page.locator("#messages .mention")).to_have_text("@小策")
    while not (asked := [event for event in app.events if event["type"] == "app_mention"]):
        await page.wait_for_timeout(20)
    await api.say("答", thread_ts=asked[0]["ts"])
    await page.get_by_role("button", name="1 条回复").click()
    await page.get_by_label("输入回复").fill("谢谢")
    await page.get_by_role("button", name="回复", exact=True).last.click()
    await expect(page.locator("#replies .row")).to_have_count(3)
    assert asked[0]["channel"] == CHANNEL


async def test_nothing_is_wider_than_the_screen(page: Page, api: ApiClient) -> None:
    wide = [
        section("很长的地址 https://example.com/" + "a" * 200, accessory=button(text="一个相当长的按钮文字" * 3)),
        {"type": "section", "fields": [{"type": "mrkdwn", "text": "*阶段*\n报价"}] * 4},
        {"type": "image", "image_url": "https://example.invalid/a.png", "alt_text": "图"},
        TABLE,
        actions(*[button(f"b{index}", "按钮文字" * 4) for index in range(6)]),
    ]
    await api.say("宽", channel=USER, blocks=wide)
    await expect(page.locator("#messages .table")).to_have_count(1)
    widths = await page.evaluate(
        "() => [document.documentElement.scrollWidth - innerWidth, messages.scrollWidth - messages.clientWidth]"
    )
    assert widths == [0, 0]
