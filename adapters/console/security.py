"""Keys, signatures, CSRF marks and response headers."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken

from bot.contracts import Clock

KEY_FILE = "console.key"

# Scripts and styles come from our own files only: what somebody slips into a page is text and stays it.
POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "object-src": "'none'",
    "frame-src": "'none'",
    "worker-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
HEADERS = {
    "Content-Security-Policy": "; ".join(f"{name} {sources}" for name, sources in POLICY.items()),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}
HTTPS_HEADERS = {"Strict-Transport-Security": "max-age=31536000"}


def load_key(data: Path) -> bytes:
    """The installation's key, made at the first start. Processes that start together agree on one."""
    path = data / KEY_FILE
    if not path.exists():
        data.mkdir(parents=True, exist_ok=True)
        _create(path, Fernet.generate_key())
    return path.read_bytes().strip()


def _create(path: Path, key: bytes) -> None:
    """Link a complete file into place: whoever comes second keeps the first one's key."""
    draft = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return
    finally:
        draft.unlink()


class Seal:
    """Keeps values that travel through the browser secret (sessions) or unchanged (file links, CSRF)."""

    def __init__(self, key: bytes, clock: Clock) -> None:
        self._fernet = Fernet(key)
        self._key = key
        self._clock = clock

    def lock(self, secret: str) -> str:
        """Encrypt, with the time."""
        return self._fernet.encrypt_at_time(secret.encode(), self._now()).decode()

    def unlock(self, locked: str, max_age: timedelta) -> str | None:
        """The secret; None when it is forged, or older than `max_age`."""
        try:
            ttl = int(max_age.total_seconds())
            return self._fernet.decrypt_at_time(locked.encode(), ttl, self._now()).decode()
        except (InvalidToken, ValueError):
            return None

    def sign(self, values: Mapping[str, Any]) -> str:
        """Readable but unchangeable; the same values give the same text, so that browsers can cache by it."""
        body = base64.urlsafe_b64encode(json.dumps(values, sort_keys=True).encode()).decode().rstrip("=")
        return f"{body}.{self.mark('sign', body)}"

    def verify(self, signed: str) -> Mapping[str, Any] | None:
        """The values; None when they were changed."""
        body, _, mark = signed.partition(".")
        if not self.matches(mark, "sign", body):
            return None
        values: Mapping[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        return values

    def mark(self, purpose: str, text: str) -> str:
        """A short proof that this installation wrote `text` for `purpose`."""
        return hmac.new(self._key, f"{purpose}\0{text}".encode(), hashlib.sha256).hexdigest()[:40]

    def matches(self, mark: str, purpose: str, text: str) -> bool:
        """Whether `mark` is the proof, compared in constant time."""
        return hmac.compare_digest(mark.encode("utf-8", "replace"), self.mark(purpose, text).encode())

    def _now(self) -> int:
        return int(self._clock.now().timestamp())
