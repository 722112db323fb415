"""Counting: messages a member, a day, a robot, and the same message twice."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict, deque
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Any

from tests.emulators.common.clock import Clock
from tests.emulators.wecom.errors import ApiError

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PER_MEMBER = ((MINUTE, 30), (HOUR, 1000))
PER_ROBOT = ((MINUTE, 20),)
PER_ACCOUNT_AND_DAY = 200
CHINA = timezone(timedelta(hours=8))


class SlidingWindow:
    """So many within any window of such a length."""

    def __init__(self, limits: tuple[tuple[timedelta, int], ...]) -> None:
        self._limits = limits
        self._longest = max(length for length, _ in limits)
        self._times: dict[str, deque[datetime]] = defaultdict(deque)

    def take(self, who: str, now: datetime) -> str:
        """Count one; the reason why it is one too many, or an empty string."""
        times = self._times[who]
        while times and now - times[0] >= self._longest:
            times.popleft()
        for length, most in self._limits:
            if sum(now - moment < length for moment in times) >= most:
                return f"more than {most} in {int(length.total_seconds())} s"
        times.append(now)
        return ""


class Quotas:
    """All counters of one app."""

    def __init__(self, clock: Clock, accounts: int) -> None:
        self._clock = clock
        self.accounts = accounts
        self._members = SlidingWindow(PER_MEMBER)
        self._robots = SlidingWindow(PER_ROBOT)
        self._days: dict[date, int] = defaultdict(int)
        self._sent: dict[str, datetime] = {}

    def take_day(self, recipients: int) -> None:
        """Count a call against accounts × 200 a day; refuse what is over (45009)."""
        today = self._clock.now().astimezone(CHINA).date()
        if self._days[today] + recipients > self.accounts * PER_ACCOUNT_AND_DAY:
            raise ApiError(45009, "daily quota of the app")
        self._days[today] += recipients

    def take_member(self, userid: str) -> str:
        """Count one message to a member; the reason to drop it, or an empty string."""
        return self._members.take(userid, self._clock.now())

    def take_robot(self, key: str) -> None:
        """Count one message of a group robot; 45009 beyond 20 a minute."""
        if reason := self._robots.take(key, self._clock.now()):
            raise ApiError(45009, reason)

    def is_duplicate(self, userid: str, content: Mapping[str, Any], window: timedelta | None) -> bool:
        """Whether the member got just this within the window (None: don't check); remembers it if not."""
        words = json.dumps(content, sort_keys=True, ensure_ascii=False)
        key = hashlib.sha256(f"{userid}\n{words}".encode()).hexdigest()
        now = self._clock.now()
        before = self._sent.get(key)
        if window is not None and before is not None and now - before < window:
            return True
        self._sent[key] = now
        return False
