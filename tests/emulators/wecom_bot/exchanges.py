"""What came to the bot and waits for its answer."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.emulators.wecom.card_desk import SentCard
from tests.emulators.wecom.chats import Bubble
from tests.emulators.wecom.errors import ApiError

MOST_OPEN = 3  # messages of one member that may be in the works at the same time


@dataclass
class Stream:
    """An answer that is written while the member looks on."""

    id: str
    opened: datetime
    until: datetime  # afterwards it can't change any more
    bubble: Bubble
    finished: bool = False

    def is_open(self, now: datetime) -> bool:
        """Whether it may still change."""
        return not self.finished and now < self.until


@dataclass
class Exchange:
    """One callback and what was answered."""

    msgid: str
    req_id: str
    user: str
    chat: str  # the group's chatid, or the member's userid
    body: Mapping[str, Any]
    at: datetime
    connection: int = 0  # number of the long connection that brought it
    pressed: SentCard | None = None
    streams: dict[str, Stream] = field(default_factory=dict)
    answer: Mapping[str, Any] | None = None  # a card, a welcome or a card's update: there is one only

    @property
    def answered(self) -> bool:
        """Whether that one answer was given."""
        return self.answer is not None

    @property
    def kind(self) -> str:
        """`message`, or the event's name."""
        return str(self.body["event"]["eventtype"]) if self.body["msgtype"] == "event" else "message"


class Exchanges:
    """All of them, by req_id."""

    def __init__(self) -> None:
        self._all: dict[str, Exchange] = {}

    def add(self, exchange: Exchange) -> None:
        """Remember one."""
        self._all[exchange.req_id] = exchange

    def find(self, req_id: str) -> Exchange | None:
        """The callback that had this req_id."""
        return self._all.get(req_id)

    def has_talked(self, chat: str) -> bool:
        """Whether somebody wrote to the bot there before: only then may it write unasked."""
        return any(known.chat == chat and known.kind == "message" for known in self._all.values())

    def open_streams(self, now: datetime) -> list[Stream]:
        """Answers that are still being written."""
        streams = [stream for known in self._all.values() for stream in known.streams.values()]
        return [stream for stream in streams if stream.is_open(now)]

    def is_busy(self, user: str, now: datetime) -> bool:
        """Whether the member must wait for an answer before writing again."""
        streams = [stream for known in self._all.values() if known.user == user for stream in known.streams.values()]
        return sum(stream.is_open(now) for stream in streams) >= MOST_OPEN


def new_msgid() -> str:
    """As the documentation shows them: base64 with its / + and =."""
    return base64.b64encode(secrets.token_bytes(20)).decode()


def new_req_id() -> str:
    """As seen on the wire."""
    return secrets.token_urlsafe(18)


def once(exchange: Exchange, payload: Mapping[str, Any], action: Callable[[], object]) -> None:
    """Do it if nothing was answered yet. The same again, as after a repeated callback, changes nothing."""
    if exchange.answer == payload:
        return
    if exchange.answered:
        raise ApiError(40058, "answered before, and otherwise")
    action()
    exchange.answer = payload


def age(exchange: Exchange, now: datetime) -> timedelta:
    """How long ago it came."""
    return now - exchange.at
