"""One turn of a conversation: what is known while a message is being answered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from bot.contracts import Adapter, Address, Clock, Message, Outcome, Person, Reply, Skill
from bot.flows.patience import Patience
from bot.flows.router import Router
from config.locales import t
from storage.database import Database
from storage.repositories.cards import StoredCard
from storage.repositories.files import FileRecord

TOPIC = "topic"  # the name under which a conversation remembers who answered last

# Takes a mail that somebody sent as a file, with the words beside it, and says in their language what became of it.
ReadMail = Callable[[FileRecord, Person, str, str], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class House:
    """Everything that answering needs, made once in bot/app.py."""

    database: Database
    adapters: Mapping[str, Adapter]
    skills: Mapping[str, Skill]
    router: Router
    clock: Clock
    data: Path  # the data folder; attachments are kept in its files/
    file_limit: int  # bytes
    patience: Patience = field(default_factory=Patience)  # of whoever waits for the language model
    hear: Callable[[Message], Awaitable[None]] | None = None  # what people say to each other (bot/flows/listening.py)
    read_mail: ReadMail | None = None  # a mail that was saved as a file (bot/flows/mail.py)
    agreed: Callable[[Message], Awaitable[None]] | None = None  # a contact agreed to be listened to
    ready: asyncio.Event = field(default_factory=asyncio.Event)  # playbook and examples are indexed


@dataclass(frozen=True, slots=True)
class Alone:
    """Where the asker of a group's question reads alone, and what skills keep there."""

    to: Address
    memories: Mapping[str, Mapping[str, object]]


@dataclass(slots=True)
class Turn:
    """The message and what the steps have found out so far. A step that knows the answer says so and ends the turn."""

    message: Message
    now: datetime
    person: Person | None = None
    preferences: Mapping[str, object] = field(default_factory=dict)
    memories: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    language: str = "zh"
    skill: str = ""  # who answers; stored with the message
    asides: list[Reply] = field(default_factory=list)  # said before the answer, whatever the answer is
    outcomes: list[Outcome] = field(default_factory=list)
    pressed: StoredCard | None = None
    overheard: bool = False  # nobody said it to the bot: it says nothing, and keeps no words but by consent (A18, D2)
    alone: Alone | None = None  # set: the answer goes there, not into the group
    privacy: Literal["", "answer.private", "answer.withheld"] = ""  # what the audit log says of it
    done: bool = False

    @property
    def to(self) -> Address:
        """Where the message came from."""
        return Address(self.message.channel, self.message.conversation)

    @property
    def answer_to(self) -> Address:
        """Where the answer goes, and where what the skill keeps belongs."""
        return self.alone.to if self.alone else self.to

    def memory(self, skill: str) -> Mapping[str, object]:
        """What this skill keeps there."""
        return (self.alone.memories if self.alone else self.memories).get(skill, {})

    @property
    def viewer(self) -> Person:
        """The person, once `recognise` has run."""
        if self.person is None:
            raise RuntimeError("the step `recognise` must come before this one")
        return self.person

    def say(self, key: str, **values: object) -> None:
        """Answer with a sentence of the locale and end the turn."""
        self.finish([Reply(self.to, text=t(key, self.language, **values))], skill="xiaoce")

    def finish(self, outcomes: list[Outcome], *, skill: str) -> None:
        """End the turn with these outcomes."""
        self.outcomes, self.skill, self.done = [*self.asides, *outcomes], skill, True
