"""Conversations as strings, and back.

"C1:171.22" is a thread of a channel, "D1" somebody's direct messages, "D1:171.22" an assistant thread, "U1" a person:
that stands where the direct messages' own id isn't known. Slack takes it for messages, not for files.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A channel, and a thread in it or ""."""

    channel: str
    thread: str = ""

    def __str__(self) -> str:
        return f"{self.channel}:{self.thread}" if self.thread else self.channel

    @property
    def is_person(self) -> bool:
        """Whether the channel is in fact a person's id."""
        return self.channel[:1] in ("U", "W")

    @property
    def is_direct(self) -> bool:
        """Whether only one person reads there."""
        return self.is_person or self.channel.startswith("D")

    def fields(self) -> dict[str, str]:
        """As chat.postMessage wants it."""
        return {"channel": self.channel, **({"thread_ts": self.thread} if self.thread else {})}


def place(conversation: str) -> Place:
    """The inverse of `str(Place)`."""
    channel, _, thread = conversation.partition(":")
    return Place(channel, thread)
