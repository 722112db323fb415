"""Business events and deadlines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in the business: the attributes of a CloudEvent 1.0 and its data."""

    id: str
    source: str
    type: str
    time: datetime
    subject: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    version: int | None = None  # of its data, as the sender says; None: it doesn't
    extensions: Mapping[str, str] = field(default_factory=dict)  # other attributes of the envelope


@dataclass(frozen=True, slots=True)
class Deadline:
    """What must have happened by when, and who is told if it has not."""

    key: str  # correlation: an event with this key closes it
    due: datetime
    what: str
    tell: tuple[str, ...] = ()  # person ids, in the order of escalation
