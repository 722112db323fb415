"""A stand-in for Slack that each test scripts in a few lines, and requests signed as Slack signs them."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from adapters.common import incoming
from adapters.slack import Home, SlackAdapter, SlackPorts
from bot.contracts.card import Card
from bot.contracts.errors import IntakeUnavailable
from bot.contracts.message import Message
from config.groups.slack import Slack

BOT_TOKEN, APP_TOKEN, SECRET = "xoxb-1-secret", "xapp-1-secret", "8f742231b10e8888abcd99yyyzzz85a5"
APP, BOT, USER, TEAM = "A1", "UBOT", "U1", "T1"


@dataclass
class StillClock:
    """A clock that moves only when told."""

    at: datetime = datetime(2025, 3, 3, 2, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def move(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


Reaction = dict[str, Any] | web.Response | Callable[[web.Request, Any], Awaitable[web.StreamResponse]]


@dataclass
class Platform:
    """Answers each method with what the test laid down, the last thing again and again; keeps what was asked."""

    reactions: dict[str, list[Reaction]] = field(default_factory=dict)
    asked: list[tuple[str, Any]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    url: str = ""

    def says(self, method: str, *answers: Reaction) -> None:
        self.reactions[method] = list(answers)

    def bodies(self, method: str) -> list[Any]:
        return [body for asked, body in self.asked if asked == method]

    @property
    def methods(self) -> list[str]:
        return [method for method, _ in self.asked]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        method = request.path.removeprefix("/api/").lstrip("/")
        body: Any
        if request.content_type == "application/json":
            body = await request.json()
        elif request.content_type == "application/x-www-form-urlencoded":
            body = dict(await request.post())
        else:
            body = await request.read()
        self.asked.append((method, body))
        self.tokens.append(request.headers.get("Authorization", ""))
        laid_down = self.reactions.get(method, [{"ok": False, "error": f"the test expected no call of {method}"}])
        reaction = laid_down.pop(0) if len(laid_down) > 1 else laid_down[0]
        if isinstance(reaction, web.Response):  # a new one each time: a response is sent only once
            return web.Response(status=reaction.status, body=reaction.body, headers=reaction.headers)
        return web.json_response(reaction) if isinstance(reaction, dict) else await reaction(request, body)


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    found = Platform()
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_route("*", "/{name:.*}", found.handle)
    server = TestServer(app)
    await server.start_server()
    found.url = str(server.make_url("")).rstrip("/")
    yield found
    await server.close()


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@dataclass
class Front:
    """A home source that shows what the test puts there."""

    cards: Sequence[Card] = ()
    asked: list[str] = field(default_factory=list)
    questions: Sequence[str] = ()
    fault: Exception | None = None

    async def home(self, sender: str) -> Home:
        self.asked.append(sender)
        if self.fault:
            raise self.fault
        return Home("zh", self.cards)

    async def prompts(self, sender: str) -> Sequence[str]:
        self.asked.append(sender)
        return self.questions


@pytest.fixture
def front() -> Front:
    return Front()


def settings_for(base_url: str, **others: Any) -> Slack:
    values = {"enabled": True, "bot_token": BOT_TOKEN, "signing_secret": SECRET, "base_url": base_url}
    return Slack(**{**values, **others})


@pytest.fixture
async def adapter(
    platform: Platform, clock: StillClock, front: Front, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[SlackAdapter]:
    monkeypatch.setattr(incoming, "WAITS", (0.0, 0.0))
    made = SlackAdapter(settings_for(platform.url), clock, "https://bot.example.com", tmp_path, SlackPorts(front))
    yield made
    await made.close()


@dataclass
class Door:
    """The Request URL, and what was stored when Slack got its answer."""

    client: TestClient[web.Request, web.Application]
    clock: StillClock
    stored: list[Message] = field(default_factory=list)
    unavailable: bool = False

    async def receive(self, messages: Sequence[Message]) -> None:
        if self.unavailable:
            raise IntakeUnavailable
        self.stored += messages

    async def post(self, body: bytes, content_type: str = "application/json", **headers: str) -> tuple[int, str]:
        stamp = str(int(self.clock.now().timestamp()))
        signed = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature(body, stamp)}
        all_headers = {"Content-Type": content_type, **signed, **headers}
        async with self.client.post("/slack/events", data=body, headers=all_headers) as response:
            return response.status, await response.text()

    async def event(self, event: dict[str, Any], **more: Any) -> tuple[int, str]:
        return await self.post(json.dumps(callback(event, **more)).encode())

    async def interact(self, payload: dict[str, Any]) -> tuple[int, str]:
        body = urlencode({"payload": json.dumps(payload)}).encode()
        return await self.post(body, "application/x-www-form-urlencoded")

    async def command(self, **fields: str) -> tuple[int, str]:
        return await self.post(urlencode(fields).encode(), "application/x-www-form-urlencoded")


@pytest.fixture
async def door(adapter: SlackAdapter, clock: StillClock) -> AsyncIterator[Door]:
    app = web.Application()
    client = TestClient(TestServer(app))
    found = Door(client, clock)
    adapter.mount(app, found.receive)
    await client.start_server()
    yield found
    await client.close()


def signature(body: bytes, stamp: str) -> str:
    return "v0=" + hmac.new(SECRET.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()


def callback(event: dict[str, Any], event_id: str = "Ev1", **more: Any) -> dict[str, Any]:
    """An event as the Events API and Socket Mode wrap it."""
    return {
        "token": "legacy-verification-token",
        "team_id": TEAM,
        "api_app_id": APP,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": 1740967200,
        "authorizations": [{"team_id": TEAM, "user_id": BOT, "is_bot": True}],
        "event": event,
        **more,
    }


def said(text: str, **more: Any) -> dict[str, Any]:
    """A direct message of a person."""
    return {
        "type": "message",
        "channel": "D1",
        "channel_type": "im",
        "user": USER,
        "text": text,
        "ts": "1740967200.000100",
        "event_ts": "1740967200.000100",
        **more,
    }


def mention(text: str, **more: Any) -> dict[str, Any]:
    """The bot addressed in a channel."""
    return said(text, **{"type": "app_mention", "channel": "C1", "channel_type": "channel", **more})


def pressed(action_id: str, *, value: str | None = None, **more: Any) -> dict[str, Any]:
    """A button of a message in direct messages."""
    action = {"type": "button", "action_id": action_id, "block_id": "b", "action_ts": "1740967205.123456"}
    return {
        "type": "block_actions",
        "user": {"id": USER, "team_id": TEAM},
        "team": {"id": TEAM},
        "api_app_id": APP,
        "trigger_id": "trigger-1",
        "response_url": "https://hooks.slack.com/actions/secret",
        "container": {"type": "message", "message_ts": "1740967201.000200", "channel_id": "D1"},
        "channel": {"id": "D1", "name": "directmessage"},
        "message": {"ts": "1740967201.000200"},
        "actions": [{**action, **({"value": value} if value is not None else {})}],
        **more,
    }


class Tools:
    """What the tests need of this file; passed as a fixture, since test folders aren't packages."""

    bot_token, app_token, secret = BOT_TOKEN, APP_TOKEN, SECRET
    app, bot, user, team = APP, BOT, USER, TEAM
    settings_for = staticmethod(settings_for)
    callback = staticmethod(callback)
    said = staticmethod(said)
    mention = staticmethod(mention)
    pressed = staticmethod(pressed)
    signature = staticmethod(signature)


@pytest.fixture(scope="session")
def tools() -> type[Tools]:
    return Tools
