"""Signed requests to the app, right or wrong in one chosen way."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

OVERSIZE = 12 * 1024 * 1024
STALE_SECONDS = 6 * 60


class Tamper(StrEnum):
    """What is wrong with a request."""

    WRONG_SIGNATURE = "wrong_signature"
    MISSING_SIGNATURE = "missing_signature"
    OLD_VERSION = "old_version"  # v1= before a signature that would be right for v0
    STALE = "stale"  # signed rightly, 6 minutes ago
    NOT_A_TIME = "not_a_time"  # signed rightly, with a timestamp that is no number
    MISSING_TIME = "missing_time"
    MALFORMED_BODY = "malformed_body"  # signed rightly, but the body can't be parsed
    CHANGED_BODY = "changed_body"  # signed, then changed
    OVERSIZED = "oversized"  # signed rightly, 12 MB


@dataclass(frozen=True)
class Sealed:
    """A request ready to be posted."""

    headers: Mapping[str, str]
    body: bytes


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The v0 signature."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def seal(secret: str, body: bytes, content_type: str, now: int, tamper: Tamper | None = None) -> Sealed:
    """Sign a body at this moment (Unix seconds)."""
    if tamper is Tamper.MALFORMED_BODY:
        body = b'{"type": "event_callback", ' if content_type == "application/json" else b"payload=%7B%22type"
    if tamper is Tamper.OVERSIZED:
        body += b" " * OVERSIZE
    timestamp = _timestamp(now, tamper)
    headers = {
        "Content-Type": content_type,
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": _signature(sign(secret, timestamp, body), tamper),
    }
    missing = {Tamper.MISSING_SIGNATURE: "X-Slack-Signature", Tamper.MISSING_TIME: "X-Slack-Request-Timestamp"}
    if tamper in missing:
        del headers[missing[tamper]]
    return Sealed(headers, body + b" " if tamper is Tamper.CHANGED_BODY else body)


def _timestamp(now: int, tamper: Tamper | None) -> str:
    if tamper is Tamper.NOT_A_TIME:
        return "yesterday"
    return str(now - STALE_SECONDS if tamper is Tamper.STALE else now)


def _signature(right: str, tamper: Tamper | None) -> str:
    if tamper is Tamper.WRONG_SIGNATURE:
        return "v0=" + "0" * 64
    return right.replace("v0=", "v1=") if tamper is Tamper.OLD_VERSION else right
