"""Group webhooks: written to, never answered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from adapters.wecom_bot import WecomGroupAdapter
from bot.contracts.adapter import Parcel
from bot.contracts.card import Action, Card, Fact, Section
from bot.contracts.errors import PermanentFailure, TemporaryFailure
from bot.contracts.reply import Address, Reply
from config.groups.wecom_bot import WecomGroups

TO, KEY = Address("wecom_group", "华东"), "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"


@pytest.fixture
async def group(wecom: Any) -> AsyncIterator[WecomGroupAdapter]:
    made = WecomGroupAdapter(
        WecomGroups(groups={"华东": SecretStr(KEY)}, base_url=wecom.url), "https://bot.example.com"
    )
    yield made
    await made.close()


async def test_a_push_reaches_its_group(group: Any, wecom: Any) -> None:
    for number, payload in enumerate(group.render(Reply(TO, text="**晨会**：三件事"))):
        await group.send(Parcel(f"p-{number}", TO, payload))
    said = {"msgtype": "markdown", "markdown": {"content": "**晨会**：三件事"}}
    assert wecom.posts == [(f"/cgi-bin/webhook/send?key={KEY}", said)]


@pytest.mark.parametrize(
    ("text", "kind", "limit"),
    [
        ("三件事 " * 600, "text", 2048),
        ("**三件事** " * 900, "markdown", 4096),
        ("| 人 | 次 |\n|---|---|\n" + "| 张三 | 3 |\n" * 600, "markdown_v2", 4096),
    ],
)
def test_kinds_and_limits(group: Any, text: str, kind: str, limit: int) -> None:
    payloads = group.render(Reply(TO, text=text))
    assert len(payloads) > 1
    assert {payload["msgtype"] for payload in payloads} == {kind}
    assert all(len(payload[kind]["content"].encode()) <= limit for payload in payloads)


def test_cards_have_no_buttons(group: Any) -> None:
    actions = (Action("useful", "有用"), Action("open", "打开", url="https://bot.example.com/x"))
    card = Card("c", "回款提醒", summary="3 笔", facts=(Fact("金额", "80 万"),), actions=actions)
    [payload] = group.render(Reply(TO, card=card))
    assert payload["template_card"]["card_type"] == "text_notice"
    assert "button_list" not in payload["template_card"]
    details = Card("c", "回款提醒", sections=(Section("明细", "一二三"),))
    card_payload, words = group.render(Reply(TO, card=details))
    assert (card_payload["msgtype"], "一二三" in str(words)) == ("template_card", True)


@pytest.mark.parametrize(
    ("answer", "fault", "says"),
    [
        ({"errcode": 45009, "errmsg": "api freq out of limit"}, TemporaryFailure, "45009"),
        ({"errcode": 93000, "errmsg": f"invalid webhook url key={KEY}"}, PermanentFailure, "wecom_groups"),
        ({"errcode": 99999, "errmsg": f"odd key={KEY}"}, PermanentFailure, "99999"),
    ],
)
async def test_faults(group: Any, wecom: Any, answer: Any, fault: type[Exception], says: str) -> None:
    wecom.post_answers = [answer]
    with pytest.raises(fault, match=says) as caught:
        await group.send(Parcel("p", TO, {"msgtype": "text", "text": {"content": "x"}}))
    assert KEY not in str(caught.value)


async def test_an_unknown_group_is_named(group: Any) -> None:
    with pytest.raises(PermanentFailure, match="华南"):
        await group.send(Parcel("p", Address("wecom_group", "华南"), {"msgtype": "text"}))


async def test_it_only_sends(group: Any, clock: Any) -> None:
    await group.run()
    await group.draft(TO, "m", "x")
    assert (await group.check(clock.now()), group.limit) == ([], (20, 60.0))


def test_a_whole_address_is_no_key() -> None:
    with pytest.raises(ValidationError, match="华东"):
        WecomGroups(groups={"华东": SecretStr("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x")})
