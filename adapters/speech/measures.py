"""From utterances and sound to VoiceMeasures. NumPy, and WORLD for the pitch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from itertools import groupby, pairwise
from statistics import median
from typing import Any, Protocol

import numpy as np
import regex
from numpy.typing import NDArray

from adapters.speech.limits import RATE
from adapters.speech.pitch import voiced_pitch
from adapters.speech.questions import is_question
from adapters.speech.samples import Samples
from adapters.speech.voice import FRAME
from adapters.speech.voice_measures import VoiceMeasures
from bot.contracts.listening import Utterance

ENOUGH = 5.0  # seconds of speech for figures by the minute
ENOUGH_VOICED = 2.0  # seconds of voiced speech for a pitch
SOUND_SECONDS = 60.0  # of each speaker that is listened to for pitch and level
PAUSE = 0.5  # seconds
QUIETEST = 10.0  # of 32768: below it a frame is no speech
_UNITS = regex.compile(r"\p{Han}|[\p{L}\p{N}]+(?:['’][\p{L}]+)?")

Floats = NDArray[np.float64]


class _Recording(Protocol):
    @property
    def samples(self) -> Samples: ...
    @property
    def one_person_each(self) -> bool: ...


def measure(recording: _Recording, utterances: Sequence[Utterance]) -> dict[str, dict[str, Any]]:
    """Plain values of VoiceMeasures for each speaker that is known."""
    spoken = [said for said in utterances if said.start is not None and said.end is not None]
    names = dict.fromkeys(said.speaker for said in spoken if said.speaker)
    apart = recording.one_person_each
    return {name: asdict(_measured(name, spoken, recording.samples, apart)) for name in names}


def _measured(name: str, spoken: Sequence[Utterance], samples: Samples, apart: bool) -> VoiceMeasures:
    own = [said for said in spoken if said.speaker == name]
    others = [said for said in spoken if said.speaker != name]
    seconds, total = _seconds(own), _seconds(spoken)
    wave = _wave(own, samples, apart)
    pitch, pitch_spread = _pitch(wave)
    level, level_spread = _level(wave)
    return VoiceMeasures(
        seconds=round(seconds, 2),
        share=round(seconds / total, 4) if total else 0.0,
        turns=sum(1 for speaker, _ in groupby(spoken, lambda said: said.speaker) if speaker == name),
        longest_monologue=round(_longest(name, spoken), 2),
        questions=sum(is_question(said.text) for said in own),
        pace=round(60 * sum(_units(said.text) for said in own) / seconds, 1) if seconds >= ENOUGH else None,
        answer_pause=_answer_pause(name, spoken),
        pauses=round(60 * _pauses(own) / seconds, 2) if seconds >= ENOUGH else None,
        pitch=pitch,
        pitch_spread=pitch_spread,
        level=level,
        level_spread=level_spread,
        interruptions=sum(_interrupts(said, others) for said in own) if apart else None,
        overlap=round(sum(_together(said, other) for said in own for other in others), 2) if apart else None,
    )


def _begin(said: Utterance) -> float:
    return said.start or 0.0


def _end(said: Utterance) -> float:
    return said.end or 0.0


def _seconds(utterances: Iterable[Utterance]) -> float:
    return sum(_end(said) - _begin(said) for said in utterances)


def _units(text: str) -> int:
    """Chinese characters, and words of other scripts."""
    return len(_UNITS.findall(text))


def _longest(name: str, spoken: Sequence[Utterance]) -> float:
    runs = [list(run) for speaker, run in groupby(spoken, lambda said: said.speaker) if speaker == name]
    return max((max(map(_end, run)) - _begin(run[0]) for run in runs), default=0.0)


def _answer_pause(name: str, spoken: Sequence[Utterance]) -> float | None:
    waits = [
        max(0.0, _begin(said) - _end(before))
        for before, said in pairwise(spoken)
        if said.speaker == name and before.speaker not in ("", name)
    ]
    return round(median(waits), 2) if len(waits) >= 2 else None


def _pauses(own: Sequence[Utterance]) -> int:
    """Silences between the words of one utterance."""
    return sum(after.start - word.end >= PAUSE for said in own for word, after in pairwise(said.words))


def _interrupts(said: Utterance, others: Sequence[Utterance]) -> bool:
    """Whether somebody else speaks before this begins and has not finished half a second later."""
    return any(_begin(other) < _begin(said) and _end(other) > _begin(said) + PAUSE for other in others)


def _together(said: Utterance, other: Utterance) -> float:
    return max(0.0, min(_end(said), _end(other)) - max(_begin(said), _begin(other)))


def _wave(own: Sequence[Utterance], samples: Samples, apart: bool) -> NDArray[np.float32]:
    """The speaker's sound, as it was recorded, at most SOUND_SECONDS of it, from the whole conversation.

    Where each person has a channel, theirs is the louder one while they speak.
    """
    pieces, room = [], SOUND_SECONDS
    for said in _spread(own):
        length = min(room, _end(said) - _begin(said))
        begin = round(_begin(said) * RATE)
        raw = samples.raw(begin, begin + round(length * RATE)).astype(np.float32) / 32768
        pieces.append(raw)
        room -= length
        if room <= 0:
            break
    sound = np.concatenate(pieces) if pieces else np.zeros((0, 1), np.float32)
    if apart:
        return np.ascontiguousarray(sound[:, int(np.argmax(np.square(sound).sum(axis=0)))])
    return np.asarray(sound.mean(axis=1), np.float32)


def _spread(own: Sequence[Utterance]) -> list[Utterance]:
    """Every n-th first, so that not only the beginning is listened to."""
    step = max(1, int(_seconds(own) / SOUND_SECONDS))
    return [said for first in range(step) for said in own[first::step]]


def _pitch(wave: NDArray[np.float32]) -> tuple[float | None, float | None]:
    found = voiced_pitch(wave) if len(wave) >= ENOUGH_VOICED * RATE else np.zeros(0)
    if len(found) < ENOUGH_VOICED * 100:
        return None, None
    middle = float(np.median(found))
    return round(middle, 1), round(float(np.std(12 * np.log2(found / middle))), 2)


def _level(wave: NDArray[np.float32]) -> tuple[float | None, float | None]:
    frames = wave[: len(wave) // FRAME * FRAME].reshape(-1, FRAME)
    loud = np.sqrt(np.square(frames, dtype=np.float64).mean(axis=1))
    loud = loud[loud > QUIETEST / 32768]
    if not len(loud):
        return None, None
    decibels: Floats = 20 * np.log10(loud)
    return round(float(np.median(decibels)), 1), round(float(np.std(decibels)), 2)
