"""The addresses at which a callback can be answered later: each once, within an hour."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.emulators.common.clock import Clock
from tests.emulators.wecom.errors import ApiError

LIFETIME = timedelta(hours=1)


@dataclass
class ResponseCode:
    """The right to say one thing in one chat."""

    chat: str
    issued_at: datetime
    used: bool = False


class ResponseCodes:
    """All that were given out."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._codes: dict[str, ResponseCode] = {}

    def issue(self, chat: str) -> str:
        """A new code."""
        code = secrets.token_urlsafe(48)
        self._codes[code] = ResponseCode(chat, self._clock.now())
        return code

    def find(self, code: str) -> ResponseCode:
        """A code that still counts; 40058 otherwise."""
        found = self._codes.get(code)
        if found is None or found.used or self._clock.now() - found.issued_at >= LIFETIME:
            raise ApiError(40058, "response_code unknown, used or older than an hour")
        return found
