"""Callback mode: what happens when the stream is no longer open."""

from __future__ import annotations

from typing import Any

import pytest

from bot.contracts.errors import PermanentFailure, TemporaryFailure
from bot.contracts.reply import Address

ANSWER = {"call": "answer", "content": "**答**"}
CARD = {"card_type": "text_notice", "main_title": {"title": "报价"}}


@pytest.fixture
def url(wecom: Any) -> str:
    return f"{wecom.url}/response?code=abc"


async def asked(callback_bot: Any, said: dict[str, Any], url: str) -> Any:
    adapter, caller = callback_bot
    await caller.call({**said, "response_url": url})
    return adapter


async def test_a_stream_that_nobody_comes_for_is_given_up(callback_bot: Any, url: str, wecom: Any, tools: Any) -> None:
    adapter = await asked(callback_bot, tools.body(), url)
    await adapter.send(tools.parcel(ANSWER, tools.body()))
    assert wecom.posts == [("/response?code=abc", {"msgtype": "markdown", "markdown": {"content": "**答**"}})]
    about = tools.body("stream", stream={"id": tools.stream(tools.body())})
    _, late = await callback_bot[1].call(about)  # comes after all: the answer isn't shown twice
    assert late["stream"] == {"id": tools.stream(tools.body()), "finish": True, "content": "回答在下一条消息里。"}


async def test_after_six_minutes_the_answer_goes_by_response_url(
    callback_bot: Any, url: str, wecom: Any, clock: Any, tools: Any
) -> None:
    adapter = await asked(callback_bot, tools.body(), url)
    clock.move(361)
    receipt = await adapter.send(tools.parcel(ANSWER, tools.body()))
    assert (len(wecom.posts), receipt.note != "") == (1, True)


async def test_a_second_answer_goes_by_response_url_and_a_third_nowhere(
    callback_bot: Any, url: str, wecom: Any, clock: Any, tools: Any
) -> None:
    adapter = await asked(callback_bot, tools.body(), url)
    clock.move(361)
    await adapter.send(tools.parcel(ANSWER, tools.body()))
    with pytest.raises(PermanentFailure, match="只能回复一次"):
        await adapter.send(tools.parcel(ANSWER, tools.body(), id="p-2"))
    assert len(wecom.posts) == 1


async def test_after_an_hour_it_is_too_late(callback_bot: Any, url: str, wecom: Any, clock: Any, tools: Any) -> None:
    adapter = await asked(callback_bot, tools.body(), url)
    clock.move(3601)
    with pytest.raises(PermanentFailure, match=r"6 分钟.*1 小时"):
        await adapter.send(tools.parcel(ANSWER, tools.body()))
    assert wecom.posts == []


async def test_nothing_can_be_pushed(callback_bot: Any, url: str, tools: Any) -> None:
    adapter = await asked(callback_bot, tools.body(), url)
    with pytest.raises(PermanentFailure, match="主动"):
        await adapter.send(tools.parcel(ANSWER))
    other = Address("wecom_bot", "user:lisi")  # a reply to this message, but to somebody else
    with pytest.raises(PermanentFailure, match="主动"):
        await adapter.send(tools.parcel(ANSWER, tools.body(), to=other))


async def test_without_response_url_the_open_stream_is_waited_for(callback_bot: Any, tools: Any) -> None:
    adapter, caller = callback_bot
    await caller.call(tools.body())
    with pytest.raises(TemporaryFailure):
        await adapter.send(tools.parcel(ANSWER, tools.body()))
    _, answer = await caller.call(tools.body("stream", stream={"id": tools.stream(tools.body())}))
    assert answer["stream"]["content"] == "**答**"
    assert "已送达" in (await adapter.send(tools.parcel(ANSWER, tools.body(), attempt=2))).note


async def test_a_late_update_is_sent_as_a_new_card(
    callback_bot: Any, url: str, wecom: Any, clock: Any, tools: Any
) -> None:
    said = tools.pressed()
    adapter = await asked(callback_bot, said, url)
    clock.move(5)
    payload = {"call": "update", "card": {**CARD, "replace_text": "✓"}, "task_id": "task-1", "user": "zhangsan"}
    await adapter.send(tools.parcel(payload, said))
    assert wecom.posts[0][1] == {"msgtype": "template_card", "template_card": {**CARD, "task_id": "p-1"}}


async def test_words_answer_a_press_by_response_url(callback_bot: Any, url: str, wecom: Any, tools: Any) -> None:
    adapter = await asked(callback_bot, tools.pressed(), url)
    await adapter.send(tools.parcel(ANSWER, tools.pressed()))
    assert wecom.posts[0][1]["msgtype"] == "markdown"


async def test_text_with_a_card_goes_as_words_where_only_one_fits(
    callback_bot: Any, url: str, wecom: Any, clock: Any, tools: Any
) -> None:
    adapter = await asked(callback_bot, tools.body(), url)
    clock.move(361)
    payload = {"call": "answer", "content": "答", "card": CARD, "lead": "报价", "words": "**报价**"}
    await adapter.send(tools.parcel(payload, tools.body()))
    assert wecom.posts[0][1] == {"msgtype": "markdown", "markdown": {"content": "答\n\n**报价**"}}


async def test_a_lost_answer_of_response_url_is_not_shown_twice(
    callback_bot: Any, url: str, wecom: Any, clock: Any, tools: Any
) -> None:
    adapter = await asked(callback_bot, tools.body(), url)
    clock.move(361)
    wecom.post_answers = ["cut", {"errcode": 60140, "errmsg": "response_url used"}]
    with pytest.raises(TemporaryFailure) as lost:
        await adapter.send(tools.parcel(ANSWER, tools.body()))
    assert "code=abc" not in str(lost.value)
    assert "已送达" in (await adapter.send(tools.parcel(ANSWER, tools.body(), attempt=2))).note


@pytest.mark.parametrize(("errcode", "fault"), [(45009, TemporaryFailure), (40058, PermanentFailure)])
async def test_errcodes_of_response_url(
    callback_bot: Any, url: str, wecom: Any, clock: Any, tools: Any, errcode: int, fault: type[Exception]
) -> None:
    adapter = await asked(callback_bot, tools.body(), url)
    clock.move(361)
    wecom.post_answers = [{"errcode": errcode, "errmsg": "no"}]
    with pytest.raises(fault, match=str(errcode)):
        await adapter.send(tools.parcel(ANSWER, tools.body()))
