"""What goes out is signed, bounded, and never led inside (C3)."""

from __future__ import annotations

import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from cloudevents.core.bindings.http import HTTPMessage, from_http
from cloudevents.core.formats.json import JSONFormat
from standardwebhooks import Webhook, WebhookVerificationError

from adapters.webhooks.addresses import Allowed
from adapters.webhooks.client import WebhookClient
from adapters.webhooks.letter import Letter, letter_id, message
from bot.contracts.event import Event

AT = datetime(2026, 7, 31, 9, 30, tzinfo=UTC)
OURS, OTHER = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
DATA = {"order_no": "SO00001", "item": "智能产线", "amount_cny": 1285000.5}
EVENT = Event("E1", "/crm", "order.confirmed", AT, "订单 SO00001", DATA, 2, {"xiaocerehearsal": "r1"})
LOCAL = Allowed(["127.0.0.0/8"])

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[str]:
    """An address of this machine that answers so."""
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    finally:
        await runner.cleanup()


async def posted(handler: Handler, allowed: Allowed = LOCAL, seconds: float = 2, to: str = "") -> Any:
    """What one attempt comes to."""
    async with serving(handler) as url:
        client = WebhookClient(allowed, seconds, 1000)
        try:
            return await client.post(Letter(to or url, EVENT, [OURS]))
        finally:
            await client.close()


async def well(_request: web.Request) -> web.StreamResponse:
    """200."""
    return web.json_response({"ok": True})


@pytest.mark.parametrize("binary", [False, True], ids=["structured", "binary"])
def test_the_libraries_of_others_read_it(binary: bool) -> None:
    """The CloudEvents SDK gives the event back, `standardwebhooks` says that it is ours (C1, C3)."""
    now = datetime.now(UTC)
    written = message(Letter("https://erp.example", EVENT, [OURS, OTHER], binary), now)
    read = from_http(HTTPMessage(dict(written.headers), written.body), JSONFormat())
    assert read.get_data() == DATA
    assert (read.get_id(), read.get_source(), read.get_type(), read.get_time()) == ("E1", "/crm", EVENT.type, AT)
    assert (read.get_subject(), read.get_extension("xiaocerehearsal")) == (EVENT.subject, "r1")
    assert read.get_dataschema() == "urn:xiaoce:event:order.confirmed:2"
    for secret in (OURS, OTHER):
        Webhook(secret).verify(written.body, dict(written.headers), json_parse=False)
    with pytest.raises(WebhookVerificationError):
        Webhook(OURS).verify(written.body + b" ", dict(written.headers), json_parse=False)


def test_the_id_stays_and_is_its_own() -> None:
    """By it a subscriber knows what it has done."""
    other = Event("E1", "/erp", EVENT.type, AT)
    later = Event("E1", "/crm", EVENT.type, AT + timedelta(days=1))
    assert letter_id(EVENT) == letter_id(later) != letter_id(other)
    assert message(Letter("", EVENT, [OURS]), AT).headers["webhook-id"] == letter_id(EVENT)


@pytest.mark.parametrize(
    ("allowed", "to", "reason"),
    [
        (Allowed([]), "", "private"),
        (Allowed([]), "https://127.0.0.1:1/", "private"),
        (Allowed([]), "https://[::1]:1/", "private"),
        (Allowed([]), "https://[::ffff:10.0.0.7]:1/", "private"),
        (Allowed(["10.0.0.0/8"]), "https://169.254.169.254/latest", "private"),
        (Allowed([]), "https://localhost:1/", "private"),
        (Allowed([]), "http://example.com/", "plain_http"),
        (LOCAL, "https://nobody.invalid/", "no_such_host"),
    ],
    ids=["http inside", "127.0.0.1", "::1", "mapped", "metadata", "localhost", "http outside", "unknown host"],
)
async def test_where_it_does_not_go(allowed: Allowed, to: str, reason: str) -> None:
    """Nothing is sent; the reason is known."""
    asked: list[str] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        asked.append(request.path)
        return await well(request)

    answer = await posted(handler, allowed, to=to)
    assert (answer.reason, answer.status, asked) == (reason, 0, [])


async def test_a_name_that_leads_inside_is_refused_when_it_is_connected(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it meant when the entry was checked: DNS is asked at the connection, and its answer is looked at."""

    def rebound(host: str, port: int, *_args: Any, **_more: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", rebound)
    answer = await posted(well, Allowed([]), to="https://erp.example/hook")
    assert answer.reason == "private"


async def test_a_listed_host_may_be_inside() -> None:
    """By name or by network."""
    async with serving(well) as url:
        for allowed, to in ((Allowed(["localhost"]), url.replace("127.0.0.1", "localhost")), (LOCAL, url)):
            client = WebhookClient(allowed, 2, 1000)
            answer = await client.post(Letter(to, EVENT, [OURS]))
            await client.close()
            assert answer.arrived
            assert json.loads(answer.text) == {"ok": True}


async def test_an_event_may_be_the_answer() -> None:
    """What is said is kept for whoever reads it."""

    async def handler(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=b'{"id": "1"}', content_type="application/cloudevents+json")

    answer = await posted(handler)
    assert (answer.is_event, answer.text) == (True, '{"id": "1"}')


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("7", 7.0), ("99999999999", 86_400.0), ("soon", None), ("", None)],
    ids=["seconds", "for ever", "nonsense", "nothing"],
)
async def test_how_long_it_asks_to_wait(said: str, seconds: float | None) -> None:
    """A day at most."""

    async def handler(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=429, headers={"Retry-After": said})

    answer = await posted(handler)
    assert (answer.reason, answer.detail, answer.retry_after) == ("status", "429", seconds)


async def test_an_answer_that_drips_is_given_up() -> None:
    """The time is for the whole."""
    import asyncio

    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b".")
            await asyncio.sleep(0.05)

    answer = await posted(handler, seconds=0.5)
    assert answer.reason == "timeout"
