"""The ledger in Slack's words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tests.emulators.common.ledger import Line, Lines


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


@dataclass(frozen=True)
class Entry(Line[Outcome]):
    """One line: `place` is the conversation, or the user for views and homes; `kind` the method; `id` the ts."""

    @property
    def channel(self) -> str:
        """The conversation, or the user for views and homes."""
        return self.place

    @property
    def method(self) -> str:
        """What was called."""
        return self.kind

    @property
    def ts(self) -> str:
        """Of the message; the id of a view."""
        return self.id

    @property
    def blocks(self) -> list[dict[str, Any]]:
        """The blocks of a message or view."""
        return list(self.payload.get("blocks", ()))


class Ledger(Lines[Outcome, Entry]):
    """What became of everything that the app sent."""

    def __init__(self) -> None:
        super().__init__((Outcome.DELIVERED, Outcome.TRUNCATED, Outcome.EPHEMERAL), (Outcome.DROPPED,))

    @property
    def updated(self) -> list[Entry]:
        """Every change of a message."""
        return self.of(Outcome.UPDATED)
