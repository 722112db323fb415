"""PROTOCOLS, WeCom: recipients, bytes, quotas, duplicates; the ledger says what became of each."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulators.wecom import ManualClock, Outcome, WecomEmulator
from tests.unit.emulators.wecom.support import ApiClient


async def test_text_reaches_the_member(api: ApiClient, emulator: WecomEmulator) -> None:
    answer = await api.text("你好")
    assert answer["errcode"] == 0
    assert emulator.ledger.texts_to("zhangmin") == ["你好"]
    assert emulator.ledger.delivered_to("zhangmin")[0].msgid == answer["msgid"]
    assert emulator.chats.of("zhangmin")[0].content == {"content": "你好"}
    assert emulator.violations == []


@pytest.mark.parametrize("msgtype", ["text", "markdown"])
async def test_2048_bytes_pass_and_more_is_cut_silently(api: ApiClient, emulator: WecomEmulator, msgtype: str) -> None:
    whole, long = "策" * 682 + "ab", "策" * 683
    assert (await api.send(msgtype, {"content": whole}))["errcode"] == 0
    assert (await api.send(msgtype, {"content": long}))["errcode"] == 0
    first, second = emulator.ledger.delivered_to("zhangmin")
    assert (first.outcome, first.text) == (Outcome.DELIVERED, whole)
    assert (second.outcome, second.text) == (Outcome.TRUNCATED, "策" * 682)
    assert "2049 bytes" in second.reason


async def test_invalid_users_are_named_in_lower_case(api: ApiClient, emulator: WecomEmulator) -> None:
    answer = await api.text(touser="ZhangMin|NoBody|wangfang")
    assert (answer["errcode"], answer["invaliduser"], answer["unlicenseduser"]) == (0, "nobody", "wangfang")
    assert len(emulator.ledger.delivered) == 1


async def test_departments_and_tags(api: ApiClient, emulator: WecomEmulator) -> None:
    answer = await api.text(touser="", toparty="2|9", totag="7|8")
    assert (answer["invalidparty"], answer["invalidtag"]) == ("9", "8")
    assert {entry.recipient for entry in emulator.ledger.delivered} == {"liwei", "zhangmin"}


async def test_everybody(api: ApiClient, emulator: WecomEmulator) -> None:
    await api.text(touser="@all")
    assert {entry.recipient for entry in emulator.ledger.delivered} == {"liwei", "zhangmin"}


REFUSED: list[tuple[int, dict[str, Any]]] = [
    (81013, {"touser": "nobody"}),
    (82001, {"touser": ""}),
    (301002, {"agentid": 7}),
    (41011, {"agentid": None}),
    (40056, {"agentid": "1000002"}),
    (44004, {"text": {"content": ""}}),
    (44004, {"text": {}}),
    (40008, {"msgtype": "poem"}),
    (40058, {"text": "hello"}),
    (40058, {"duplicate_check_interval": 4 * 3600 + 1}),
    (40058, {"touser": "|".join(f"u{i}" for i in range(1001))}),
    (40058, {"touser": "zhangmin", "toparty": "|".join(str(i) for i in range(101))}),
]


@pytest.mark.parametrize(("errcode", "change"), REFUSED)
async def test_refusals(api: ApiClient, emulator: WecomEmulator, errcode: int, change: dict[str, Any]) -> None:
    agent_id = emulator.company.agent_id
    good = {"touser": "zhangmin", "msgtype": "text", "agentid": agent_id, "text": {"content": "好"}}
    answer = await api.post("message/send", good | change)
    assert answer["errcode"] == errcode
    assert [entry.errcode for entry in emulator.ledger.rejected] == [errcode]
    assert emulator.ledger.delivered == []


async def test_not_json_wrong_method_and_unknown_interface(api: ApiClient, emulator: WecomEmulator) -> None:
    assert (await api.post("message/send", ["a list"]))["errcode"] == 47001
    assert (await api.get("message/send"))["errcode"] == 43002
    async with api.session.get(f"{emulator.base_url}/cgi-bin/no/such") as response:
        assert response.status == 404
    assert len(emulator.violations) == 2


async def test_thirty_a_minute_then_silence(api: ApiClient, emulator: WecomEmulator, clock: ManualClock) -> None:
    for number in range(31):
        assert (await api.text(f"第{number}条"))["errcode"] == 0
    await api.text("给别人", touser="liwei")
    assert len(emulator.ledger.delivered_to("zhangmin")) == 30
    assert [entry.text for entry in emulator.ledger.dropped] == ["第30条"]
    assert len(emulator.ledger.delivered_to("liwei")) == 1
    clock.advance(seconds=60)
    await api.text("又可以了")
    assert emulator.ledger.texts_to("zhangmin")[-1] == "又可以了"


async def test_a_thousand_an_hour(emulator: WecomEmulator, clock: ManualClock) -> None:
    quotas = emulator.world.quotas
    taken = []
    for _ in range(1001):
        taken.append(quotas.take_member("zhangmin"))
        clock.advance(seconds=3)
    assert taken[999] == ""
    assert "1000" in taken[1000]


async def test_accounts_times_200_a_day(clock: ManualClock) -> None:
    async with WecomEmulator(clock=clock, accounts=1, users=("zhangmin",)) as emulator:
        quotas = emulator.world.quotas
        quotas.take_day(200)
        with pytest.raises(Exception, match="45009"):
            quotas.take_day(1)
        clock.advance(days=1)
        quotas.take_day(1)


async def test_duplicates_within_the_window_vanish(api: ApiClient, emulator: WecomEmulator, clock: ManualClock) -> None:
    check: dict[str, Any] = {"enable_duplicate_check": 1, "duplicate_check_interval": 600}
    for _ in range(2):
        assert (await api.text("一次就好", **check))["errcode"] == 0
    await api.text("一次就好", touser="liwei", **check)
    clock.advance(seconds=600)
    await api.text("一次就好", **check)
    assert [entry.recipient for entry in emulator.ledger.delivered] == ["zhangmin", "liwei", "zhangmin"]
    assert [entry.outcome for entry in emulator.ledger.dropped] == [Outcome.DUPLICATE]


async def test_the_window_is_1800_s_by_default_and_off_unless_asked(
    api: ApiClient, emulator: WecomEmulator, clock: ManualClock
) -> None:
    await api.text("再说一遍")
    await api.text("再说一遍")
    assert len(emulator.ledger.delivered) == 2
    clock.advance(seconds=1799)
    await api.text("再说一遍", enable_duplicate_check=1)
    assert len(emulator.ledger.dropped) == 1


async def test_textcard_and_news(api: ApiClient, emulator: WecomEmulator) -> None:
    card = {"title": "题" * 50, "description": "说明", "url": "https://example.com"}
    assert (await api.send("textcard", card))["errcode"] == 0
    assert "128" in emulator.ledger.truncated[0].reason
    article = {"title": "新闻", "url": "https://example.com"}
    assert (await api.send("news", {"articles": [article]}))["errcode"] == 0
    assert (await api.send("news", {"articles": [article] * 9}))["errcode"] == 45008
    assert (await api.send("news", {"articles": [{"title": "没有链接"}]}))["errcode"] == 40058


async def test_recall_within_a_day(api: ApiClient, emulator: WecomEmulator, clock: ManualClock) -> None:
    msgid = (await api.text("发错了"))["msgid"]
    assert (await api.post("message/recall", {"msgid": msgid}))["errcode"] == 0
    assert emulator.chats.of("zhangmin")[0].msgtype == "recalled"
    late = (await api.text("留着"))["msgid"]
    clock.advance(hours=24)
    await api.token()
    assert (await api.post("message/recall", {"msgid": late}))["errcode"] == 40058
    assert len(emulator.ledger.of(Outcome.RECALLED)) == 1


async def test_user_and_addresses(api: ApiClient, emulator: WecomEmulator) -> None:
    assert (await api.get("user/get", userid="LiWei"))["userid"] == "liwei"
    assert (await api.get("user/get", userid="nobody"))["errcode"] == 60111
    assert (await api.get("getcallbackip"))["ip_list"]
    assert (await api.get("get_api_domain_ip"))["ip_list"]
    assert (await api.get("agent/get", agentid=str(emulator.company.agent_id)))["errcode"] == 0
