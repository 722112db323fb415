"""What the features are measured on, beside the dialogue. Plain numbers; None is "not known", never 0."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class SpeakerMeasures(Protocol):
    """What a speech adapter measures of one speaker in one recording."""

    @property
    def pitch(self) -> float | None:
        """Hz, median of voiced speech."""
        ...

    @property
    def level(self) -> float | None:
        """Decibels while speaking; any reference, as long as it is always the same."""
        ...

    @property
    def answer_pause(self) -> float | None:
        """Seconds, median wait before an answer to somebody else."""
        ...

    @property
    def interruptions(self) -> int | None:
        """How often the speaker begins while somebody else speaks on; None where overlaps can't be heard."""
        ...


@dataclass(frozen=True, slots=True)
class Voice:
    """How our salesperson sounded in one recording."""

    pitch_hz: float | None = None
    energy_db: float | None = None
    patience_seconds: float | None = None
    interruptions_per_10_minutes: float | None = None

    @classmethod
    def of(cls, measured: SpeakerMeasures, seconds: float) -> Voice:
        """From the measures of our salesperson in a recording of so many seconds."""
        often = None if measured.interruptions is None or seconds <= 0 else measured.interruptions * 600 / seconds
        return cls(measured.pitch, measured.level, measured.answer_pause, often)


@dataclass(frozen=True, slots=True)
class UsualVoice:
    """What is usual for a person: mean and standard deviation over his past recordings."""

    pitch: float | None = None  # semitones above 1 Hz: pitch is heard in ratios
    pitch_spread: float = 0.0
    energy: float | None = None  # decibels
    energy_spread: float = 0.0


@dataclass(frozen=True, slots=True)
class TextScores:
    """What the signal detector found in a dialogue. An empty mapping: looked and found nothing."""

    sentiment: Mapping[str, float] | None = None  # utterance id -> -1 (bad) .. 1 (good)
    signals: Mapping[str, float] | None = None  # kind of config/signals -> 0..1, the highest in the dialogue


@dataclass(frozen=True, slots=True)
class TimeFacts:
    """What CRM and the history of contacts know, at the moment `as_of`."""

    as_of: datetime | None = None
    two_way_at: datetime | None = None  # when either side last answered the other, on any channel
    usual_reply_hours: float | None = None  # the customer's median over the past
    decision_maker_at: datetime | None = None  # last contact with somebody who decides
    contacts: int | None = None  # how many of the customer's people are in contact with us
