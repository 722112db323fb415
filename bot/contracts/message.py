"""What comes in from a person, in words that belong to no platform."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

AttachmentKind = Literal["image", "voice", "video", "file"]
MessageKind = Literal["text", "attachment", "press", "location", "link", "event"]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message. Its bytes stay on the platform until `Adapter.fetch` gets them."""

    kind: AttachmentKind
    reference: str  # the platform's handle (WeCom media_id, an upload id), opaque to everybody else
    name: str = ""  # as the sender's device called it; never used as a path
    media_type: str = ""  # as claimed by the platform
    size: int | None = None  # bytes, when the platform tells
    seconds: float | None = None  # length of a voice or video, when the platform tells


@dataclass(frozen=True, slots=True)
class Press:
    """A button of one of our cards was pressed."""

    card_id: str  # Card.id; "" where the platform does not say
    action: str  # Action.key
    handle: str = ""  # what the platform wants back to update that card in place (WeCom response_code)
    values: Mapping[str, str] = field(default_factory=dict)  # answers to `Action.form`, by field key; {} if not asked


@dataclass(frozen=True, slots=True)
class Location:
    """A place that somebody shared, WGS-84 or as the platform gives it."""

    latitude: float
    longitude: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One thing that a person did in a chat: said, sent, pressed, or entered.

    `id` is the key under which the platform repeats the same delivery; intake stores each id once.
    """

    id: str
    channel: str  # the adapter's name
    conversation: str  # where an answer goes: Address(channel, conversation)
    sender: str  # the platform's own id of the person
    kind: MessageKind
    at: datetime  # aware; the platform's clock
    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    press: Press | None = None
    location: Location | None = None
    link: str = ""
    event: str = ""  # the platform's event name, when kind is "event"
    in_group: bool = False
    mentioned: bool = False  # in a group: was the bot addressed
    raw: Mapping[str, Any] = field(default_factory=dict)  # what no field above holds, so nothing is lost
