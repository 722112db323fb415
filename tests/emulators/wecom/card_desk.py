"""Cards that were sent: their task ids, and the codes with which each can be changed once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.emulators.common.clock import Clock
from tests.emulators.wecom.cards import Card
from tests.emulators.wecom.errors import ApiError

CODE_LIFETIME = timedelta(hours=72)


@dataclass
class SentCard:
    """One card and who has it."""

    msgid: str
    card: Card
    recipients: tuple[str, ...]

    @property
    def task_id(self) -> str:
        """The app's name for it."""
        return str(self.card.get("task_id", ""))


@dataclass
class ResponseCode:
    """The right to change a card once."""

    value: str
    msgid: str
    issued_at: datetime
    used: bool = False


class CardDesk:
    """Remembers cards and codes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._cards: dict[str, SentCard] = {}
        self._by_task: dict[str, SentCard] = {}
        self._codes: dict[str, ResponseCode] = {}

    def check_new(self, card: Card) -> None:
        """Refuse a task_id that was used before (42014)."""
        if card.get("task_id") in self._by_task:
            raise ApiError(42014, "task_id was used before")

    def add(self, msgid: str, card: Card, recipients: tuple[str, ...]) -> None:
        """Remember a card that was sent."""
        sent = SentCard(msgid, card, recipients)
        self._cards[msgid] = sent
        if sent.task_id:
            self._by_task[sent.task_id] = sent

    def rename(self, sent: SentCard, card: Card | None) -> None:
        """A card that was replaced may carry another task_id from now on."""
        if card and card.get("task_id"):
            self._by_task[card["task_id"]] = sent

    def find(self, name: str) -> SentCard:
        """A card by msgid or task_id; LookupError if there's none."""
        found = self._cards.get(name) or self._by_task.get(name)
        if found is None:
            raise LookupError(f"no card {name!r} was sent")
        return found

    def issue_code(self, msgid: str) -> str:
        """A new response_code for a card."""
        code = ResponseCode(secrets.token_urlsafe(32), msgid, self._clock.now())
        self._codes[code.value] = code
        return code.value

    def use_code(self, value: Any) -> SentCard:
        """The card a code belongs to; once, and within 72 hours."""
        code = self._codes.get(value) if isinstance(value, str) else None
        if code is None:
            raise ApiError(40058, "invalid response_code")
        if code.used:
            raise ApiError(42022)
        if self._clock.now() - code.issued_at >= CODE_LIFETIME:
            raise ApiError(40058, "response_code expired")
        code.used = True
        return self._cards[code.msgid]
