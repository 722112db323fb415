"""A skill is a function from what happened to what to say. It sends nothing itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from bot.contracts.card import Card
from bot.contracts.event import Deadline, Event
from bot.contracts.message import Message
from bot.contracts.model import OnDraft
from bot.contracts.person import Person, Role
from bot.contracts.reply import Address, Reply


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence that this skill answers. The router compares with it; 帮助 shows it when `shown`."""

    text: str
    language: str = "zh"
    shown: bool = False
    roles: frozenset[Role] = frozenset()  # whom 帮助 shows it to; empty: everybody


@dataclass(frozen=True, slots=True)
class Remember:
    """Facts that the conversation keeps for follow-up questions. They replace what this skill kept before."""

    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ask:
    """The pressed button means these words: they are answered as if they had been typed. Only for presses."""

    text: str


Happening = Message | Event
Outcome = Reply | Event | Deadline | Remember | Ask


@dataclass(frozen=True, slots=True)
class Context:
    """What a skill may know about the moment. Everything else it needs is given to its constructor."""

    person: Person
    to: Address  # where the happening came from, so where an answer goes
    language: str  # "zh" | "en", of the person or of this message
    now: datetime
    memory: Mapping[str, Any] = field(default_factory=dict)  # what this skill told the conversation to keep
    draft: OnDraft | None = None  # shows a long answer while it is being written, where the platform can


class Skill(Protocol):
    """One thing that the bot can do."""

    @property
    def name(self) -> str:
        """The folder's name, [a-z_]+; presses of its cards come back to it."""
        ...

    @property
    def commands(self) -> tuple[str, ...]:
        """Exact first words that always mean this skill: 帮助, help."""
        ...

    @property
    def patterns(self) -> tuple[str, ...]:
        """Regular expressions that decide before similarity does."""
        ...

    @property
    def examples(self) -> tuple[Example, ...]:
        """Sentences that it answers."""
        ...

    @property
    def roles(self) -> frozenset[Role]:
        """Who may use it; empty: everybody."""
        ...

    @property
    def private(self) -> bool:
        """Whether its answers show rows that the asker may see and others may not (D9).

        Asked in a group, such a skill answers the asker alone: the flow sees to it (`bot/flows/privacy.py`).
        """
        ...

    async def handle(self, happening: Happening, context: Context) -> Sequence[Outcome]:
        """Answer a message (or a press: `happening.press`) or an event."""
        ...


@runtime_checkable
class AtHome(Protocol):
    """A skill that has something to show a person before they ask: settings, tasks, their team."""

    async def at_home(self, context: Context) -> Sequence[Card]:
        """Cards for the platform's home page; presses come back as from any card. Ids stay the same over time."""
        ...


@runtime_checkable
class Claims(Protocol):
    """A skill that knows some of its sentences for certain: by names in its data, or by what it said last."""

    async def claims(self, text: str, context: Context) -> bool:
        """Whether the text is for this skill. `context.memory` is empty unless this skill answered last."""
        ...
