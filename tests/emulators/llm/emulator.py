"""The server: `POST {base}/chat/completions`, whole or as a stream of server-sent events."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable
from typing import Any

from aiohttp import web

from tests.emulators.llm.faults import Fault, body_of, error_of
from tests.emulators.llm.ledger import Asked
from tests.emulators.llm.rules import problem
from tests.emulators.llm.stream import Stream

KEY = "sk-emulator-7Qx2mZ"
MODEL = "emulated"
_INJECTED = re.compile(r"(?:请(?:只)?(?:回复|输出|写上)|reply only with)[:：]\s*(.+)", re.IGNORECASE)


class LlmEmulator:
    """One endpoint on a port of its own. `says` what it will say, `fail` how it will fail."""

    def __init__(self, key: str = KEY) -> None:
        self.key = key
        self.models = {MODEL}
        self.requests: list[Asked] = []
        self.strangers: list[str] = []  # paths that nobody should have asked for
        self.moved_to = ""
        self.obeys = False  # follows the first instruction that it finds in the data, as weak models do
        self.chunk = 3  # characters
        self.pause = 0.0  # seconds between chunks
        self.hang = 3600.0  # seconds of SILENT
        self.retry_after = "7"
        self._answers: deque[str | Callable[[Asked], str]] = deque()
        self._faults: deque[Fault] = deque()
        self._always: Fault | None = None
        self._runner: web.AppRunner | None = None
        self.base_url = ""

    def says(self, *answers: str | Callable[[Asked], str]) -> None:
        """The next answers, in order; the last one is repeated. A function sees the request."""
        self._answers = deque(answers)

    def fail(self, fault: Fault | None, times: int | None = None) -> None:
        """Fail so often, or (None) until told otherwise; `fail(None)`: be well again."""
        self._always = fault if times is None else None
        self._faults = deque([fault] * (times or 0)) if fault else deque()

    async def start(self) -> LlmEmulator:
        """Listen on a free port of this machine."""
        app = web.Application(client_max_size=16 * 2**20)
        app.router.add_post("/v1/chat/completions", self._answer)
        app.router.add_route("*", "/{rest:.*}", self._stranger)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.base_url = f"http://{host}:{port}/v1"
        return self

    async def stop(self) -> None:
        """Close the port and whatever hangs on it."""
        if self._runner:
            await self._runner.cleanup()

    async def _stranger(self, request: web.Request) -> web.Response:
        self.strangers.append(request.path)
        return web.json_response(body_of("not_found", "no such path"), status=404)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        asked = Asked(request.path, dict(request.headers), body)
        self.requests.append(asked)
        fault = self._next_fault()
        if refusal := self._refusal(request, body, fault):
            return refusal
        text = self._text(asked, fault)
        if body.get("stream"):
            return await Stream(self, request, body, fault).send(text)
        return self._whole(body, text, fault)

    def _refusal(self, request: web.Request, body: Any, fault: Fault | None) -> web.Response | None:
        if fault is Fault.MOVED:
            return web.Response(status=307, headers={"Location": f"{self.moved_to}/chat/completions"})
        if fault is Fault.HTML:
            return web.Response(text=f"<html>Sign in to the network. {self.key}</html>", content_type="text/html")
        if fault and (error := error_of(fault, self.key)):
            headers = {"Retry-After": self.retry_after} if fault is Fault.BUSY else {}
            return web.json_response(error[1], status=error[0], headers=headers)
        if self.key and request.headers.get("Authorization") != f"Bearer {self.key}":
            return web.json_response(body_of("invalid_api_key", "Incorrect API key provided."), status=401)
        wrong = problem(body, self.models)
        return web.json_response(body_of("invalid_request_error", wrong), status=400) if wrong else None

    def _next_fault(self) -> Fault | None:
        return self._faults.popleft() if self._faults else self._always

    def _text(self, asked: Asked, fault: Fault | None) -> str:
        if fault is Fault.EMPTY:
            return ""
        if self.obeys and (found := _INJECTED.search(asked.data)):
            return found[1].strip()
        answer = self._answers.popleft() if len(self._answers) > 1 else self._answers[0]
        return answer if isinstance(answer, str) else answer(asked)

    def _whole(self, body: dict[str, Any], text: str, fault: Fault | None) -> web.Response:
        message: dict[str, Any] = {"role": "assistant", "content": text}
        reason = "stop"
        if body.get("tools") and text:
            function = {"name": body["tools"][0]["function"]["name"], "arguments": text}
            message |= {"content": None, "tool_calls": [{"id": "call_1", "type": "function", "function": function}]}
            reason = "tool_calls"
        reason = {Fault.FILTERED: "content_filter", Fault.LONG: "length"}.get(fault or Fault.EMPTY, reason)
        answer = self.envelope("chat.completion") | {
            "choices": [{"index": 0, "message": message, "finish_reason": reason}],
            "usage": self.usage(body, text),
        }
        raw = json.dumps(answer, ensure_ascii=False)
        return web.Response(
            text=raw[: len(raw) // 2] if fault is Fault.MALFORMED else raw, content_type="application/json"
        )

    def envelope(self, kind: str) -> dict[str, Any]:
        """What every answer has around it."""
        return {"id": "chatcmpl-1", "object": kind, "created": 1_790_000_000, "model": MODEL}

    def usage(self, body: dict[str, Any], text: str) -> dict[str, int]:
        """Tokens, one for a character: easy to add up in a test."""
        asked = sum(len(message["content"]) for message in body["messages"])
        return {"prompt_tokens": asked, "completion_tokens": len(text), "total_tokens": asked + len(text)}
