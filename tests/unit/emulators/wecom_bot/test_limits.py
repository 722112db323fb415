"""PROTOCOLS: each limit of a card and of an answer is refused beyond and taken at it, on both connections."""

from __future__ import annotations

import base64
import copy
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from tests.emulators.wecom_bot import Outcome, WecomBotEmulator
from tests.unit.emulators.wecom.samples import CARDS
from tests.unit.emulators.wecom.test_cards import AT_THE_LIMIT, OVER
from tests.unit.emulators.wecom_bot.support import RESPOND, SEND, Body, CallbackBot, SocketBot, card, markdown, stream

Say = Callable[[Body], Awaitable[int]]
MOST = 20480
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
IMAGE = {"base64": base64.b64encode(PNG).decode(), "md5": hashlib.md5(PNG, usedforsecurity=False).hexdigest()}
PICTURE = {"msgtype": "image", "image": IMAGE}


def of_the_bot(card_type: str, **changed: Any) -> Body:
    """The sample card of this type, without what only apps may send."""
    found = copy.deepcopy(next(sample for sample in CARDS if sample["card_type"] == card_type))
    if "button_list" in found:
        found["button_list"] = [button for button in found["button_list"] if "type" not in button]
    return {"msgtype": "template_card", "template_card": {**found, **changed}}


@pytest.fixture
async def pushed(client: SocketBot, server: WecomBotEmulator) -> Say:
    """Says something unasked over the long connection; its errcode."""
    await server.callbacks.send_text("zhangmin", "在吗")
    await client.callback()

    async def say(body: Body) -> int:
        return await client.code(SEND, {"chatid": "zhangmin", **body})

    return say


@pytest.fixture
async def replied(client: SocketBot, server: WecomBotEmulator) -> Say:
    """Answers a question over the long connection; its errcode."""

    async def say(body: Body) -> int:
        await server.callbacks.send_text("zhangmin", "在吗")
        return await client.code(RESPOND, body, await client.req_id())

    return say


@pytest.fixture
async def answered(http: WecomBotEmulator, bot: CallbackBot) -> Say:
    """Answers a callback at once; the errcode in the ledger, for HTTP tells the bot nothing."""

    async def say(body: Body) -> int:
        bot.answer = lambda message: body
        before = len(http.ledger)
        await http.callbacks.send_text("zhangmin", "在吗")
        refused = [entry.errcode for entry in list(http.ledger)[before:] if entry.outcome is Outcome.REJECTED]
        return refused[0] if refused else 0

    return say


@pytest.fixture
async def by_url(http: WecomBotEmulator, bot: CallbackBot) -> AsyncIterator[Say]:
    """Uses a response_url; the errcode."""
    async with aiohttp.ClientSession() as session:

        async def say(body: Body) -> int:
            await http.callbacks.send_text("zhangmin", "在吗")
            async with session.post(bot.received[-1]["response_url"], json=body) as response:
                return int((await response.json())["errcode"])

        yield say


@pytest.fixture(params=["pushed", "replied", "answered", "by_url"])
def say(request: pytest.FixtureRequest) -> Say:
    """Each way in which the bot can say a card."""
    found: Say = request.getfixturevalue(request.param)
    return found


@pytest.fixture(params=["replied", "answered"])
def stream_out(request: pytest.FixtureRequest) -> Say:
    """Each way in which it can write a stream."""
    found: Say = request.getfixturevalue(request.param)
    return found


@pytest.fixture(params=["pushed", "by_url"])
def write(request: pytest.FixtureRequest) -> Say:
    """Each way in which it can write Markdown that doesn't grow."""
    found: Say = request.getfixturevalue(request.param)
    return found


def ids(cases: list[tuple[str, str, Any]]) -> list[str]:
    """Names that stay the same from run to run."""
    return [f"{number}-{card_type}-{field}" for number, (card_type, field, _) in enumerate(cases)]


@pytest.mark.parametrize(("card_type", "field", "value"), OVER, ids=ids(OVER))
async def test_what_a_card_has_too_much_of_is_refused(say: Say, card_type: str, field: str, value: Any) -> None:
    assert await say(of_the_bot(card_type, **{field: value})) == 40058


@pytest.mark.parametrize(("card_type", "field", "value"), AT_THE_LIMIT, ids=ids(AT_THE_LIMIT))
async def test_the_limit_itself_is_allowed(say: Say, card_type: str, field: str, value: Any) -> None:
    assert await say(of_the_bot(card_type, **{field: value})) == 0


@pytest.mark.parametrize("task_id", ["", "有汉字", "a b", "x" * 129])
async def test_a_task_id_must_be_right(say: Say, task_id: str) -> None:
    assert await say(card(task_id)) == 42014


async def test_a_task_id_is_used_once(say: Say) -> None:
    assert [await say(card("x" * 128)), await say(card("x" * 128))] == [0, 42014]


async def test_files_and_links_of_apps_are_refused(say: Say) -> None:
    link = [{"text": "看", "type": 1, "url": "https://example.com"}]
    file = [{"type": 2, "keyname": "附件", "media_id": "m"}]
    question = [{"type": 3, "title": "再问", "question": "问" * 67}]  # 201 bytes; 200 are taken
    for number, more in enumerate(({"button_list": link}, {"horizontal_content_list": file})):
        assert await say(card(f"a{number}", **more)) == 40058
    assert await say(of_the_bot("text_notice", jump_list=question)) == 40058
    assert await say(card("f", feedback={"id": "x" * 257})) == 40058
    assert await say(card("g", feedback={"id": "x" * 256})) == 0


async def test_a_stream_holds_20480_bytes(stream_out: Say) -> None:
    assert await stream_out(stream("字" * (MOST // 3) + "xxx", name="over")) == 40058
    assert await stream_out(stream("字" * (MOST // 3) + "xx", name="full")) == 0
    assert await stream_out(stream("好", name="thumb", feedback={"id": "x" * 257})) == 40058


async def test_markdown_holds_20480_bytes(write: Say) -> None:
    assert await write(markdown("x" * (MOST + 1))) == 40058
    assert await write(markdown("")) == 40058
    assert await write(markdown("x" * MOST)) == 0


async def test_ten_pictures_at_the_end_of_a_stream(answered: Say) -> None:
    assert await answered(stream("图", name="over", msg_item=[PICTURE] * 11)) == 40058
    assert await answered(stream("图", name="full", msg_item=[PICTURE] * 10)) == 0


async def test_a_changed_card_has_the_same_limits(client: SocketBot, server: WecomBotEmulator) -> None:
    await server.callbacks.send_text("zhangmin", "折扣")
    assert await client.code(RESPOND, card(), await client.req_id()) == 0
    await server.callbacks.press_button("zhangmin", "quote-1", "approve")
    req_id = await client.req_id()
    buttons = [{"text": "好", "key": str(number)} for number in range(7)]
    for most, errcode in ((7, 40058), (6, 0)):
        changed = card(button_list=buttons[:most])["template_card"]
        body = {"response_type": "update_template_card", "template_card": changed}
        assert await client.code("aibot_respond_update_msg", body, req_id) == errcode


async def test_longer_text_than_is_shown_is_noted(pushed: Say, server: WecomBotEmulator) -> None:
    for number, more in enumerate(
        (
            {"main_title": {"title": "题" * 37}},
            {"main_title": {"title": "题", "desc": "述" * 45}},
            {"source": {"desc": "源" * 21}},
            {"sub_title_text": "文" * 161},
        ),
        1,
    ):
        assert await pushed(card(f"t{number}", **more)) == 0
        assert len(server.warnings) == number
