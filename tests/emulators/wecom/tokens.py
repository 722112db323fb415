"""Access tokens: one at a time, 7200 seconds, the same one while it is valid."""

from __future__ import annotations

import secrets
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.emulators.common.clock import Clock
from tests.emulators.wecom.company import Company
from tests.emulators.wecom.errors import ApiError
from tests.emulators.wecom.faults import Faults

LIFETIME = timedelta(seconds=7200)
BAN = timedelta(hours=1)
BAD_SECRETS_BEFORE_BAN = 5  # the real number isn't published


@dataclass(frozen=True)
class Token:
    """One token and its end."""

    value: str
    expires_at: datetime


class Tokens:
    """Issues tokens and checks those that come back."""

    def __init__(self, company: Company, clock: Clock, faults: Faults) -> None:
        self._company = company
        self._clock = clock
        self._faults = faults
        self._current: Token | None = None
        self._expired: set[str] = set()
        self._bad_secrets: dict[str, int] = defaultdict(int)
        self._banned_until: dict[str, datetime] = {}
        self.issued: list[str] = []

    def fetch(self, corp_id: str, secret: str, address: str) -> tuple[str, int]:
        """The token and the seconds it has left, for the right credentials."""
        self._check_credentials(corp_id, secret, address)
        now = self._clock.now()
        self._expire(now)
        if self._faults.take_revocation():
            self._current = None
        if self._current is None:
            self._current = Token(secrets.token_urlsafe(48), now + LIFETIME)
            self.issued.append(self._current.value)
        return self._current.value, int((self._current.expires_at - now).total_seconds())

    def check(self, value: str | None) -> None:
        """Refuse a token that is missing (41001), expired (42001) or wrong (40014)."""
        if not value:
            raise ApiError(41001)
        self._expire(self._clock.now())
        if self._faults.take_revocation():
            self._current = None
        if self._faults.tokens_refused:
            raise ApiError(40014)
        if value in self._expired:
            raise ApiError(42001)
        if self._current is None or value != self._current.value:
            raise ApiError(40014)

    def _expire(self, now: datetime) -> None:
        if self._current and now >= self._current.expires_at:
            self._expired.add(self._current.value)
            self._current = None

    def _check_credentials(self, corp_id: str, secret: str, address: str) -> None:
        if not corp_id:
            raise ApiError(41002)
        if not secret:
            raise ApiError(41004)
        banned_until = self._banned_until.get(address)
        if banned_until and self._clock.now() < banned_until:
            raise ApiError(45009, f"too many wrong secrets, from ip: {address}")
        if corp_id != self._company.corp_id:
            raise ApiError(40013)
        if secret != self._company.secret:
            self._count_bad_secret(address)
            raise ApiError(40001, "invalid secret")
        self._bad_secrets.pop(address, None)

    def _count_bad_secret(self, address: str) -> None:
        self._bad_secrets[address] += 1
        if self._bad_secrets[address] >= BAD_SECRETS_BEFORE_BAN:
            self._banned_until[address] = self._clock.now() + BAN
            self._bad_secrets[address] = 0
