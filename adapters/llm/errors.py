"""What can go wrong at the endpoint, in our words. Vendors' messages are dropped: they may repeat the key."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal

Kind = Literal["timeout", "unreachable", "key", "money", "busy", "missing", "refused", "server", "moved", "odd"]

_BY_STATUS: dict[int, Kind] = {401: "key", 403: "key", 402: "money", 404: "missing", 408: "timeout", 429: "busy"}
AT_ONCE: frozenset[str] = frozenset({"key", "money", "missing", "moved"})  # asking again changes nothing


@dataclass
class Trouble(Exception):
    """The model couldn't be asked. Its sentence is the locale key `llm.fault.{kind}`. Never leaves this package."""

    kind: Kind
    status: int = 0
    retry_after: float | None = None  # seconds

    @property
    def at_once(self) -> bool:
        """Whether asking again soon is of no use."""
        return self.kind in AT_ONCE


def trouble_of(error: BaseException) -> Trouble:
    """Translate whatever LangChain, OpenAI's SDK or the socket raised."""
    if isinstance(error, Trouble):
        return error
    import openai

    if isinstance(error, openai.APITimeoutError | asyncio.TimeoutError):
        return Trouble("timeout")
    if isinstance(error, openai.APIStatusError):
        return _by_status(error.status_code, error.response.headers)
    if isinstance(error, openai.APIResponseValidationError):
        return Trouble("odd", error.status_code)
    if isinstance(error, openai.APIConnectionError):
        return Trouble("unreachable")
    return Trouble("odd")


def _by_status(status: int, headers: Any) -> Trouble:
    if status in _BY_STATUS:
        return Trouble(_BY_STATUS[status], status, seconds_of(headers.get("retry-after")))
    if status >= 500:
        return Trouble("server", status, seconds_of(headers.get("retry-after")))
    return Trouble("moved" if 300 <= status < 400 else "refused", status)


def seconds_of(retry_after: str | None) -> float | None:
    """Retry-After, a number of seconds or a date, as seconds from now; None when there is none or it is nonsense."""
    if not retry_after:
        return None
    try:
        return max(0.0, float(retry_after))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(retry_after) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
