"""The members' phones: one conversation with the app for each, and who watches it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Bubble:
    """One message in a conversation."""

    id: str  # the message's msgid, or one of the phone's own
    sender: str  # "app" or "member"
    msgtype: str
    content: dict[str, Any]
    at: str  # ISO 8601
    truncated: str = ""
    pressed: str = ""  # key of the button pressed last, until the card is updated
    selected: dict[str, list[str]] = field(default_factory=dict)  # what was chosen then, by question
    note: str = ""  # what went wrong with a message of the member's


class Chats:
    """All conversations."""

    def __init__(self) -> None:
        self._bubbles: dict[str, list[Bubble]] = defaultdict(list)
        self._watchers: dict[str, list[asyncio.Queue[Bubble]]] = defaultdict(list)

    def of(self, userid: str) -> list[Bubble]:
        """One member's conversation, oldest first."""
        return list(self._bubbles[userid])

    def add(self, userid: str, bubble: Bubble) -> None:
        """Append a message."""
        self._bubbles[userid].append(bubble)
        self.changed(userid, bubble)

    def find(self, userid: str, bubble_id: str) -> Bubble | None:
        """A message of the conversation by its id."""
        return next((bubble for bubble in self._bubbles[userid] if bubble.id == bubble_id), None)

    def changed(self, userid: str, bubble: Bubble) -> None:
        """Tell the watchers that a message is new or different."""
        for queue in self._watchers[userid]:
            queue.put_nowait(bubble)

    @contextmanager
    def watch(self, userid: str) -> Iterator[asyncio.Queue[Bubble]]:
        """A queue of the messages that come or change from now on."""
        queue: asyncio.Queue[Bubble] = asyncio.Queue()
        self._watchers[userid].append(queue)
        try:
            yield queue
        finally:
            self._watchers[userid].remove(queue)
