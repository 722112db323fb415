"""One WebSocket connection: frames out, their answers in, everything else handed on.

Answers carry the req_id of their frame and no cmd. Several frames of one callback share its req_id, so they go one
after the other.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any
from weakref import WeakValueDictionary

import structlog
from aiohttp import ClientWebSocketResponse, WSMsgType

from bot.contracts.errors import TemporaryFailure
from config.locales import t

ANSWER = 8.0  # seconds that WeCom may take for the answer to a frame
PING = 30.0
MISSED = 2  # unanswered pings after which the peer is gone

Frame = Mapping[str, Any]

log = structlog.get_logger(__name__)


class Connection:
    """Lives as long as its socket."""

    def __init__(self, socket: ClientWebSocketResponse, on_callback: Callable[[Frame], None]) -> None:
        self._socket = socket
        self._on_callback = on_callback
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()  # kept by who waits for one

    async def ask(
        self, cmd: str, body: Mapping[str, Any] | None = None, req_id: str = "", patience: float = ANSWER
    ) -> dict[str, Any]:
        """WeCom's answer to a frame, whatever its errcode. Raises TemporaryFailure when there is none."""
        req_id = req_id or f"{cmd}_{uuid.uuid4().hex}"
        turn = self._turns.setdefault(req_id, asyncio.Lock())
        async with turn:
            return await self._asked(cmd, body, req_id, patience)

    async def read(self) -> None:
        """Hand on what comes, until the socket ends; then nobody waits in vain."""
        try:
            async for said in self._socket:
                if said.type is WSMsgType.TEXT:
                    self._take(said.data)
        finally:
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(TemporaryFailure(t("wecom_bot.send.not_connected")))

    async def ping(self) -> None:
        """Ask for a sign of life every 30 seconds; close the socket when there is none."""
        missed = 0
        while missed < MISSED:
            await asyncio.sleep(PING)
            try:
                await self.ask("ping")
                missed = 0
            except TemporaryFailure:
                missed += 1
        log.warning("wecom_bot.no_sign_of_life")
        await self.close()

    async def close(self) -> None:
        """End the connection."""
        await self._socket.close()

    async def _asked(self, cmd: str, body: Mapping[str, Any] | None, req_id: str, patience: float) -> dict[str, Any]:
        waiting: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[req_id] = waiting  # before the frame leaves: its answer may be quicker than we
        frame = {"cmd": cmd, "headers": {"req_id": req_id}, **({} if body is None else {"body": body})}
        try:
            await self._socket.send_str(json.dumps(frame, ensure_ascii=False))
            return await asyncio.wait_for(waiting, patience)
        except TimeoutError:
            raise TemporaryFailure(t("wecom_bot.send.no_answer")) from None
        except (ConnectionError, RuntimeError):  # RuntimeError: the socket is closing
            raise TemporaryFailure(t("wecom_bot.send.not_connected")) from None
        finally:
            self._waiting.pop(req_id, None)

    def _take(self, text: str) -> None:
        frame = _frame(text)
        if frame.get("cmd") in ("aibot_msg_callback", "aibot_event_callback"):
            self._on_callback(frame)
            return
        waiting = self._waiting.get(req_id_of(frame))
        if waiting is not None and not waiting.done():
            waiting.set_result(frame)


def req_id_of(frame: Frame) -> str:
    """The id that joins a frame and its answers."""
    headers = frame.get("headers")
    return str(headers.get("req_id", "")) if isinstance(headers, Mapping) else ""


def _frame(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        log.warning("wecom_bot.frame_unreadable", size=len(text))
        return {}
    return found if isinstance(found, dict) else {}
