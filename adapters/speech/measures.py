"""From utterances and sound to VoiceMeasures. NumPy, and WORLD for the pitch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from adapters.speech.limits import RATE
from adapters.speech.pitch import voiced_pitch
from adapters.speech.samples import Samples
from adapters.speech.timings import begin_of, end_of, seconds_of, timed, with_times
from adapters.speech.voice import FRAME
from adapters.speech.voice_measures import VoiceMeasures
from bot.contracts.listening import Utterance

ENOUGH_VOICED = 2.0  # seconds of voiced speech for a pitch
SOUND_SECONDS = 60.0  # of each speaker that is listened to for pitch and level
QUIETEST = 10.0  # of 32768: below it a frame is no speech

Floats = NDArray[np.float64]


class _Recording(Protocol):
    @property
    def samples(self) -> Samples: ...
    @property
    def one_person_each(self) -> bool: ...


def measure(recording: _Recording, utterances: Sequence[Utterance]) -> dict[str, dict[str, Any]]:
    """Plain values of VoiceMeasures for each speaker that is known."""
    spoken = with_times(utterances)
    names = dict.fromkeys(said.speaker for said in spoken if said.speaker)
    apart = recording.one_person_each
    return {name: asdict(_measured(name, spoken, recording.samples, apart)) for name in names}


def _measured(name: str, spoken: Sequence[Utterance], samples: Samples, apart: bool) -> VoiceMeasures:
    wave = _wave([said for said in spoken if said.speaker == name], samples, apart)
    pitch, pitch_spread = _pitch(wave)
    level, level_spread = _level(wave)
    heard = timed(name, spoken, apart=apart)
    return replace(heard, pitch=pitch, pitch_spread=pitch_spread, level=level, level_spread=level_spread)


def _wave(own: Sequence[Utterance], samples: Samples, apart: bool) -> NDArray[np.float32]:
    """The speaker's sound, as it was recorded, at most SOUND_SECONDS of it, from the whole conversation.

    Where each person has a channel, theirs is the louder one while they speak.
    """
    pieces, room = [], SOUND_SECONDS
    for said in _spread(own):
        length = min(room, end_of(said) - begin_of(said))
        begin = round(begin_of(said) * RATE)
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
    step = max(1, int(seconds_of(own) / SOUND_SECONDS))
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
