"""What happens to every callback, whichever way it came: open its stream, then store it. Only then is it answered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog

from adapters.wecom_bot.ports import Streams
from adapters.wecom_bot.translate import StreamKind, stream_id, stream_kind, to_message
from bot.contracts.adapter import Receive
from bot.contracts.clock import Clock
from bot.contracts.message import Message

log = structlog.get_logger(__name__)


class BotIntake:
    """Translates and stores."""

    def __init__(self, streams: Streams, clock: Clock, receive: Receive, name: str) -> None:
        self._streams = streams
        self._clock = clock
        self._receive = receive
        self._name = name

    def read(self, body: Mapping[str, Any]) -> Message | None:
        """None for what is no message: repeating would bring the same again."""
        try:
            json.dumps(body)  # whatever is stored as `raw` must be JSON
            return to_message(body, self._clock.now(), self._name)
        except (ValueError, TypeError, RecursionError) as error:
            log.error("wecom_bot.unreadable", why=type(error).__name__)
            return None

    async def store(self, message: Message, body: Mapping[str, Any], req_id: str = "") -> StreamKind:
        """Open the stream, then store the message. Raises IntakeUnavailable. The kind of answer that is awaited."""
        kind = stream_kind(message)
        if kind:
            # First the stream: the answer may be ready before `receive` returns.
            await self._streams.begin(stream_id(message.id), _about(message, kind, body, req_id), self._clock.now())
        await self._receive([message])
        return kind

    def now(self) -> datetime:
        """The time by which streams are measured."""
        return self._clock.now()


def _about(message: Message, kind: StreamKind, body: Mapping[str, Any], req_id: str) -> dict[str, str]:
    """What it takes to answer later."""
    task_id, _, user = (message.press.handle if message.press else "").partition("|")
    url = body.get("response_url")
    about = {
        "kind": kind,
        "conversation": message.conversation,
        "response_url": url if isinstance(url, str) and url.startswith(("https://", "http://")) else "",
        "req_id": req_id,
        "task_id": task_id,
        "user": user,
    }
    return {name: value for name, value in about.items() if value}
