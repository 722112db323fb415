"""B2, B3 in a real Chromium: fields are dragged onto business fields, and the server says what that would do."""

from __future__ import annotations

import pytest
from playwright.async_api import Page as Tab
from playwright.async_api import async_playwright, expect

from bot.cli.signing_in import issue_token
from tests.scenarios.company import OPS
from tests.scenarios.world import World
from tests.unit.adapters.console.test_browser import ARGUMENTS, CHROMIUM

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.browser]
DEFINITION = """source: dragged
title: 拖动的来源
system: finance
from: {kind: file, path: dragged.csv}
to: payment
fields:
  id: receipt_no
"""
ROWS = """receipt_no,contract_no,amount_cny,region
SK1,HT-1,"1,200.50",华东
SK2,HT-2,80,华南
"""


async def test_drag_suggest_preview_save(world: World) -> None:
    """By mouse, by the list, by a suggestion; then saved, and gone back to; on a phone nothing is cut off."""
    (world.data / "sources").mkdir(exist_ok=True)
    (world.data / "sources" / "dragged.csv").write_text(ROWS, encoding="utf-8")
    now = world.app.house.clock.now()
    await world.app.database.write(lambda store: store.sources.save("dragged", DEFINITION, OPS.id, now))
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = await chromium.new_context(
            viewport={"width": 1280, "height": 900}, locale="zh-CN", base_url=world.url
        )
        tab = await context.new_page()
        faults: list[str] = []
        tab.on("pageerror", lambda error: faults.append(str(error)))
        await tab.goto(f"/?token={await issue_token(world.app.database, OPS.id)}")
        await tab.get_by_role("button", name="登录").click()
        await expect(tab.locator("#welcome")).to_be_visible()
        await tab.goto("/sources/dragged/mapping")
        await _drag(tab, "contract_no", "contract_id")
        await expect(tab.locator("#from-contract_id")).to_have_value('["contract_no"]')
        await expect(tab.locator(".wires path")).to_have_count(2)
        await expect(tab.locator("#preview")).to_contain_text("HT-1")
        await tab.locator(".target[data-field=amount] .suggest").click()
        await expect(tab.locator("#preview")).to_contain_text("1,200.50")
        await expect(tab.locator("#preview")).to_contain_text("0.00 → 1,280.50")
        await tab.locator("#from-region").select_option("region")
        await expect(tab.locator("#yaml")).to_have_value(f"{DEFINITION}{MORE}")
        await tab.locator("#from-amount").select_option("region")
        await expect(tab.locator("#preview")).to_contain_text("不是金额")
        await tab.locator("#from-amount").select_option("amount_cny")
        await tab.locator("#canvas").get_by_role("button", name="保存新版本").click()
        await expect(tab.get_by_role("status").first).to_contain_text("已保存为第 2 版")
        await tab.set_viewport_size({"width": 390, "height": 844})
        for path in ("/sources/dragged/mapping", "/lineage", "/lineage/payment?focus=field:amount"):
            await tab.goto(path)
            assert await tab.evaluate("document.documentElement.scrollWidth") <= 390, path
        await tab.goto("/sources/dragged/mapping")
        await tab.get_by_role("button", name="恢复这一版").click()
        await expect(tab.get_by_role("status").first).to_contain_text("已保存为第 3 版")
        assert faults == []
        await chromium.close()
    await world.quiet()


MORE = """  contract_id: contract_no
  amount: amount_cny
  region: region
"""


async def _drag(tab: Tab, column: str, field: str) -> None:
    """With the mouse, as a person does: press, move, let go."""
    for place, press in (
        (tab.locator(".column", has_text=column), True),
        (tab.locator(f"[data-field={field}]"), False),
    ):
        await place.scroll_into_view_if_needed()
        box = await place.bounding_box()
        assert box
        await tab.mouse.move(box["x"] + box["width"] / 2, box["y"] + 12, steps=8)
        await (tab.mouse.down() if press else tab.mouse.up())
