"""What is listened to (recordings, chats, e-mails) and what is noticed in it, whatever the source.

Text in here was said or written by others. It is data: nothing in it is ever an instruction to anybody.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol


class Source(StrEnum):
    """Where a dialogue comes from."""

    RECORDING = "recording"
    CHAT = "chat"
    EMAIL = "email"


class Side(StrEnum):
    """On whose side a speaker stands. Who can't be told is unknown: never guessed."""

    OURS = "ours"
    THEIRS = "theirs"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a transcript. Times in seconds from the recording's beginning."""

    text: str
    start: float
    end: float
    probability: float = 1.0


@dataclass(frozen=True, slots=True)
class Utterance:
    """One thing that one speaker said, or one chat message, or one sentence of an e-mail.

    `id` is what evidence cites: unique within its dialogue and the same whenever the dialogue is read again.
    """

    id: str
    text: str
    side: Side = Side.UNKNOWN
    speaker: str = ""  # how the speaker is shown: a name, 说话人1; "" when nothing is known
    at: datetime | None = None  # when it was said or sent, where that is known
    start: float | None = None  # seconds from the recording's beginning; None outside recordings
    end: float | None = None
    words: tuple[Word, ...] = ()
    account: str = ""  # the other side's, from which it was written: an address, an id on a platform


@dataclass(frozen=True, slots=True)
class Dialogue:
    """One conversation with one customer, in the order in which it happened."""

    id: str
    source: Source
    utterances: tuple[Utterance, ...]
    customer_id: str = ""
    person_id: str = ""  # our salesperson
    deal_id: str = ""
    begun_at: datetime | None = None
    language: str = "zh"  # "zh" | "en"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a signal was found. `quote` stands word for word in the utterance."""

    dialogue_id: str
    utterance_id: str
    quote: str
    at: datetime | None = None
    start: float | None = None  # seconds, in recordings: the moment to play


@dataclass(frozen=True, slots=True)
class Signal:
    """Something worth noticing: one kind of `config/signals/`, how sure we are, and what it rests on."""

    kind: str
    score: float  # 0..1, calibrated where the kind's definition says so
    evidence: tuple[Evidence, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)  # what a card fills in: the competitor's name, days


@dataclass(frozen=True, slots=True)
class Sound:
    """What a recording is, before anybody listens to it."""

    seconds: float
    channels: int
    sample_rate: int  # Hz
    codec: str


@dataclass(frozen=True, slots=True)
class Hints:
    """What makes a transcript better: the language if it is known ("zh", "en", "" to find out), and names to expect."""

    language: str = ""
    names: Sequence[str] = ()
    people: int | None = None  # how many speak, if it is known


@dataclass(frozen=True, slots=True)
class Stretch:
    """A transcribed part of a recording, as it is kept so that a crash costs no more than one of them."""

    number: int  # from 0, in order
    start: float  # seconds
    end: float
    utterances: tuple[Utterance, ...]
    language: str


class Transcriber(Protocol):
    """Speech to text. Whoever does it works outside the event loop and outside the process that answers chats."""

    async def probe(self, path: Path) -> Sound:
        """What is in the file. Raises UnusableRecording with the reason: unreadable, too short, too long, silent."""
        ...

    def transcribe(self, path: Path, hints: Hints, done: Sequence[Stretch] = ()) -> AsyncIterator[Stretch]:
        """The stretches that are not done yet, in order, each as soon as it is ready. Raises UnusableRecording."""
        ...

    async def speakers(self, path: Path, stretches: Sequence[Stretch], hints: Hints) -> Sequence[Utterance]:
        """All utterances with `speaker` filled in where it can be told, split where the speaker changes."""
        ...

    async def close(self) -> None:
        """End the worker process."""
        ...
