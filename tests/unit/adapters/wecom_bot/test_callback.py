"""Callback mode: verified, stored, answered in a stream that WeCom comes for again."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import pytest

ANSWER = {"call": "answer", "content": "先认同，再谈总成本。"}


async def refreshed(caller: Any, tools: Any, said: dict[str, Any]) -> dict[str, Any]:
    about = tools.body("stream", msgid="r1", stream={"id": tools.stream(said)})
    status, answer = await caller.call(about)
    assert status == 200
    return dict(answer)


async def test_the_url_proves_itself(callback_bot: Any) -> None:
    _, caller = callback_bot
    secret = caller.seal("1616140317555161061")
    async with caller.session.get(caller.url, params={**caller.query(secret), "echostr": secret}) as response:
        assert (response.status, await response.read()) == (200, b"1616140317555161061")


async def test_others_are_refused(callback_bot: Any, desk: Any) -> None:
    _, caller = callback_bot
    async with caller.session.post(caller.url, params={"msg_signature": "x"}, data="{}") as response:
        assert response.status == 403
    secret = caller.seal("{}", receiver="wwcorp")  # encrypted for an app, not for the bot
    async with caller.session.post(caller.url, params=caller.query(secret), json={"encrypt": secret}) as response:
        assert response.status == 403
    async with caller.session.post(caller.url, data=io.BytesIO(b"x" * 1_100_000)) as response:
        assert response.status == 413
    assert desk.messages == []


@pytest.mark.parametrize("said", ["[]", "no json", '{"msgid": "1"}'])
async def test_signed_but_unreadable_is_not_asked_for_again(callback_bot: Any, said: str) -> None:
    assert await callback_bot[1].call(said) == (200, None)


async def test_a_question_is_stored_then_answered_by_a_stream(callback_bot: Any, desk: Any, tools: Any) -> None:
    _, caller = callback_bot
    status, answer = await caller.call(tools.body(response_url="https://example.com/r"))
    assert [message.text for message in desk.messages] == ["客户说太贵了怎么回"]
    assert "response_url" not in str(desk.messages[0])  # who has it can speak for the bot
    assert (status, answer["msgtype"]) == (200, "stream")
    assert answer["stream"] == {"id": tools.stream(tools.body()), "finish": False, "content": "正在查…"}


async def test_what_cannot_be_stored_is_asked_for_again(callback_bot: Any, desk: Any, tools: Any) -> None:
    desk.broken = 1
    _, caller = callback_bot
    assert await caller.call(tools.body()) == (503, None)
    status, _ = await caller.call(tools.body())
    assert (status, len(desk.messages)) == (200, 1)


async def test_drafts_and_the_answer_appear_in_the_stream(callback_bot: Any, tools: Any) -> None:
    adapter, caller = callback_bot
    said, parcel = tools.body(), tools.parcel(ANSWER, tools.body())
    await caller.call(said)
    await adapter.draft(parcel.to, parcel.answers, "先认同")
    assert (await refreshed(caller, tools, said))["stream"]["content"] == "先认同"
    sending = asyncio.create_task(adapter.send(parcel))
    await asyncio.sleep(0.05)
    assert not sending.done()  # not delivered before WeCom has come for it
    stream = (await refreshed(caller, tools, said))["stream"]
    assert stream == {"id": tools.stream(said), "finish": True, "content": "先认同，再谈总成本。"}
    assert (await sending).reference == tools.stream(said)


async def test_a_quick_answer_needs_no_second_question(callback_bot: Any, tools: Any) -> None:
    adapter, caller = callback_bot
    calling = asyncio.create_task(caller.call(tools.body()))
    await tools.until(lambda: tools.stream(tools.body()) in adapter._ports.streams.rows)
    await adapter.send(tools.parcel(ANSWER, tools.body()))
    _, answer = await calling
    assert answer["stream"]["finish"] is True


async def test_a_card_comes_with_the_end_of_the_stream(callback_bot: Any, tools: Any) -> None:
    adapter, caller = callback_bot
    await caller.call(tools.body())
    card = {"card_type": "text_notice", "main_title": {"title": "报价"}, "replace_text": "x"}
    payload = {"call": "answer", "content": "", "card": card, "lead": "报价", "words": "报价"}
    sending = asyncio.create_task(adapter.send(tools.parcel(payload, tools.body())))
    await asyncio.sleep(0.05)
    answer = await refreshed(caller, tools, tools.body())
    await sending
    assert answer["msgtype"] == "stream_with_template_card"
    assert (answer["stream"]["content"], answer["stream"]["finish"]) == ("报价", True)
    title = {"title": "报价"}
    assert answer["template_card"] == {"card_type": "text_notice", "main_title": title, "task_id": "p-1"}


async def test_a_press_changes_the_card_in_the_same_request(callback_bot: Any, desk: Any, tools: Any) -> None:
    adapter, caller = callback_bot
    calling = asyncio.create_task(caller.call(tools.pressed()))
    await tools.until(lambda: bool(desk.messages))
    press = desk.messages[0].press
    assert (press.card_id, press.action, press.handle) == ("card-1", "unfold", "task-1|zhangsan")
    card = {"card_type": "button_interaction", "main_title": {"title": "开"}}
    payload = {"call": "update", "card": card, "task_id": "task-1", "user": "zhangsan"}
    await adapter.send(tools.parcel(payload, tools.pressed()))
    _, answer = await calling
    changed = {**card, "task_id": "task-1"}
    assert answer == {"response_type": "update_template_card", "userids": ["zhangsan"], "template_card": changed}


async def test_who_enters_is_greeted_by_text(callback_bot: Any, desk: Any, tools: Any) -> None:
    adapter, caller = callback_bot
    calling = asyncio.create_task(caller.call(tools.entered()))
    await tools.until(lambda: bool(desk.messages))
    await adapter.send(tools.parcel({"call": "answer", "content": "你好"}, tools.entered()))
    assert (await calling)[1] == {"msgtype": "text", "text": {"content": "你好"}}


async def test_other_events_are_stored_and_answered_by_nothing(callback_bot: Any, desk: Any, tools: Any) -> None:
    said = tools.body("event", event={"eventtype": "feedback_event", "feedback_event": {"id": "f", "type": 1}})
    assert await callback_bot[1].call(said) == (200, None)
    assert [(message.kind, message.event) for message in desk.messages] == [("event", "feedback_event")]


async def test_an_unknown_stream_is_ended(callback_bot: Any, tools: Any) -> None:
    answer = await refreshed(callback_bot[1], tools, tools.body(msgid="never seen"))
    assert answer["stream"]["finish"] is True


async def test_a_restart_in_the_middle_loses_nothing(callback_bot: Any, make: Any, streams: Any, tools: Any) -> None:
    """Another process, which knows only the database, ends the stream that the first one opened."""
    _, caller = callback_bot
    await caller.call(tools.body())
    other = make("callback")
    sending = asyncio.create_task(other.send(tools.parcel(ANSWER, tools.body())))
    await asyncio.sleep(0.05)
    sending.cancel()  # killed before WeCom came
    await asyncio.gather(sending, return_exceptions=True)
    assert (await refreshed(caller, tools, tools.body()))["stream"]["finish"] is True
    again = await make("callback").send(tools.parcel(ANSWER, tools.body(), attempt=2))
    assert "已送达" in again.note
    await other.close()
