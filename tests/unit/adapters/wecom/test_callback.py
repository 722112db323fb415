"""The callback URL through a real server: verification, storing before the answer, and what is refused."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from adapters.wecom import WecomAdapter
from bot.contracts.errors import IntakeUnavailable
from bot.contracts.message import Message

PATH = "/wecom/callback"
TEXT = (
    "<xml><FromUserName>li</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType>"
    "<Content>你好</Content><MsgId>9</MsgId></xml>"
)


class Intake:
    def __init__(self) -> None:
        self.stored: list[Message] = []
        self.full = False

    async def __call__(self, messages: Sequence[Message]) -> None:
        if self.full:
            raise IntakeUnavailable
        self.stored += messages


@pytest.fixture
def intake() -> Intake:
    return Intake()


@pytest.fixture
async def client(adapter: WecomAdapter, intake: Intake) -> AsyncIterator[Any]:
    app = web.Application()
    adapter.mount(app, intake)
    async with TestClient(TestServer(app)) as found:
        yield found


async def test_verification_is_the_exact_plaintext(client: Any, tools: Any) -> None:
    echo = tools.encrypted("1616140317555161061")
    answer = await client.get(PATH, params={**tools.signed_query(echo), "echostr": echo})
    assert (answer.status, await answer.read()) == (200, b"1616140317555161061")
    assert answer.content_type == "text/plain"
    refused = await client.get(PATH, params={**tools.signed_query(echo), "echostr": echo, "nonce": "x"})
    assert refused.status == 403
    assert (await client.get(PATH)).status == 403


async def test_a_message_is_stored_and_answered_empty(client: Any, intake: Intake, tools: Any) -> None:
    query, body = tools.sealed(TEXT)
    answer = await client.post(PATH, params=query, data=body)
    assert (answer.status, await answer.read()) == (200, b"")
    (message,) = intake.stored
    assert (message.id, message.text) == ("wecom:1000002:li:9", "你好")


async def test_when_nothing_can_be_stored_wecom_repeats(client: Any, intake: Intake, tools: Any) -> None:
    intake.full = True
    query, body = tools.sealed(TEXT)
    assert (await client.post(PATH, params=query, data=body)).status == 503


async def test_strangers_are_refused(client: Any, intake: Intake, tools: Any) -> None:
    query, body = tools.sealed(TEXT)
    assert (await client.post(PATH, params={**query, "msg_signature": "0" * 40}, data=body)).status == 403
    assert (await client.post(PATH, data=body)).status == 403
    query, body = tools.sealed(TEXT, corp="another")
    assert (await client.post(PATH, params=query, data=body)).status == 403
    query, body = tools.wrapped("dHJ1bmNhdGVk")
    assert (await client.post(PATH, params=query, data=body)).status == 403
    assert intake.stored == []


@pytest.mark.parametrize(
    "xml", ["<xml><MsgType>text", "<xml><A>1</A></xml>", "<!DOCTYPE x><xml><MsgType>text</MsgType></xml>"]
)
async def test_signed_nonsense_is_dropped_without_asking_for_more(
    client: Any, intake: Intake, tools: Any, xml: str
) -> None:
    query, body = tools.sealed(xml)
    answer = await client.post(PATH, params=query, data=body)
    assert (answer.status, await answer.read()) == (200, b"")
    assert intake.stored == []


async def test_unknown_events_are_stored_whole(client: Any, intake: Intake, tools: Any) -> None:
    query, body = tools.sealed(
        "<xml><FromUserName>sys</FromUserName><MsgType>event</MsgType><Event>new_thing</Event><X>1</X></xml>"
    )
    assert (await client.post(PATH, params=query, data=body)).status == 200
    assert intake.stored[0].raw["X"] == "1"


async def test_large_bodies_are_refused(client: Any, intake: Intake, tools: Any) -> None:
    async def pour() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 65536

    query, body = tools.sealed(TEXT)
    assert (await client.post(PATH, params=query, data=io.BytesIO(body + b" " * 1_100_000))).status == 413
    assert (await client.post(PATH, params=query, data=pour())).status == 413
    assert intake.stored == []


async def test_secrets_stay_out_of_the_log(
    client: Any, tools: Any, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    for secret_text in (tools.encrypted("<xml"), "dHJ1bmNhdGVk"):
        query, body = tools.wrapped(secret_text)
        await client.post(PATH, params=query, data=body)
    logged = "".join(capsys.readouterr()) + caplog.text
    assert "wecom.callback" in logged
    assert not any(secret in logged for secret in (tools.token, tools.aes_key, tools.secret))
