"""A model that fails again and again is left alone for a while: nobody waits for it, and people are told once."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from enum import StrEnum

LONGEST_REST = 3600.0  # seconds, whatever Retry-After asks for


class Change(StrEnum):
    """What an outcome changed, for whoever must be told."""

    NONE = ""
    DOWN = "down"
    UP = "up"


class Outage:
    """Closed while all is well, open after `failures` in a row within `window` seconds, then one trial per `rest`."""

    def __init__(self, failures: int, window: float, rest: float, time: Callable[[], float]) -> None:
        self._window, self._rest, self._time = window, rest, time
        self._failed: deque[float] = deque(maxlen=failures)
        self._until = 0.0  # nobody asks before
        self._down = False
        self._trying = False

    @property
    def open(self) -> bool:
        """Whether the model is to be left alone now."""
        return self._down and (self._trying or self._time() < self._until)

    @property
    def rest(self) -> float:
        """Seconds until the next trial."""
        return max(0.0, self._until - self._time())

    def enter(self) -> bool:
        """Whether a call may be made. After a rest one caller tries; the others wait for how it ends."""
        if self.open:
            return False
        self._trying = self._down
        return True

    def leave(self) -> None:
        """A call ended without telling whether the model is well (cancelled, over budget): the next may try."""
        self._trying = False

    def lost(self) -> None:
        """It was lost before we began: the next may try at once."""
        self._down = True

    def succeeded(self) -> Change:
        """The model answered."""
        self._failed.clear()
        self._trying = False
        change, self._down = (Change.UP if self._down else Change.NONE), False
        return change

    def failed(self, *, at_once: bool = False, rest: float | None = None) -> Change:
        """It didn't. `at_once`: no use trying again (a wrong key); `rest`: seconds that it asks us to stay away."""
        now = self._time()
        self._failed.append(now)
        self._trying = False
        full = len(self._failed) == self._failed.maxlen and now - self._failed[0] <= self._window
        if not (self._down or at_once or full):
            return Change.NONE
        self._until = now + min(LONGEST_REST, max(self._rest, rest or 0.0))
        change, self._down = (Change.NONE if self._down else Change.DOWN), True
        return change
