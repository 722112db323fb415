"""What really became of every message. An errcode of 0 says nothing about that, so tests read this."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """What happened to a message."""

    ACCEPTED = "accepted"  # the API answered errcode 0 (one entry a call)
    REJECTED = "rejected"  # the API answered another errcode
    DELIVERED = "delivered"  # the member has it (one entry a member, as those below)
    TRUNCATED = "truncated"  # the member has it, cut
    DROPPED = "dropped"  # silently thrown away: too many messages for this member
    DUPLICATE = "dropped_duplicate"  # silently thrown away: the same was sent within the window
    UPDATED = "updated"  # a card changed in place
    RECALLED = "recalled"  # taken back


SEEN_BY_MEMBER = frozenset({Outcome.DELIVERED, Outcome.TRUNCATED})


@dataclass(frozen=True)
class Entry:
    """One line of the ledger."""

    outcome: Outcome
    recipient: str  # userid, `webhook:<key>`, or as addressed when no member is concerned
    msgtype: str
    payload: Mapping[str, Any]  # what the member sees, after cuts; for accepted and rejected, the request
    msgid: str
    at: datetime
    reason: str = ""
    errcode: int = 0

    @property
    def text(self) -> str:
        """The words of a text or markdown message, else an empty string."""
        return str(self.payload.get("content", ""))


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

    def of(self, *outcomes: Outcome, recipient: str | None = None, msgtype: str | None = None) -> list[Entry]:
        """The entries with one of these outcomes (any, if none is named)."""
        return [
            entry
            for entry in self._entries
            if (not outcomes or entry.outcome in outcomes)
            and recipient in (None, entry.recipient)
            and msgtype in (None, entry.msgtype)
        ]

    def delivered_to(self, recipient: str) -> list[Entry]:
        """What this member has on the phone, whole or cut, in order."""
        return self.of(*SEEN_BY_MEMBER, recipient=recipient)

    def texts_to(self, recipient: str) -> list[str]:
        """The words of the text and markdown messages this member has."""
        return [entry.text for entry in self.delivered_to(recipient) if entry.text]

    @property
    def delivered(self) -> list[Entry]:
        """Everything that reached some member, whole or cut."""
        return self.of(*SEEN_BY_MEMBER)

    @property
    def accepted(self) -> list[Entry]:
        """One entry for each call answered with errcode 0."""
        return self.of(Outcome.ACCEPTED)

    @property
    def rejected(self) -> list[Entry]:
        """One entry for each message refused."""
        return self.of(Outcome.REJECTED)

    @property
    def dropped(self) -> list[Entry]:
        """Everything thrown away without a word, duplicates included."""
        return self.of(Outcome.DROPPED, Outcome.DUPLICATE)

    @property
    def truncated(self) -> list[Entry]:
        """Everything that reached a member cut."""
        return self.of(Outcome.TRUNCATED)

    async def wait_for(
        self,
        count: int,
        timeout: float = 5.0,  # noqa: ASYNC109  # a test reads better than with a context manager
        *,
        recipient: str | None = None,
        outcome: Outcome | None = None,
    ) -> list[Entry]:
        """Wait (real seconds) until `count` deliveries (or entries of `outcome`) are there; raise TimeoutError."""
        outcomes = [outcome] if outcome else list(SEEN_BY_MEMBER)
        try:
            async with asyncio.timeout(timeout):
                while len(found := self.of(*outcomes, recipient=recipient)) < count:
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            have = len(self.of(*outcomes, recipient=recipient))
            raise TimeoutError(f"waited for {count} × {[str(o) for o in outcomes]}, have {have}") from None
        return found
