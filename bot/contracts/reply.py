"""What goes out to a chat, in words that belong to no platform."""

from __future__ import annotations

from dataclasses import dataclass

from bot.contracts.card import Card, Citation


@dataclass(frozen=True, slots=True)
class Address:
    """A place that can be written to: one conversation of one channel."""

    channel: str
    conversation: str

    def __str__(self) -> str:
        return f"{self.channel}|{self.conversation}"


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """A file of ours to send. `path` is relative to the data folder."""

    path: str
    name: str
    media_type: str


@dataclass(frozen=True, slots=True)
class CardUpdate:
    """Change a card that was sent before, in place, instead of sending a new one."""

    card_id: str
    handle: str  # Press.handle of the press that asked for it
    news: bool = False  # its details weren't shown yet (set by the conversation flow): a platform whose card has no
    # room for all of them sends them beside it; at every other change of the card it sends nothing more


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. Text is Markdown's common part (bold, lists, links); a card and files may come with it."""

    to: Address
    text: str = ""
    card: Card | None = None
    files: tuple[OutgoingFile, ...] = ()
    citations: tuple[Citation, ...] = ()
    update: CardUpdate | None = None
