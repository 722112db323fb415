"""PROTOCOLS, WeCom group webhook: 20 a minute, 2048 and 4096 bytes, cards that cannot call back."""

from __future__ import annotations

from typing import Any

from tests.emulators.wecom import ManualClock, WecomEmulator
from tests.unit.emulators.wecom.support import ApiClient


async def test_twenty_a_minute(api: ApiClient, emulator: WecomEmulator, clock: ManualClock) -> None:
    text = {"msgtype": "text", "text": {"content": "日报"}}
    answers = [(await api.robot(text))["errcode"] for _ in range(21)]
    assert answers == [0] * 20 + [45009]
    assert len(emulator.ledger.delivered_to("webhook:robot-key")) == 20
    clock.advance(seconds=60)
    assert (await api.robot(text))["errcode"] == 0


async def test_lengths_types_and_key(api: ApiClient) -> None:
    def of(kind: str, content: str) -> dict[str, Any]:
        return {"msgtype": kind, kind: {"content": content}}

    assert (await api.robot(of("text", "a" * 2049)))["errcode"] == 40058
    assert (await api.robot(of("markdown", "a" * 4096)))["errcode"] == 0
    assert (await api.robot(of("markdown", "a" * 4097)))["errcode"] == 40058
    assert (await api.robot(of("markdown_v2", "# 表格")))["errcode"] == 0
    assert (await api.robot(of("poem", "a")))["errcode"] == 40008
    assert (await api.robot(of("text", "a"), key="unknown"))["errcode"] == 93000


async def test_cards_that_call_back_are_refused(api: ApiClient, button_card: dict[str, Any]) -> None:
    notice = {
        "card_type": "text_notice",
        "main_title": {"title": "日报"},
        "card_action": {"type": 1, "url": "https://example.com"},
    }
    assert (await api.robot({"msgtype": "template_card", "template_card": notice}))["errcode"] == 0
    assert (await api.robot({"msgtype": "template_card", "template_card": button_card}))["errcode"] == 40058


async def test_images_by_value(api: ApiClient) -> None:
    image = {"base64": "iVBORw0KGgo=", "md5": "e9dd2797018cad79186e03e8c5aec8dc"}
    good = await api.robot({"msgtype": "image", "image": image})
    bad = await api.robot({"msgtype": "image", "image": image | {"md5": "0" * 32}})
    assert (good["errcode"], bad["errcode"]) == (0, 40058)
