"""Keys, signatures, CSRF marks, response headers and the brake on guessing."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from collections import defaultdict, deque
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken

from bot.contracts import Clock

KEY_FILE = "console.key"
SIGN_IN_FAILURES = 10  # of one address within the window
SIGN_IN_WINDOW = timedelta(minutes=1)

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
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


class Brake:
    """Refuses an address that failed to sign in too often. Successes don't count: an office shares one."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures: dict[str, deque[float]] = defaultdict(deque)

    def begin(self, address: str) -> bool:
        """Count an attempt, before it is judged, so that parallel guesses count too. False: refuse it."""
        now = self._clock.now().timestamp()
        self._forget(now - SIGN_IN_WINDOW.total_seconds())
        if len(self._failures[address]) >= SIGN_IN_FAILURES:
            return False
        self._failures[address].append(now)
        return True

    def succeeded(self, address: str) -> None:
        """The attempt was no guess: take it back."""
        if self._failures.get(address):
            self._failures[address].pop()

    def _forget(self, before: float) -> None:
        for address, times in list(self._failures.items()):
            while times and times[0] <= before:
                times.popleft()
            if not times:
                del self._failures[address]
