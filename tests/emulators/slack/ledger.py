"""What really became of everything that the app sent. `ok: true` says nothing about that, so tests read this."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """What happened."""

    ACCEPTED = "accepted"  # a call that changes something was answered ok (one entry a call)
    REJECTED = "rejected"  # it was refused
    DELIVERED = "delivered"  # a message stands in the conversation
    TRUNCATED = "truncated"  # it stands there, cut
    EPHEMERAL = "ephemeral"  # one person sees it
    DROPPED = "dropped"  # thrown away without a word: an ephemeral message to somebody who isn't there
    UPDATED = "updated"  # a message changed in place
    STREAMED = "streamed"  # more words of a message that is being written
    DELETED = "deleted"  # taken away
    VIEW = "view"  # a modal was opened, changed or pushed
    HOME = "home"  # an App Home was published
    STATUS = "status"  # an assistant thread's status, prompts or title changed


SEEN = frozenset({Outcome.DELIVERED, Outcome.TRUNCATED, Outcome.EPHEMERAL})


@dataclass(frozen=True)
class Entry:
    """One line of the ledger."""

    outcome: Outcome
    channel: str  # conversation, or user for views and homes
    method: str
    payload: Mapping[str, Any]  # what is seen, after cuts; for accepted and rejected, the arguments
    ts: str  # of the message; id of a view
    at: datetime
    reason: str = ""  # Slack's error, or why it was cut or dropped

    @property
    def text(self) -> str:
        """The words of a message (with blocks: what a notification shows)."""
        return str(self.payload.get("text", ""))

    @property
    def blocks(self) -> list[dict[str, Any]]:
        """The blocks of a message or view."""
        return list(self.payload.get("blocks", ()))


class Ledger:
    """All entries, oldest first."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._changed = asyncio.Event()

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, index: int) -> Entry:
        return self._entries[index]

    def add(self, entry: Entry) -> None:
        """Write one line and wake whoever waits for it."""
        self._entries.append(entry)
        self._changed.set()

    def of(self, *outcomes: Outcome, channel: str | None = None, method: str | None = None) -> list[Entry]:
        """The entries with one of these outcomes (any, if none is named)."""
        return [
            entry
            for entry in self._entries
            if (not outcomes or entry.outcome in outcomes)
            and channel in (None, entry.channel)
            and method in (None, entry.method)
        ]

    def delivered_to(self, channel: str) -> list[Entry]:
        """The messages that came into this conversation, in order; later changes are not in them."""
        return self.of(*SEEN, channel=channel)

    def texts_to(self, channel: str) -> list[str]:
        """Their words."""
        return [entry.text for entry in self.delivered_to(channel) if entry.text]

    @property
    def delivered(self) -> list[Entry]:
        """Every message that somebody got, whole or cut."""
        return self.of(*SEEN)

    @property
    def accepted(self) -> list[Entry]:
        """One entry for each writing call answered ok."""
        return self.of(Outcome.ACCEPTED)

    @property
    def rejected(self) -> list[Entry]:
        """One entry for each writing call refused."""
        return self.of(Outcome.REJECTED)

    @property
    def dropped(self) -> list[Entry]:
        """Everything thrown away without a word."""
        return self.of(Outcome.DROPPED)

    @property
    def truncated(self) -> list[Entry]:
        """Every message that arrived cut."""
        return self.of(Outcome.TRUNCATED)

    @property
    def updated(self) -> list[Entry]:
        """Every change of a message."""
        return self.of(Outcome.UPDATED)

    async def wait_for(
        self,
        count: int,
        timeout: float = 5.0,  # noqa: ASYNC109  # a test reads better than with a context manager
        *,
        channel: str | None = None,
        outcome: Outcome | None = None,
    ) -> list[Entry]:
        """Wait (real seconds) until `count` messages (or entries of `outcome`) are there; raise TimeoutError."""
        outcomes = [outcome] if outcome else list(SEEN)
        try:
            async with asyncio.timeout(timeout):
                while len(found := self.of(*outcomes, channel=channel)) < count:
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            have = len(self.of(*outcomes, channel=channel))
            raise TimeoutError(f"waited for {count} × {[str(o) for o in outcomes]}, have {have}") from None
        return found
