"""Where somebody speaks: Silero, piece by piece, and what its probabilities mean in seconds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from adapters.speech.limits import RATE
from adapters.speech.samples import Samples

FRAME = 512  # samples for which Silero gives one probability: 32 ms
PIECE = 1_000 * FRAME * 18  # samples at a time: 9.6 minutes, 37 MB
SPEECH, SILENCE = 0.5, 0.35  # speech begins above the one and ends below the other
SHORTEST_PAUSE = 0.16  # seconds
PADDING = 0.4  # seconds kept before and after speech: breath and first consonants

Probabilities = NDArray[np.float32]
Tell = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Span:
    """Samples from `begin` to `end` in which somebody speaks."""

    begin: int
    end: int

    @property
    def length(self) -> int:
        """In samples."""
        return self.end - self.begin

    @property
    def seconds(self) -> float:
        """In seconds."""
        return self.length / RATE


def listen_for_voice(samples: Samples, channel: int | None, tell: Tell = lambda: None) -> Probabilities:
    """Probability of speech for each FRAME of one channel, or of all mixed."""
    from faster_whisper.vad import get_vad_model

    model = get_vad_model()
    found = []
    for begin in range(0, len(samples), PIECE):
        wave = samples.wave(begin, begin + PIECE, channel)
        found.append(model(np.pad(wave, (0, -len(wave) % FRAME))).reshape(-1))
        tell()
    return np.concatenate(found).astype(np.float32)


def spoken(probabilities: Probabilities) -> list[Span]:
    """Where somebody speaks, without padding; pauses below SHORTEST_PAUSE are part of the speech."""
    bounds = _runs(probabilities)
    spans: list[Span] = []
    for begin, end in bounds:
        if spans and begin * FRAME - spans[-1].end < SHORTEST_PAUSE * RATE:
            spans[-1] = Span(spans[-1].begin, end * FRAME)
        else:
            spans.append(Span(begin * FRAME, end * FRAME))
    return spans


def _runs(probabilities: Probabilities) -> list[tuple[int, int]]:
    """First and last+1 frame of each run that rises above SPEECH and lasts until it falls below SILENCE."""
    possible = np.concatenate(([False], probabilities >= SILENCE, [False]))
    edges = np.flatnonzero(possible[1:] != possible[:-1])
    runs = []
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        sure = np.flatnonzero(probabilities[begin:end] >= SPEECH)
        if len(sure):
            runs.append((int(begin + sure[0]), int(end)))
    return runs


def padded(spans: Sequence[Span], length: int) -> list[Span]:
    """The spans with PADDING around them; where two would overlap, they meet in the middle."""
    room = int(PADDING * RATE)
    begins = [max(0, spans[0].begin - room)] if spans else []
    ends = []
    for left, right in pairwise(spans):
        share = min(room, (right.begin - left.end) // 2)
        ends.append(left.end + share)
        begins.append(right.begin - share)
    ends += [min(length, spans[-1].end + room)] if spans else []
    return [Span(begin, end) for begin, end in zip(begins, ends, strict=True)]


def seconds_of(spans: Sequence[Span]) -> float:
    """How long they are together."""
    return sum(span.seconds for span in spans)
