"""The record: what a careful client never does is written down."""

from __future__ import annotations

from typing import Any

from tests.emulators.wecom import WecomEmulator
from tests.unit.emulators.wecom.support import ApiClient


async def test_raw_requests_are_kept(api: ApiClient, emulator: WecomEmulator) -> None:
    await api.text("你好")
    (sent,) = emulator.requests_to("/cgi-bin/message/send")
    assert sent.method == "POST"
    assert b'"msgtype": "text"' in sent.body
    assert len(emulator.requests_to("/cgi-bin/gettoken")) == 1
    assert emulator.violations == []


async def test_debug_is_a_violation(api: ApiClient, emulator: WecomEmulator) -> None:
    await api.get("getcallbackip", debug="1")
    assert any("debug=1" in violation for violation in emulator.violations)


async def test_leaked_tokens_are_violations(api: ApiClient, emulator: WecomEmulator) -> None:
    token = (await api.token())["access_token"]
    await api.text(f"token={token}")
    await api.get("getcallbackip", other=token)
    async with api.session.get(f"{emulator.base_url}/cgi-bin/x/{token}", headers={"Authorization": token}):
        pass
    found = "\n".join(emulator.violations)
    for place in ("in the body", "in the query parameter other", "in the header", "in the path"):
        assert place in found


async def test_the_secret_belongs_to_gettoken_only(api: ApiClient, emulator: WecomEmulator) -> None:
    await api.text(emulator.company.secret)
    assert "corpsecret in the body" in emulator.violations[0]


async def test_unknown_fields_are_ignored_but_written_down(
    api: ApiClient, emulator: WecomEmulator, button_card: dict[str, Any]
) -> None:
    assert (await api.text(colour="red"))["errcode"] == 0
    assert (await api.send("markdown", {"content": "好", "mentioned": []}))["errcode"] == 0
    button_card["button_list"][0]["emoji"] = "x"
    assert (await api.card(button_card))["errcode"] == 0
    assert [violation.split(":")[0] for violation in emulator.violations] == [
        ".colour",
        ".markdown.mentioned",
        "template_card.button_list[0].emoji",
    ]
