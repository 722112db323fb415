"""A real Chromium: a button asks, with mouse, keyboard and on a phone."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from adapters.console.translate import address_of
from bot.contracts import CardUpdate, Reply
from tests.unit.adapters.console.conftest import talk_track
from tests.unit.adapters.console.test_browser import address, browser, page
from tests.unit.adapters.console.test_forms import CARD

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
__all__ = ["address", "browser", "page"]  # fixtures
TO = address_of("u1")


@pytest.fixture
def desk(desk):
    desk.quiet = True
    return desk


async def test_the_form_is_asked_answered_and_thanked_for(page: Page, desk):
    """A8: reason and note go with the press; focus comes back to the card, which says thanks."""
    await desk.say(Reply(TO, card=CARD))
    await page.get_by_role("button", name="不适用").click()
    dialog = page.get_by_role("dialog", name="不适用")
    await expect(dialog).to_be_visible()
    await dialog.get_by_label("阶段不对").check()
    await dialog.get_by_label("补充").fill("客户已经签了")
    await dialog.get_by_role("button", name="提交").click()
    await expect(dialog).to_be_hidden()
    [message] = desk.received
    assert message.press.action == "not_fit"
    assert message.press.values == {"reason": "stage", "note": "客户已经签了"}
    thanked = talk_track(pressed="not_fit", notice="谢谢，已记下。", actions=())
    await desk.say(Reply(TO, card=thanked, update=CardUpdate("card-1", "card-1")))
    await expect(page.locator(".thanks")).to_have_text("谢谢，已记下。")
    await expect(page.locator(".card")).to_be_focused()


async def test_by_keyboard_alone(page: Page, desk):
    """Enter opens, arrows choose, Enter in a choice sends; Escape gives up, sends nothing, and focus returns."""
    await desk.say(Reply(TO, card=CARD))
    button = page.get_by_role("button", name="不适用")
    await button.focus()
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_label("阶段不对")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    await expect(button).to_be_focused()
    assert desk.received == []
    await page.keyboard.press("Enter")
    await page.keyboard.press("Space")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Tab")
    await page.keyboard.type("旧了")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(dialog).to_be_hidden()
    assert desk.received[0].press.values == {"reason": "old", "note": "旧了"}


async def test_nothing_has_to_be_filled_in(page: Page, desk):
    await desk.say(Reply(TO, card=CARD))
    await page.get_by_role("button", name="不适用").click()
    await page.get_by_role("button", name="提交").click()
    await expect(page.get_by_role("dialog")).to_be_hidden()
    assert desk.received[0].press.values == {}


async def test_when_it_can_not_be_sent_what_was_written_stays(page: Page, desk):
    """A busy server: the dialog says so and can be sent again; it counts once."""
    await desk.say(Reply(TO, card=CARD))
    await page.get_by_role("button", name="不适用").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("补充").fill("别丢")
    desk.broken = True
    await dialog.get_by_role("button", name="提交").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("系统正忙", timeout=10_000)
    await expect(dialog.get_by_label("补充")).to_have_value("别丢")
    desk.broken = False
    await dialog.get_by_role("button", name="提交").click()
    await expect(dialog).to_be_hidden()
    assert [message.press.values for message in desk.received] == [{"note": "别丢"}]


async def test_a_card_drawn_anew_meanwhile_gets_the_focus(page: Page, desk):
    await desk.say(Reply(TO, card=CARD))
    await page.get_by_role("button", name="不适用").click()
    changed = talk_track(notice="已更新", actions=())
    await desk.say(Reply(TO, card=changed, update=CardUpdate("card-1", "card-1")))
    await expect(page.locator(".thanks")).to_have_text("已更新")
    await page.keyboard.press("Escape")
    await expect(page.locator(".card")).to_be_focused()


@pytest.mark.parametrize("width", [320, 390])
async def test_on_a_phone_it_fits(page: Page, desk, width):
    await page.set_viewport_size({"width": width, "height": 640})
    await desk.say(Reply(TO, card=CARD))
    await page.get_by_role("button", name="不适用").click()
    box = await page.get_by_role("dialog").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    heights = [(await choice.bounding_box())["height"] for choice in await page.locator(".ask .choice").all()]
    assert min(heights) >= 44
    assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def test_cards_are_read_from_the_left(page: Page, desk):
    """A class of the frame once turned every card's text to the right."""
    await desk.say(Reply(TO, card=CARD))
    aligned = await page.locator(".card h3").evaluate("element => getComputedStyle(element).textAlign")
    assert aligned in ("start", "left")
