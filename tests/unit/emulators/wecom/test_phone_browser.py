"""The phone page in a real Chromium, 390 px wide: cards, buttons, updates in place."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, async_playwright, expect

from tests.emulators.wecom import WecomEmulator
from tests.unit.emulators.wecom.samples import BUTTONS, CARDS
from tests.unit.emulators.wecom.support import ApiClient, CallbackApp

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine"),
]


@pytest.fixture
async def page(emulator: WecomEmulator) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        view = await browser.new_page(viewport={"width": 390, "height": 844})
        await view.goto(f"{emulator.base_url}/phone")
        yield view
        await browser.close()


async def test_a_conversation(page: Page, api: ApiClient, emulator: WecomEmulator, app: CallbackApp) -> None:
    await page.get_by_label("输入消息").fill("华东电子怎么样了")
    await page.get_by_role("button", name="发送", exact=True).click()
    await expect(page.locator(".member .words")).to_have_text("华东电子怎么样了")
    await api.card(BUTTONS)
    await page.get_by_label("批准到").select_option("2")
    await page.get_by_role("button", name="同意").click()
    await expect(page.get_by_role("button", name="退回")).to_be_disabled()
    await app.wait_for(2)
    event = app.received[1]
    assert event["SelectedItems"]["SelectedItem"]["OptionIds"]["OptionId"] == "2"
    await api.post(
        "message/update_template_card",
        {
            "userids": ["zhangmin"],
            "agentid": emulator.company.agent_id,
            "response_code": event["ResponseCode"],
            "button": {"replace_name": "已同意"},
        },
    )
    await expect(page.get_by_role("button", name="已同意")).to_be_disabled()
    await expect(page.get_by_role("button", name="退回")).to_have_count(0)


async def test_nothing_is_wider_than_the_screen(page: Page, api: ApiClient) -> None:
    for card in CARDS:
        await api.card(card)
    await api.text("很长的地址 https://example.com/" + "a" * 200)
    await expect(page.locator(".card")).to_have_count(len(CARDS))
    widths = await page.evaluate(
        "() => [document.documentElement.scrollWidth, document.getElementById('chat').scrollWidth]"
    )
    assert max(widths) <= 390


async def test_times_are_those_of_the_company(page: Page, api: ApiClient) -> None:
    """The sample company is in China, wherever the browser is: 01:00 UTC is shown as 09:00."""
    await api.text("早上好")
    await expect(page.locator(".time")).to_have_text("09:00")
