"""The answer as server-sent events, with every way of going wrong in the middle."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.emulators.llm.faults import Fault

if TYPE_CHECKING:
    from tests.emulators.llm.emulator import LlmEmulator

SLOW_SECONDS = 0.2  # between characters
_REASONS = {Fault.FILTERED: "content_filter", Fault.LONG: "length"}


class Stream:
    """One streamed answer."""

    def __init__(self, emulator: LlmEmulator, request: web.Request, body: dict[str, Any], fault: Fault | None) -> None:
        self._emulator, self._request, self._body, self._fault = emulator, request, body, fault
        self._response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})

    async def send(self, text: str) -> web.StreamResponse:
        """Write it."""
        await self._response.prepare(self._request)
        await self._event({"role": "assistant", "content": ""})
        if self._fault is Fault.SILENT:
            await asyncio.sleep(self._emulator.hang)
        if self._fault is Fault.ENDLESS:
            await self._forever(text)
        if not await self._pieces(text):
            return self._response
        await self._end(text)
        return self._response

    async def _pieces(self, text: str) -> bool:
        """Whether the text was sent to its end."""
        size = 1 if self._fault is Fault.SLOW else self._emulator.chunk
        pause = SLOW_SECONDS if self._fault is Fault.SLOW else self._emulator.pause
        for start in range(0, len(text), size):
            if start > len(text) // 2 and not await self._middle():
                return False
            await self._event({"content": text[start : start + size]})
            await asyncio.sleep(pause)
        return True

    async def _middle(self) -> bool:
        """Whether to go on after the middle."""
        if self._fault is Fault.CUT and self._request.transport:
            self._request.transport.abort()
        if self._fault is Fault.MALFORMED:
            await self._response.write(b'data: {"id": "chatcmpl-1", "choices": [{"delta"\n\n')
        return self._fault not in (Fault.CUT, Fault.UNFINISHED, Fault.MALFORMED)

    async def _end(self, text: str) -> None:
        await self._event({}, _REASONS.get(self._fault or Fault.EMPTY, "stop"))
        if (self._body.get("stream_options") or {}).get("include_usage"):
            usage = self._emulator.usage(self._body, text)
            await self._data(self._emulator.envelope("chat.completion.chunk") | {"choices": [], "usage": usage})
        await self._response.write(b"data: [DONE]\n\n")
        await self._response.write_eof()

    async def _forever(self, text: str) -> None:
        while True:
            await self._event({"content": text})
            await asyncio.sleep(0.005)

    async def _event(self, delta: dict[str, Any], reason: str | None = None) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        await self._data(self._emulator.envelope("chat.completion.chunk") | {"choices": [choice]})

    async def _data(self, event: dict[str, Any]) -> None:
        await self._response.write(f"data: {json.dumps(event, ensure_ascii=False)}\n\n".encode())
