"""How a recording is cut: windows that Whisper hears at once, and stretches that are kept when they are done. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from adapters.speech.limits import RATE
from adapters.speech.voice import FRAME, Probabilities, Span

WINDOW = 30 * RATE  # samples: what Whisper hears at once
TOGETHER = 4  # windows of a stretch
STRETCH = 150 * RATE  # samples after which a stretch ends, even when little was said in it


@dataclass(frozen=True, slots=True)
class Window:
    """Pieces of speech that are heard together, at most WINDOW long."""

    spans: tuple[Span, ...]

    @property
    def length(self) -> int:
        """Samples of speech."""
        return sum(span.length for span in self.spans)

    @property
    def end(self) -> int:
        """Where its last piece ends."""
        return self.spans[-1].end

    def around(self, middle: float, start: float, end: float) -> tuple[float, float]:
        """Two times in the recording for two in the window (seconds), kept within the piece in which `middle` lies."""
        begins = [0, *accumulate(span.length for span in self.spans)][:-1]
        index = max(0, bisect_right(begins, middle * RATE) - 1)
        span, begin = self.spans[index], begins[index]
        first, last = (span.begin + min(max(at * RATE - begin, 0), span.length) for at in (start, end))
        return round(first / RATE, 3), round(last / RATE, 3)


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch that is to be heard: samples from `begin` to `end`, and the speech in it."""

    number: int
    begin: int
    end: int
    windows: tuple[Window, ...]


def windows(spans: Sequence[Span], probabilities: Probabilities) -> list[Window]:
    """As few windows as hold all the speech, cut at pauses; where nobody pauses, at the least likely speech."""
    found: list[list[Span]] = []
    room = 0
    for span in _short_enough(spans, probabilities):
        if span.length > room:
            found.append([])
            room = WINDOW
        found[-1].append(span)
        room -= span.length
    return [Window(tuple(pieces)) for pieces in found]


def _short_enough(spans: Sequence[Span], probabilities: Probabilities) -> Iterator[Span]:
    for span in spans:
        rest = span
        while rest.length > WINDOW:
            cut = _quietest(rest.begin + WINDOW // 2, rest.begin + WINDOW, probabilities)
            yield Span(rest.begin, cut)
            rest = Span(cut, rest.end)
        yield rest


def _quietest(begin: int, end: int, probabilities: Probabilities) -> int:
    """The sample in the middle of the frame where speech is least likely."""
    first, last = -(-begin // FRAME), end // FRAME
    return (first + int(np.argmin(probabilities[first:last]))) * FRAME


def parts(spans: Sequence[Span], probabilities: Probabilities) -> list[Part]:
    """Stretches of a minute or two, each ending where a window ends. The same recording is always cut the same."""
    groups: list[list[Window]] = []
    for window in windows(spans, probabilities):
        full = not groups or len(groups[-1]) == TOGETHER
        if full or window.end - groups[-1][0].spans[0].begin > STRETCH:
            groups.append([])
        groups[-1].append(window)
    bounds = [0, *(group[-1].end for group in groups)]
    return [Part(number, bounds[number], bounds[number + 1], tuple(group)) for number, group in enumerate(groups)]


def within(part: Part, spans: Sequence[Span]) -> list[Span]:
    """The pieces of other spans (another channel's) that lie in a stretch."""
    cut = [Span(max(span.begin, part.begin), min(span.end, part.end)) for span in spans]
    return [span for span in cut if span.length > 0]
