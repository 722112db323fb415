"""`xiaoce doctor`: each fault is one sentence with its remedy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from adapters.wecom import WecomAdapter
from bot.contracts.adapter import Adapter

APP = {"errcode": 0, "agentid": 1000002, "name": "小策", "close": 0, "allow_userinfos": {"user": [{"userid": "li"}]}}


async def test_all_is_well(adapter: WecomAdapter, platform: Any, clock: Any) -> None:
    contract: Adapter = adapter
    platform.says(APP)
    assert await contract.check(clock.now()) == []
    assert contract.limit == (30, 60.0)
    await contract.run()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"errcode": 60020, "errmsg": "not allow, from ip: 8.8.4.4, more"}, "8.8.4.4"),
        ({"errcode": 301002, "errmsg": "no"}, "wecom.agent_id"),
        ({**APP, "close": 1}, "停用"),
        ({**APP, "allow_userinfos": {"user": []}, "allow_partys": {"partyid": []}}, "可见范围"),
    ],
)
async def test_faults_of_the_app(
    adapter: WecomAdapter, platform: Any, clock: Any, answer: dict[str, Any], words: str
) -> None:
    platform.says(answer)
    (fault,) = await adapter.check(clock.now())
    assert words in fault


async def test_wrong_secret(adapter: WecomAdapter, platform: Any, clock: Any) -> None:
    platform.secret_ok = False
    (fault,) = await adapter.check(clock.now())
    assert "wecom.secret" in fault


async def test_callback_settings(platform: Any, clock: Any, tools: Any, tmp_path: Path) -> None:
    platform.says(APP)
    settings = tools.settings_for(platform.url, aes_key="!" * 43, callback_path="callback")
    adapter = WecomAdapter(settings, clock, "http://127.0.0.1:8080", tmp_path)
    faults = await adapter.check(clock.now())
    await adapter.close()
    assert ["aes_key" in faults[0], "callback_path" in faults[1], len(faults)] == [True, True, 2]


async def test_a_callback_that_wecom_cannot_reach(clock: Any, tools: Any, tmp_path: Path) -> None:
    settings = tools.settings_for("https://qyapi.weixin.qq.com")
    adapter = WecomAdapter(settings, clock, "http://192.168.1.5:8080", tmp_path)
    (fault,) = adapter._callback_faults()  # the rest of `check` would call the real WeCom
    assert "http://192.168.1.5:8080/wecom/callback" in fault
