"""Tells the open pages that something on their person's screen has changed."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

What = Literal["post", "views", "home", "thread"]


@dataclass(frozen=True)
class Change:
    """What changed: a message of a channel, the modals, the home, the state of an assistant thread."""

    what: What
    channel: str = ""
    ts: str = ""


class Hub:
    """The watchers of every person."""

    def __init__(self) -> None:
        self._watchers: dict[str, list[asyncio.Queue[Change]]] = defaultdict(list)

    def tell(self, users: Iterable[str], change: Change) -> None:
        """Put the change into the queues of these people."""
        for user in users:
            for queue in self._watchers[user]:
                queue.put_nowait(change)

    @contextmanager
    def watch(self, user: str) -> Iterator[asyncio.Queue[Change]]:
        """A queue of the changes that come from now on."""
        queue: asyncio.Queue[Change] = asyncio.Queue()
        self._watchers[user].append(queue)
        try:
            yield queue
        finally:
            self._watchers[user].remove(queue)
