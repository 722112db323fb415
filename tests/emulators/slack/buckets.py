"""Rate limits: buckets that fill with time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from tests.emulators.common.clock import Clock
from tests.emulators.slack.errors import RateLimited


@dataclass
class Bucket:
    """How many calls are left, and since when."""

    left: float
    at: datetime


class Buckets:
    """About one message a second for each channel, and a number of calls a minute for each method."""

    def __init__(self, clock: Clock, *, burst: int = 4, per_second: float = 1.0) -> None:
        self._clock = clock
        self._burst, self._per_second = burst, per_second
        self._buckets: dict[str, Bucket] = {}

    def message(self, channel: str) -> None:
        """Count a message into a channel; raise RateLimited when there are too many."""
        self._take(f"channel {channel}", self._burst, self._per_second)

    def call(self, method: str, per_minute: int) -> None:
        """Count a call of a method."""
        self._take(f"method {method}", per_minute, per_minute / 60)

    def _take(self, key: str, size: float, per_second: float) -> None:
        now = self._clock.now()
        bucket = self._buckets.setdefault(key, Bucket(size, now))
        bucket.left = min(size, bucket.left + (now - bucket.at).total_seconds() * per_second)
        bucket.at = now
        if bucket.left < 1:
            raise RateLimited(max(1, math.ceil((1 - bucket.left) / per_second)))
        bucket.left -= 1
