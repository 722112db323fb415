"""How much one person, or one address, may ask in a while. Counted in this process: with more of them, for each one."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from datetime import timedelta

from aiohttp import web

from adapters.console.hosts import Hosts
from bot.contracts import Clock

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PEOPLE_PER_ADDRESS = 10  # an office shares an address


class Rate:
    """At most so much within a window that moves along."""

    def __init__(self, clock: Clock, limit: float, window: timedelta) -> None:
        self._clock = clock
        self._limit = limit
        self._window = window.total_seconds()
        self._taken: dict[str, deque[tuple[float, float]]] = defaultdict(deque)
        self._swept = 0.0

    def take(self, key: str, amount: float = 1) -> int:
        """0 when it is granted; else the seconds until it may be."""
        now = self._clock.now().timestamp()
        self._sweep(now)
        taken = self._taken[key]
        self._drop(taken, now)
        if sum(part for _, part in taken) + amount > self._limit and taken:
            return max(1, math.ceil(taken[0][0] + self._window - now))
        taken.append((now, amount))
        return 0

    def give_back(self, key: str) -> None:
        """What was taken last did not count."""
        if self._taken.get(key):
            self._taken[key].pop()

    def _sweep(self, now: float) -> None:
        """Forget who has been quiet, once in a window."""
        if now - self._swept < self._window:
            return
        self._swept = now
        for key, taken in list(self._taken.items()):
            self._drop(taken, now)
            if not taken:
                del self._taken[key]

    def _drop(self, taken: deque[tuple[float, float]], now: float) -> None:
        while taken and taken[0][0] <= now - self._window:
            taken.popleft()


class Pace:
    """So many calls of one kind in a minute for a person, ten times that for an address."""

    def __init__(self, clock: Clock, hosts: Hosts, per_minute: int) -> None:
        self._hosts = hosts
        self._people = Rate(clock, per_minute, MINUTE)
        self._addresses = Rate(clock, per_minute * PEOPLE_PER_ADDRESS, MINUTE)

    def check(self, request: web.Request, person_id: str) -> None:
        """Count a call. Raises HTTPTooManyRequests that says how long to wait."""
        wait = self._people.take(person_id) or self._addresses.take(self._hosts.counted(request))
        if wait:
            raise too_many(wait)


def too_many(seconds: int) -> web.HTTPTooManyRequests:
    """To be raised; the frame turns it into a sentence."""
    return web.HTTPTooManyRequests(headers={"Retry-After": str(seconds)})
