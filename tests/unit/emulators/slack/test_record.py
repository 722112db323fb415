"""The record: what a careful client never does is written down."""

from __future__ import annotations

from tests.emulators.slack import SlackEmulator
from tests.unit.emulators.slack.support import CHANNEL, ApiClient, section


async def test_raw_requests_are_kept(api: ApiClient, emulator: SlackEmulator) -> None:
    await api.say("你好")
    (sent,) = emulator.requests_to("chat.postMessage")
    assert (sent.method, b'"channel": "C0SALES"' in sent.body) == ("POST", True)
    assert emulator.violations == []


async def test_leaked_secrets_are_violations(api: ApiClient, emulator: SlackEmulator) -> None:
    space = emulator.workspace
    await api.say(f"token={space.bot_token}")
    await api.get("auth.test", token="", x=space.app_token)
    await api.form("auth.test", token="", **{"token_": space.signing_secret})
    async with api.session.get(f"{emulator.base_url}/api/x{space.client_secret}", headers={"X-A": space.bot_token}):
        pass
    found = "\n".join(emulator.violations)
    for leak in (
        "bot token in the body of /api/chat.postMessage",
        "app token in the address of /api/auth.test",
        "signing secret in the body of /api/auth.test",
        "client secret in the address",
        "bot token in the header X-A",
    ):
        assert leak in found


async def test_a_token_in_a_form_works_but_is_a_violation(api: ApiClient, emulator: SlackEmulator) -> None:
    async with api.session.post(
        f"{emulator.base_url}/api/auth.test", data={"token": emulator.workspace.bot_token}
    ) as response:
        assert (await response.json())["ok"]
    assert emulator.violations == ["bot token in the body of /api/auth.test"]


async def test_unknown_arguments_and_methods(api: ApiClient, emulator: SlackEmulator) -> None:
    assert (await api.say(colour="red"))["ok"]
    assert (await api.call("chat.shout", channel=CHANNEL))["error"] == "unknown_method"
    assert emulator.violations == ["chat.postMessage: unknown argument colour", "no such method: chat.shout"]


async def test_blocks_without_text_are_warned_of(api: ApiClient, emulator: SlackEmulator) -> None:
    assert (await api.call("chat.postMessage", channel=CHANNEL, blocks=[section()]))["ok"]
    assert "notifications are empty" in emulator.warnings[0]
