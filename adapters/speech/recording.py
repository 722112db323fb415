"""A recording that was decoded and looked at: what is listened to, and how it is cut."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

import numpy as np

from adapters.speech.channels import Ear, ears
from adapters.speech.decode import decode
from adapters.speech.limits import Limits, Refused
from adapters.speech.samples import Samples
from adapters.speech.voice import padded, seconds_of, spoken
from adapters.speech.windows import Part, Window, parts, windows, within
from bot.contracts.listening import Sound

LOUD = 300.0  # of 32768: sound that isn't silence
FRAMES_LOUD = 0.05  # share of it that must be so loud

Tell = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Recording:
    """What is needed to transcribe it, without its transcript."""

    sound: Sound
    samples: Samples
    ears: tuple[Ear, ...]
    parts: tuple[Part, ...]

    @property
    def one_person_each(self) -> bool:
        """Whether each channel is a person of their own."""
        return len(self.ears) > 1

    def windows(self, part: Part, ear: Ear) -> list[Window]:
        """What one ear hears in a stretch."""
        if not self.one_person_each:
            return list(part.windows)
        return windows(within(part, ear.spans), ear.probabilities)


def open_recording(path: Path, folder: Path, limits: Limits, tell: Tell = lambda: None) -> Recording:
    """Decode, find the speech, plan the stretches. Raises Refused with the reason."""
    decoded = decode(path, folder, limits, tell)
    try:
        heard = ears(decoded.samples, tell)
        together = reduce(np.maximum, (ear.probabilities for ear in heard))
        spans = spoken(together)
        if seconds_of(spans) < limits.least_speech:
            raise Refused("music" if _loud(decoded.samples) else "silent")
    except BaseException:
        decoded.samples.close()
        raise
    cut = parts(padded(spans, len(decoded.samples)), together)
    return Recording(decoded.sound, decoded.samples, heard, tuple(cut))


def _loud(samples: Samples) -> bool:
    loudest = max(float(np.percentile(np.abs(piece), 100 * (1 - FRAMES_LOUD))) for piece in samples.pieces())
    return loudest > LOUD
