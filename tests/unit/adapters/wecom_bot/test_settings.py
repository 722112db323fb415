"""Settings and check: what is missing is named."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from adapters.wecom_bot import WecomBotAdapter, WecomBotPorts
from config.groups.wecom_bot import WecomBot


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"enabled": True}, r"wecom_bot\.bot_id, wecom_bot\.secret"),
        ({"enabled": True, "mode": "callback"}, r"wecom_bot\.token, wecom_bot\.aes_key"),
        ({"enabled": True, "mode": "callback", "token": "t", "aes_key": "short"}, "43"),
        ({"ws_url": "https://x"}, "wss://"),
        ({"callback_path": "x"}, "/wecom-bot/callback"),
        ({"nonsense": 1}, "nonsense"),
    ],
)
def test_faults_are_named(values: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        WecomBot(**values)


def test_off_by_default() -> None:
    assert WecomBot().enabled is False


async def test_check_in_callback_mode(
    streams: Any, relay: Any, clock: Any, tmp_path: Any, wecom: Any, tools: Any
) -> None:
    values = {"ws_url": "wss://openws.work.weixin.qq.com", "aes_key": "!" * 43}
    settings = tools.settings_for(wecom, "callback", **values)
    adapter = WecomBotAdapter(settings, clock, "http://127.0.0.1:8080", tmp_path, WecomBotPorts(streams, relay))
    faults = await adapter.check(clock.now())
    assert ["aes_key" in faults[0], "127.0.0.1" in faults[1], len(faults)] == [True, True, 2]
    await adapter.close()


async def test_check_says_when_the_address_is_wrong(
    streams: Any, relay: Any, clock: Any, tmp_path: Any, wecom: Any, tools: Any
) -> None:
    settings = tools.settings_for(wecom, "websocket", ws_url=wecom.url.replace("http", "ws") + "/nowhere")
    adapter = WecomBotAdapter(settings, clock, "https://bot.example.com", tmp_path, WecomBotPorts(streams, relay))
    assert "nowhere" in (await adapter.check(clock.now()))[0]
    await adapter.close()
