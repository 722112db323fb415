"""What can be wrong with an endpoint."""

from __future__ import annotations

from enum import StrEnum
from typing import Any


class Fault(StrEnum):
    """One way of misbehaving; switched on with `LlmEmulator.fail`."""

    SILENT = "the head of the stream, then nothing for long"
    SLOW = "one character at a time, slowly"
    CUT = "the connection breaks in the middle"
    UNFINISHED = "the stream ends politely in the middle, without finish_reason"
    BUSY = "429 with Retry-After"
    KEY = "401, repeating the key in the message"
    FORBIDDEN = "403, repeating the key in the message"
    MONEY = "402"
    MISSING = "404: no such model"
    REFUSED = "400"
    SERVER = "500"
    HTML = "a proxy's page instead of JSON, with status 200"
    MALFORMED = "JSON that ends in the middle"
    EMPTY = "an answer without a word"
    FILTERED = "finish_reason content_filter"
    MOVED = "307 to another address"
    ENDLESS = "never stops talking"
    LONG = "finish_reason length"


_ERRORS: dict[Fault, tuple[int, str, str]] = {
    Fault.BUSY: (429, "rate_limit_exceeded", "Rate limit reached."),
    Fault.KEY: (401, "invalid_api_key", "Incorrect API key provided: {key}."),
    Fault.FORBIDDEN: (403, "forbidden", "Key {key} may not use this model."),
    Fault.MONEY: (402, "insufficient_balance", "Insufficient Balance"),
    Fault.MISSING: (404, "model_not_found", "The model does not exist. (key {key})"),
    Fault.REFUSED: (400, "invalid_request_error", "Bad request with key {key}."),
    Fault.SERVER: (500, "server_error", "Internal error while serving {key}."),
}


def error_of(fault: Fault, key: str) -> tuple[int, dict[str, Any]] | None:
    """Status and body of the error that a fault is; None when it isn't a plain one."""
    if fault not in _ERRORS:
        return None
    status, code, message = _ERRORS[fault]
    return status, body_of(code, message.format(key=key))


def body_of(code: str, message: str) -> dict[str, Any]:
    """An error as OpenAI writes it."""
    return {"error": {"message": message, "type": code, "param": None, "code": code}}
