"""What can be wrong with a subscriber."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random


class Fault(StrEnum):
    """One way of misbehaving."""

    SERVER = "500"
    BUSY = "429 with Retry-After"
    UNAVAILABLE = "503"
    REFUSED = "422: it doesn't like the data"
    GONE = "410: it wants no more"
    HTML = "200 with an error page"
    MOVED = "302 to a private address"
    CUT = "takes effect, then cuts the connection instead of answering"
    HANG = "takes effect, then never answers"
    ENDLESS = "200 with an answer that never ends"
    BOMB = "200 with a small gzip body that unpacks to gigabytes"


@dataclass
class Plan:
    """Which request fails and how: first the queue, then the constant fault, then the dice."""

    queue: deque[Fault | None] = field(default_factory=deque)
    always: Fault | None = None
    share: float = 0.0  # of requests that fail
    kinds: tuple[Fault, ...] = (Fault.SERVER,)  # among which the dice choose
    dice: Random = field(default_factory=lambda: Random(7))

    def next(self) -> Fault | None:
        """The fault of this request; None: it is served."""
        if self.queue:
            return self.queue.popleft()
        if self.always:
            return self.always
        return self.dice.choice(self.kinds) if self.share and self.dice.random() < self.share else None
