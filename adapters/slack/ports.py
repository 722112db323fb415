"""What the Slack adapter needs from outside. The composition root fulfils it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.contracts.card import Card


@dataclass(frozen=True, slots=True)
class Home:
    """What a person sees in the app's Home tab."""

    language: str  # "zh" | "en"
    cards: Sequence[Card]  # their ids are known to the conversation flow, so that presses find them


class HomeSource(Protocol):
    """Knows what to show before a person has asked anything. `sender` is Slack's id of the person."""

    async def home(self, sender: str) -> Home:
        """The cards of the Home tab; of a stranger: none, or one that says how to get in."""
        ...

    async def prompts(self, sender: str) -> Sequence[str]:
        """At most four questions that this person may tap in a new assistant thread."""
        ...


@dataclass(frozen=True, slots=True)
class SlackPorts:
    """Everything that the Slack adapter is given."""

    home: HomeSource
