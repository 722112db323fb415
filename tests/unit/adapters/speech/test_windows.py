"""How speech is cut into windows and stretches: nothing lost, nothing too long, times kept."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.speech.limits import RATE
from adapters.speech.voice import FRAME, Span, padded, seconds_of, spoken
from adapters.speech.windows import WINDOW, Window, parts, windows, within

speech = st.lists(st.tuples(st.integers(1, 3000), st.integers(1, 200)), min_size=1, max_size=20)


def probabilities(runs: list[tuple[int, int]]) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """Frames of speech and of silence, in turn."""
    return np.concatenate([[0.9] * said + [0.0] * quiet for said, quiet in runs]).astype(np.float32)


@given(speech)
def test_windows_hold_all_speech_once(runs: list[tuple[int, int]]) -> None:
    found = probabilities(runs)
    spans = padded(spoken(found), len(found) * FRAME)
    pieces = [span for window in windows(spans, found) for span in window.spans]
    assert sum(span.length for span in pieces) == sum(span.length for span in spans)
    assert all(left.end <= right.begin for left, right in itertools.pairwise(pieces))
    assert all(window.length <= WINDOW for window in windows(spans, found))


@given(speech)
def test_stretches_follow_each_other_without_gap(runs: list[tuple[int, int]]) -> None:
    found = probabilities(runs)
    cut = parts(padded(spoken(found), len(found) * FRAME), found)
    assert cut[0].begin == 0
    assert all(left.end == right.begin for left, right in itertools.pairwise(cut))
    assert all(len(part.windows) <= 4 for part in cut)


def test_a_long_speech_is_cut_where_it_is_least_likely() -> None:
    found = np.full(60 * RATE // FRAME, 0.9, np.float32)
    breath = 20 * RATE // FRAME
    found[breath] = 0.5
    first = windows([Span(0, 60 * RATE)], found)[0]
    assert first.end == breath * FRAME


def test_short_pauses_belong_to_the_speech() -> None:
    found = probabilities([(20, 4), (20, 10), (20, 1)])
    assert [(span.begin // FRAME, span.end // FRAME) for span in spoken(found)] == [(0, 44), (54, 74)]


def test_speech_has_to_be_sure_somewhere() -> None:
    """Between the two thresholds it goes on, but doesn't begin."""
    found = np.array([0.4, 0.4, 0.1, 0.4, 0.6, 0.4, 0.1], np.float32)
    assert spoken(found) == [Span(4 * FRAME, 6 * FRAME)]


def test_padding_never_overlaps() -> None:
    spans = padded([Span(1000, 2000), Span(3000, 4000), Span(100_000, 110_000)], 112_000)
    assert spans == [Span(0, 2500), Span(2500, 10_400), Span(93_600, 112_000)]
    assert seconds_of(spans) == pytest.approx((2500 + 7900 + 18_400) / RATE)


def test_times_are_those_of_the_recording() -> None:
    """A17: moments can be played, because silence that was left out is counted again."""
    window = Window((Span(RATE, 3 * RATE), Span(10 * RATE, 12 * RATE)))
    assert window.around(1.25, 1.0, 1.5) == (2.0, 2.5)
    assert window.around(2.5, 2.25, 2.75) == (10.25, 10.75)
    assert window.around(1.9, 1.8, 2.4) == (2.8, 3.0)  # the word ends where its piece ends


def test_another_channels_speech_is_cut_to_the_stretch() -> None:
    part = parts([Span(0, 5 * RATE)], np.full(200, 0.9, np.float32))[0]
    assert within(part, [Span(RATE, 9 * RATE), Span(20 * RATE, 21 * RATE)]) == [Span(RATE, 5 * RATE)]
