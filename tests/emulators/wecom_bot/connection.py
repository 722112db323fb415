"""One connection of the bot's, and the frames on it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import aiohttp
from aiohttp import web

from tests.emulators.common.record import Record
from tests.emulators.wecom_bot.replies import Payload

REQ_ID_BYTES = 256


@dataclass
class Connection:
    """A long connection; it counts once it has subscribed."""

    number: int
    socket: web.WebSocketResponse
    transport: asyncio.BaseTransport | None
    heard: datetime
    subscribed: bool = False
    frames: list[Payload] = field(default_factory=list)  # what the bot said, in order

    async def tell(self, frame: Payload) -> bool:
        """Write one frame; whether the connection was there to take it."""
        if self.socket.closed:
            return False
        try:
            await self.socket.send_json(frame)
        except (ConnectionError, aiohttp.ClientError):
            return False
        return True

    def drop(self) -> None:
        """End it without a word."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()


def read_frame(text: str, record: Record) -> Payload | None:
    """What the bot said; None, and a violation, when nothing can be answered to it."""
    try:
        frame: Any = json.loads(text)
        req_id = frame["headers"]["req_id"]
    except (ValueError, TypeError, KeyError):
        record.violation(f"no frame with headers.req_id: {text[:200]}")
        return None
    if not isinstance(req_id, str) or not 0 < len(req_id.encode()) <= REQ_ID_BYTES:
        record.violation(f"headers.req_id must have 1 to {REQ_ID_BYTES} bytes: {req_id!r}")
        return None
    return dict(frame)
