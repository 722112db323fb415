"""What the channels of a recording are: one voice each, the same thing twice, or two microphones of one room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adapters.speech.samples import Samples
from adapters.speech.voice import FRAME, Probabilities, Span, listen_for_voice, padded, seconds_of, spoken

EMPTY = 30.0  # loudness (of 32768) that an empty side's loudest frames don't reach
FAINTER = 100.0  # times as loud as the other side: what is left there is crosstalk
SAME = 0.001  # share of the sound in which two copies of one channel may differ
LOUDER = 2.0  # times as loud: then a frame belongs to one side
LEAK = 4.0  # times as loud while both seem to speak: the fainter one is crosstalk
ONE_SIDED = 0.7  # share of speaking frames that belong to one side, where each person has a channel
LEAST_FRAMES = 31  # a second that each side must have
SMOOTH = 7  # frames: 0.22 s

Tell = Callable[[], None]
Levels = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ear:
    """What is listened to: a channel of its own, or everything mixed (None)."""

    channel: int | None
    probabilities: Probabilities
    spans: tuple[Span, ...]  # where somebody speaks, with padding
    speech: float  # seconds without padding


def ears(samples: Samples, tell: Tell = lambda: None) -> tuple[Ear, ...]:
    """One ear; or two, when each channel is a person of their own."""
    if samples.channels == 1:
        return (_ear(samples, None, listen_for_voice(samples, None, tell)),)
    levels, difference = _levels(samples)
    if (channel := _only_side(levels, difference)) is not None:
        return (_ear(samples, channel, listen_for_voice(samples, channel, tell)),)
    voices = np.stack([listen_for_voice(samples, channel, tell) for channel in (0, 1)])
    if _one_person_each(levels, voices):
        clean = _without_crosstalk(levels, voices)
        return tuple(_ear(samples, channel, clean[channel]) for channel in (0, 1))
    return (_ear(samples, None, voices.max(axis=0)),)


def _ear(samples: Samples, channel: int | None, probabilities: Probabilities) -> Ear:
    spans = spoken(probabilities)
    return Ear(channel, probabilities, tuple(padded(spans, len(samples))), seconds_of(spans))


def _levels(samples: Samples) -> tuple[Levels, float]:
    """Loudness of each FRAME, of shape (2, frames), and the share of the sound in which the channels differ."""
    found: list[Levels] = []
    apart = together = 0.0
    step = FRAME * 1000
    for begin in range(0, len(samples), step):
        raw = samples.raw(begin, begin + step).astype(np.float32)
        apart += float(np.square(raw[:, 0] - raw[:, 1]).sum(dtype=np.float64))
        together += float(np.square(raw).sum(dtype=np.float64))
        framed = np.pad(raw, ((0, -len(raw) % FRAME), (0, 0))).reshape(-1, FRAME, 2)
        found.append(np.sqrt(np.square(framed).mean(axis=1, dtype=np.float64)).T)
    return np.concatenate(found, axis=1), apart / together if together else 0.0


def _only_side(levels: Levels, difference: float) -> int | None:
    """The channel that says everything; None when both say something."""
    if difference < SAME:
        return 0
    loud = np.percentile(levels, 99, axis=1)
    quiet, other = int(np.argmin(loud)), int(np.argmax(loud))
    return other if loud[quiet] < EMPTY or loud[other] > FAINTER * loud[quiet] else None


def _one_person_each(levels: Levels, voices: Probabilities) -> bool:
    """Whether speech is nearly always on one side, and on either side for a while."""
    speaking = voices.max(axis=0) >= 0.5
    left, right = _smooth(levels)
    of_left = int((speaking & (left > LOUDER * right)).sum())
    of_right = int((speaking & (right > LOUDER * left)).sum())
    sided = of_left + of_right >= ONE_SIDED * int(speaking.sum())
    return sided and min(of_left, of_right) >= LEAST_FRAMES


def _without_crosstalk(levels: Levels, voices: Probabilities) -> Probabilities:
    """Speech of each side without what leaks over from the other: heard on both sides, but much fainter."""
    smooth = _smooth(levels)
    other_speaks = voices[::-1] >= 0.5
    leaks = other_speaks & (smooth[::-1] > LEAK * smooth)
    return np.where(leaks, np.float32(0), voices)


def _smooth(levels: Levels) -> Levels:
    window = np.ones(SMOOTH) / SMOOTH
    return np.stack([np.convolve(side, window, "same") for side in levels])
