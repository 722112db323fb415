"""How somebody speaks in one conversation, in plain numbers. What can't be measured is None, never 0."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VoiceMeasures:
    """Of one speaker in one recording."""

    seconds: float  # that the speaker speaks, all utterances together
    share: float  # of all that is spoken, 0..1: the talk ratio
    turns: int  # times that the speaker takes the word
    longest_monologue: float  # seconds, without anybody else in between
    questions: int  # utterances that ask something, as their words tell
    pace: float | None  # characters (zh) or words (en) a minute; None below 5 seconds of speech
    answer_pause: float | None  # seconds of silence before an answer to somebody else, median; None below 2 answers
    pauses: float | None  # silences of half a second within turns, each minute; None below 5 seconds of speech
    pitch: float | None  # Hz, median of voiced speech; None below 2 seconds of it
    pitch_spread: float | None  # semitones, standard deviation
    level: float | None  # dB of full scale while speaking, median
    level_spread: float | None  # dB, standard deviation
    interruptions: int | None  # times that the speaker begins while somebody else speaks on; None on one channel
    overlap: float | None  # seconds of speaking together with somebody else; None on one channel
