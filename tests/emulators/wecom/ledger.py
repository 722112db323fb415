"""The ledger in WeCom's words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from tests.emulators.common.ledger import Line, Lines


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


@dataclass(frozen=True)
class Entry(Line[Outcome]):
    """One line: `place` is the userid, `webhook:<key>`, or as addressed when no member is concerned."""

    WORDS: ClassVar[str] = "content"  # of text and markdown

    errcode: int = 0

    @property
    def recipient(self) -> str:
        """The userid, `webhook:<key>`, or as addressed."""
        return self.place

    @property
    def msgtype(self) -> str:
        """The type of the message."""
        return self.kind

    @property
    def msgid(self) -> str:
        """WeCom's id of the message."""
        return self.id


class Ledger(Lines[Outcome, Entry]):
    """What became of every message."""

    def __init__(self) -> None:
        super().__init__((Outcome.DELIVERED, Outcome.TRUNCATED), (Outcome.DROPPED, Outcome.DUPLICATE))
