"""A plain client of the API and a plain app behind the request URL, both without any of our adapters."""

from __future__ import annotations

import asyncio
import json
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs

import aiohttp
from aiohttp import web
from slack_sdk.signature import Clock as SdkClock
from slack_sdk.signature import SignatureVerifier

from tests.emulators.slack import Clock, SlackEmulator

USER, OTHER, CHANNEL = "U0ZHANGMIN", "U0LIWEI", "C0SALES"


class ApiClient:
    """Calls methods with the bot's token as a bearer."""

    def __init__(self, emulator: SlackEmulator, session: aiohttp.ClientSession) -> None:
        self.emulator = emulator
        self.session = session

    async def call(self, method: str, *, token: str | None = None, **arguments: Any) -> dict[str, Any]:
        """A JSON body."""
        async with self.session.post(self._url(method), json=arguments, headers=self._bearer(token)) as response:
            return await _read(response)

    async def form(self, method: str, *, token: str | None = None, **arguments: Any) -> dict[str, Any]:
        """A form; structures as JSON text."""
        data = {name: value if isinstance(value, str) else json.dumps(value) for name, value in arguments.items()}
        async with self.session.post(self._url(method), data=data, headers=self._bearer(token)) as response:
            return await _read(response)

    async def get(self, method: str, *, token: str | None = None, **arguments: str) -> dict[str, Any]:
        """Arguments in the address."""
        async with self.session.get(self._url(method), params=arguments, headers=self._bearer(token)) as response:
            return await _read(response)

    async def say(self, text: str = "你好", channel: str = CHANNEL, **more: Any) -> dict[str, Any]:
        """chat.postMessage."""
        return await self.call("chat.postMessage", channel=channel, text=text, **more)

    def _url(self, method: str) -> str:
        return f"{self.emulator.base_url}/api/{method}"

    def _bearer(self, token: str | None) -> dict[str, str]:
        token = self.emulator.workspace.bot_token if token is None else token
        return {"Authorization": f"Bearer {token}"} if token else {}


class EventsApp:
    """Takes events and presses on a real socket; slack_sdk checks the signatures."""

    def __init__(self, emulator: SlackEmulator, clock: Clock) -> None:
        self._verifier = SignatureVerifier(emulator.workspace.signing_secret, _SdkClock(clock))
        self.received: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.refused = 0
        self.statuses: list[int] = []  # answers to give first; then 200
        self.more_headers: dict[str, str] = {}
        self.answer: Any = None
        self.delay = 0.0
        self._came = asyncio.Event()

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=1024 * 1024)
        app.router.add_post("/slack/events", self._take)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/slack/events"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    @property
    def events(self) -> list[dict[str, Any]]:
        """The inner events of what came."""
        return [body["event"] for body in self.received if body.get("type") == "event_callback"]

    async def wait_for(self, count: int) -> None:
        """Until so many requests were taken."""
        async with asyncio.timeout(5):
            while len(self.received) < count:
                self._came.clear()
                await self._came.wait()

    async def _take(self, request: web.Request) -> web.Response:
        await asyncio.sleep(self.delay)
        body = await request.text()
        if not self._genuine(body, dict(request.headers)):
            self.refused += 1
            return web.Response(status=403)
        taken = _parsed(body, request.content_type)
        self.received.append(taken)
        self.headers.append(dict(request.headers))
        self._came.set()
        if taken.get("type") == "url_verification":
            return web.Response(text=taken["challenge"])
        status = self.statuses.pop(0) if self.statuses else 200
        if self.answer is None:
            return web.Response(status=status, headers=self.more_headers)
        return web.json_response(self.answer, status=status)

    def _genuine(self, body: str, headers: dict[str, str]) -> bool:
        try:
            return self._verifier.is_valid_request(body, headers)
        except ValueError:  # the SDK's answer to a timestamp that is no number
            return False


class SocketApp:
    """Connects in Socket Mode and acknowledges, or doesn't."""

    def __init__(self, api: ApiClient) -> None:
        self._api = api
        self.received: list[dict[str, Any]] = []
        self.acknowledging = True
        self.payload: Any = None
        self._came = asyncio.Event()

    async def __aenter__(self) -> Self:
        token = self._api.emulator.workspace.app_token
        opened = await self._api.call("apps.connections.open", token=token)
        self.url = opened["url"]
        self.ws = await self._api.session.ws_connect(self.url)
        self._task = asyncio.get_running_loop().create_task(self._listen())
        await self.wait_for(1)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.ws.close()
        await self._task

    @property
    def envelopes(self) -> list[dict[str, Any]]:
        """What came in envelopes."""
        return [message for message in self.received if "envelope_id" in message]

    async def wait_for(self, count: int) -> None:
        """Until so many messages came, the hello included."""
        async with asyncio.timeout(5):
            while len(self.received) < count:
                self._came.clear()
                await self._came.wait()

    async def _listen(self) -> None:
        async for message in self.ws:
            taken = json.loads(message.data)
            self.received.append(taken)
            self._came.set()
            if "envelope_id" in taken and self.acknowledging:
                answer = {"envelope_id": taken["envelope_id"], **({"payload": self.payload} if self.payload else {})}
                await self.ws.send_json(answer)


class _SdkClock(SdkClock):
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock.now().timestamp()


def _parsed(body: str, content_type: str) -> dict[str, Any]:
    if content_type == "application/json":
        parsed: dict[str, Any] = json.loads(body)
        return parsed
    form = {name: values[0] for name, values in parse_qs(body, keep_blank_values=True).items()}
    return json.loads(form["payload"]) if "payload" in form else form


async def _read(response: aiohttp.ClientResponse) -> dict[str, Any]:
    answer: dict[str, Any] = await response.json()
    retry = {"retry_after": response.headers["Retry-After"]} if response.status == 429 else {}
    return {**answer, **retry, "status": response.status}


def section(text: str = "文字", **more: Any) -> dict[str, Any]:
    """A section block."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def plain(text: str) -> dict[str, Any]:
    """A plain_text object."""
    return {"type": "plain_text", "text": text}


def button(action_id: str = "approve", text: str = "同意", **more: Any) -> dict[str, Any]:
    """A button element."""
    return {"type": "button", "action_id": action_id, "text": plain(text), **more}


def actions(*elements: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An actions block."""
    return {"type": "actions", "elements": list(elements), **more}


def text_input(action_id: str = "reason", **more: Any) -> dict[str, Any]:
    """An input block with a line of text."""
    element = {"type": "plain_text_input", "action_id": action_id}
    return {"type": "input", "block_id": f"{action_id}-block", "label": plain("原因"), "element": element, **more}


def modal(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A modal with a submit button."""
    view = {"type": "modal", "title": plain("退回"), "submit": plain("提交"), "blocks": list(blocks or [text_input()])}
    return {**view, **more}
