"""Slack's signature v0: is this request from Slack, and from now?"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

WINDOW = 300.0  # seconds between Slack's clock and ours, either way


Refusal = Literal["header", "clock", "signature"]


def refusal(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> Refusal | None:
    """Why `body` isn't believed: no usable headers, another clock, another secret. None: signed within five minutes.

    Written here because the library raises at a timestamp that isn't a number, and at bytes that aren't UTF-8.
    """
    stamp, claimed = headers.get("X-Slack-Request-Timestamp", ""), headers.get("X-Slack-Signature", "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12 and claimed):
        return "header"
    if abs(now.timestamp() - int(stamp)) > WINDOW:
        return "clock"
    agrees = hmac.compare_digest(sign(body, secret, stamp).encode(), claimed.encode("utf-8", "replace"))
    return None if agrees else "signature"


def sign(body: bytes, secret: str, stamp: str) -> str:
    """What X-Slack-Signature says for this body."""
    return "v0=" + hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
