"""A stand-in for WeCom that each test scripts in a few lines, and callbacks signed with WeCom's own library."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from wechatpy.work.crypto import PrpCrypto

from adapters.common import incoming
from adapters.wecom import WecomAdapter
from config.settings import Wecom

CORP, AGENT, TOKEN, SECRET = "ww1234567890abcdef", 1000002, "QDG6eK", "s3cr3t-s3cr3t-s3cr3t"
AES_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"


@dataclass
class StillClock:
    """A clock that moves only when told."""

    at: datetime = datetime(2025, 3, 3, 2, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def move(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass
class Platform:
    """Answers gettoken by itself and everything else by `answer`; keeps what was asked."""

    answer: Callable[[web.Request, Any], Awaitable[web.StreamResponse]] | None = None
    asked: list[tuple[str, Any]] = field(default_factory=list)
    tokens: int = 0
    secret_ok: bool = True
    url: str = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        name = request.path.removeprefix("/cgi-bin/")
        if name == "gettoken":
            self.tokens += 1
            if not self.secret_ok:
                return web.json_response({"errcode": 40001, "errmsg": "invalid credential"})
            return web.json_response(
                {"errcode": 0, "access_token": f"TOKEN-{self.tokens}-long-and-secret", "expires_in": 7200}
            )
        raw = await request.read()
        body = json.loads(raw) if request.content_type == "application/json" and raw else raw
        self.asked.append((name, body))
        assert self.answer is not None, f"the test expected no call of {name}"
        return await self.answer(request, body)

    def says(self, *answers: dict[str, Any]) -> None:
        """Answer with these in turn; the last one again and again."""
        left = list(answers)

        async def answer(request: web.Request, body: Any) -> web.StreamResponse:
            return web.json_response(left.pop(0) if len(left) > 1 else left[0])

        self.answer = answer

    def bodies(self, name: str) -> list[Any]:
        return [body for asked, body in self.asked if asked == name]


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    found = Platform()
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_route("*", "/cgi-bin/{name:.+}", found.handle)
    server = TestServer(app)
    await server.start_server()
    found.url = str(server.make_url("")).rstrip("/")
    yield found
    await server.close()


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


def settings_for(base_url: str, **others: Any) -> Wecom:
    values = {
        "enabled": True,
        "corp_id": CORP,
        "agent_id": AGENT,
        "secret": SECRET,
        "token": TOKEN,
        "aes_key": AES_KEY,
        "base_url": base_url,
    }
    return Wecom(**{**values, **others})


@pytest.fixture
async def adapter(
    platform: Platform, clock: StillClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[WecomAdapter]:
    monkeypatch.setattr(incoming, "WAITS", (0.0, 0.0))
    made = WecomAdapter(settings_for(platform.url), clock, "https://bot.example.com", tmp_path)
    yield made
    await made.close()


def signature(*parts: str) -> str:
    return hashlib.sha1("".join(sorted([TOKEN, *parts])).encode()).hexdigest()  # noqa: S324  # WeCom's choice


def encrypted(text: str, corp: str = CORP) -> str:
    return PrpCrypto(base64.b64decode(AES_KEY + "=")).encrypt(text, corp).decode()


def signed_query(secret_text: str) -> dict[str, str]:
    query = {"timestamp": "1740967200", "nonce": "n0nce"}
    return {**query, "msg_signature": signature(*query.values(), secret_text)}


def sealed(xml: str, corp: str = CORP) -> tuple[dict[str, str], bytes]:
    """Query and body of a callback as WeCom would send it."""
    return wrapped(encrypted(xml, corp))


def wrapped(secret_text: str) -> tuple[dict[str, str], bytes]:
    body = f"<xml><ToUserName>{CORP}</ToUserName><Encrypt><![CDATA[{secret_text}]]></Encrypt></xml>"
    return signed_query(secret_text), body.encode()


class Tools:
    """What the tests need of this file; passed as a fixture, since test folders aren't packages."""

    corp, agent, token, secret, aes_key = CORP, AGENT, TOKEN, SECRET, AES_KEY
    settings_for = staticmethod(settings_for)
    sealed = staticmethod(sealed)
    wrapped = staticmethod(wrapped)
    encrypted = staticmethod(encrypted)
    signed_query = staticmethod(signed_query)


@pytest.fixture(scope="session")
def tools() -> type[Tools]:
    return Tools
