"""Hosts, origins, proxies, paces and slow senders: what is refused before anybody's work is touched."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from adapters.console import ConsoleAdapter, ConsolePorts, body
from adapters.console.hosts import Hosts
from adapters.console.limits import MINUTE, Rate
from adapters.console.names import is_program
from config.groups.signin import Signin, networks
from config.settings import Console, Settings, Web
from tests.signing_in import FIELD
from tests.unit.adapters.console.conftest import Desk, signed_in

HTML = {"Accept": "text/html"}


@pytest.fixture
def signin() -> Signin:
    return Signin(messages_per_minute=5, uploads_per_minute=3, upload_mb_per_hour=1)


def message() -> dict[str, str]:
    return {"id": str(uuid.uuid4()), "text": "客户说太贵了"}


async def test_a_person_who_writes_too_fast_is_told_how_long_to_wait(rep, desk, clock):
    statuses = [(await rep.post("/chat/messages", json=message())).status for _ in range(5)]
    refused = await rep.post("/chat/messages", json=message())
    assert [*statuses, refused.status] == [202] * 5 + [429]
    assert refused.headers["Retry-After"] == "60"
    assert (await refused.json())["error"] == "操作太频繁了，请 60 秒后再试。"
    clock.forward(seconds=61)
    assert (await rep.post("/chat/messages", json=message())).status == 202
    assert len(desk.received) == 6


async def test_one_person_does_not_use_up_what_another_may_say(client, desk):
    await signed_in(client, "token-rep")
    for _ in range(6):
        await client.post("/chat/messages", json=message())
    await signed_in(client, "token-manager")
    assert (await client.post("/chat/messages", json=message())).status == 202


async def test_uploads_have_a_pace_and_a_volume_of_their_own(rep, clock):
    for expected in (201, 201, 201, 429):
        assert (await rep.post("/chat/uploads?name=a.txt", data=b"x" * 1000)).status == expected
    clock.forward(minutes=2)
    assert (await rep.post("/chat/uploads?name=a.txt", data=b"x" * 900_000)).status == 201
    refused = await rep.post("/chat/uploads?name=b.txt", data=b"x" * 900_000)
    assert refused.status == 429
    assert int(refused.headers["Retry-After"]) > 3000


@pytest.mark.parametrize("head", [b"MZ\x90\x00", b"\x7fELF\x02\x01", b"\xcf\xfa\xed\xfe\x07"])
async def test_a_program_is_refused_whatever_it_is_called(rep, settings, head):
    response = await rep.post("/chat/uploads?name=report.pdf", data=head + b"x" * 5000)
    assert response.status == 415
    assert "程序文件" in (await response.json())["error"]
    assert list((settings.data / "uploads").iterdir()) == []
    assert not is_program(b"M\xc3\xbcller")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 202),
        ({"Origin": "http://127.0.0.1:8080"}, 202),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://[half"}, 403),
        ({"Origin": "http://127.0.0.1:9999"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 202),
    ],
)
async def test_an_unsafe_request_comes_from_our_own_page(rep, headers, status):
    """Even with the right CSRF mark."""
    assert (await rep.post("/chat/messages", json=message(), headers=headers)).status == status
    own = {"Origin": str(rep.make_url("")).rstrip("/")}
    assert (await rep.post("/chat/messages", json=message(), headers=own)).status == 202


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8080", "xiaoce.example.evil", "[", ""])
async def test_another_name_that_leads_here_opens_nothing(rep, host):
    """DNS rebinding: a page of that name would count as ours in the browser."""
    for path in ("/", "/sign-in", "/sessions", "/nothing"):
        response = await rep.get(path, headers={**HTML, "Host": host})
        assert response.status in {400, 421}
        assert "李晓梅" not in await response.text()


@pytest.mark.parametrize(
    ("public_url", "good", "bad"),
    [
        ("https://bot.example.com", ["bot.example.com", "BOT.example.com:443", "localhost:1"], ["10.0.0.8", "sales"]),
        ("", ["10.0.0.8:8080", "[fe80::1]:8080", "sales", "box.local"], ["evil.example", "10.0.0.8.evil.example"]),
    ],
)
async def test_the_hosts_of_an_installation(public_url, good, bad):
    hosts = Hosts(public_url or "http://0.0.0.0:8080", bool(public_url), ())
    async with TestClient(TestServer(_echo(lambda request: str(hosts.knows(request))))) as client:
        for host in (*good, *bad):
            assert await (await client.get("/", headers={"Host": host})).text() == str(host in good), host


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        ("", "203.0.113.9", "127.0.0.1"),  # nobody is trusted by default
        ("10.0.0.1", "203.0.113.9", "127.0.0.1"),
        ("127.0.0.0/8", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"),  # the first is what the client wrote itself
        ("127.0.0.1, 10.0.0.0/8", "203.0.113.9, 10.1.1.1", "203.0.113.9"),
        ("127.0.0.1", "garbage", "127.0.0.1"),
        ("127.0.0.1", "203.0.113.9, garbage", "127.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1"),
    ],
)
async def test_addresses_are_taken_from_configured_proxies_only(proxies, forwarded, address):
    hosts = Hosts("http://127.0.0.1:8080", False, networks(proxies))
    async with TestClient(TestServer(_echo(hosts.address))) as client:
        assert await (await client.get("/", headers={"X-Forwarded-For": forwarded})).text() == address


async def test_a_forwarded_host_is_believed_from_a_proxy_only():
    for proxies, known in (("", "True"), ("127.0.0.1", "False")):
        hosts = Hosts("http://127.0.0.1:8080", False, networks(proxies))
        async with TestClient(TestServer(_echo(lambda request, hosts=hosts: str(hosts.knows(request))))) as client:
            assert await (await client.get("/", headers={"X-Forwarded-Host": "evil.example"})).text() == known


def test_a_wrong_network_is_named() -> None:
    with pytest.raises(ValueError, match=r"10\.0\.0\.0/8"):
        networks("proxy.example.com")


async def test_guesses_are_counted_by_the_client_behind_the_proxy(client):
    """The office's proxy isn't locked out because one of them forgot the token."""
    for number in range(11):
        response = await client.get("/", params={"token": "guess"}, headers={"X-Forwarded-For": "203.0.113.9"})
        assert response.status == (401 if number < 10 else 429)
    other = {"X-Forwarded-For": "203.0.113.10"}
    assert (await client.get("/", params={"token": "guess"}, headers=other)).status == 401
    for number in range(11):  # a /64 is one client
        address = {"X-Forwarded-For": f"2001:db8::{number}"}
        response = await client.get("/", params={"token": "guess"}, headers=address)
        assert response.status == (401 if number < 10 else 429)


def test_a_window_moves_along(clock) -> None:
    rate = Rate(clock, 3, MINUTE)
    assert [rate.take("a") for _ in range(3)] == [0, 0, 0]
    clock.forward(seconds=20)
    assert rate.take("a") == 40
    assert rate.take("b") == 0
    clock.forward(seconds=41)
    assert rate.take("a", 3) == 0
    assert rate.take("a") == 60


async def test_who_sends_byte_by_byte_is_cut_off(rep, monkeypatch):
    """Slow loris: a form, a call and an upload that never end."""
    monkeypatch.setattr(body, "FORM_SECONDS", 0.3)
    monkeypatch.setattr(body.stream, "__kwdefaults__", {"grace": 0.3})

    async def trickle() -> Any:
        for _ in range(50):
            yield b"x"
            await asyncio.sleep(0.1)

    for path, kind in (
        ("/chat/messages", "application/json"),
        ("/chat/uploads?name=a", "application/octet-stream"),
        ("/sessions", "application/x-www-form-urlencoded"),
        ("/sign-in", "application/x-www-form-urlencoded"),
    ):
        begun = asyncio.get_running_loop().time()
        response = await rep.post(path, data=trickle(), headers={"Content-Type": kind})
        assert response.status == 408, path
        assert asyncio.get_running_loop().time() - begun < 2


async def test_on_https_cookies_and_headers_say_so(tmp_path, desk: Desk):
    settings = Settings(
        data=tmp_path / "data", web=Web(public_url="https://bot.example.com"), console=Console(session_hours=8)
    )
    adapter = ConsoleAdapter(settings, desk.clock, ConsolePorts(desk, desk), [])
    app = web.Application()
    adapter.mount(app, desk.receive)
    host = {"Host": "bot.example.com"}
    async with TestClient(TestServer(app)) as client:
        asked = await client.get("/", params={"token": "token-rep"}, headers=host)
        visit = asked.headers["Set-Cookie"].split(";")[0]
        assert visit.startswith("__Host-xiaoce_visit=")
        fields = dict(FIELD.findall(await asked.text()))
        sent = {**host, "Cookie": visit}
        response = await client.post("/sign-in", data=fields, headers=sent, allow_redirects=False)
        cookie = next(c for c in response.headers.getall("Set-Cookie") if "session" in c)
        assert cookie.startswith("__Host-xiaoce_session=")
        for flag in ("HttpOnly", "Secure", "SameSite=Lax", "Path=/", "Max-Age=28800"):
            assert flag in cookie
        assert "Domain" not in cookie
        assert "max-age=" in response.headers["Strict-Transport-Security"]
        assert (await client.get("/sign-in", headers={"Host": "10.0.0.8"})).status == 421


async def test_the_content_policy_allows_nothing_inline_and_no_frame(rep):
    policy = (await rep.get("/")).headers["Content-Security-Policy"]
    parts = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert parts["script-src"] == parts["style-src"] == "'self'"
    assert parts["frame-ancestors"] == parts["base-uri"] == parts["object-src"] == "'none'"
    assert "unsafe" not in policy
    assert "*" not in policy


def _echo(say: Any) -> web.Application:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(text=say(request))

    app = web.Application()
    app.router.add_get("/", handler)
    return app
