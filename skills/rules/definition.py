"""What a rule is: the typed form of a sentence. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

Speaker = Literal["theirs", "ours", "any"]
Question = Literal["any", "only", "never"]
When = Literal["now", "digest"]
SPEAKERS: tuple[Speaker, ...] = ("theirs", "ours", "any")
QUESTIONS: tuple[Question, ...] = ("any", "only", "never")
MOST_TIMES, MOST_DAYS = 20, 90
USUAL_DAYS = 7


@dataclass(frozen=True, slots=True)
class Definition:
    """So often within so long somebody says, or asks, something; then its owner is told."""

    label: str = ""  # what it is about, as its owner calls it: 竞品
    kind: str = ""  # a key of config/signals; "": words
    words: tuple[str, ...] = ()  # any of them
    times: int = 1
    speaker: Speaker = "any"  # who can't be told is neither ours nor theirs
    question: Question = "any"
    days: int = USUAL_DAYS  # with one customer; 0: within one conversation
    sources: tuple[str, ...] = ()  # recording, chat, email; empty: everywhere
    customer_id: str = ""  # "": any that the owner may see
    when: When = "now"

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return asdict(self)


def definition_of(stored: Mapping[str, Any]) -> Definition:
    """As it was stored; fields that a former version didn't have get their usual values."""
    known = {field.name for field in fields(Definition)}
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in stored.items()}
    kept: dict[str, Any] = {name: value for name, value in values.items() if name in known}
    return Definition(**kept)
