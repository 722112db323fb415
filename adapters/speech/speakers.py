"""Who speaks when, in a recording of one channel: pieces of speech, their voiceprints, and the words in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from adapters.speech.clustering import Floats, voices
from adapters.speech.limits import RATE
from adapters.speech.mel import HOP, spectrogram
from adapters.speech.samples import Samples
from adapters.speech.utterances import ENDS, divide
from adapters.speech.voiceprint import FRAMES, VoiceEncoder
from bot.contracts.listening import Utterance, Word

PIECE = 2.0  # seconds: the longest piece that is taken to be one voice
LONG, LONG_PIECE = 300.0, 3.0  # seconds of speech from which on pieces may be longer, and how long
BREATH = 0.15  # seconds between words where a turn may end
SHORTEST = 0.5  # seconds below which a voice can't be told
CLEAR = 0.02  # by how much a voice must be more like one person than like any other
STRANGE = 0.75  # of what is usual for that person: a voice less like them is somebody else's
SAME_BREATH = 0.3  # seconds: pieces of one sentence this close to each other are said in one breath


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of one utterance, from `first` to before `last`, that one person probably says."""

    utterance: int
    first: int
    last: int
    start: float
    end: float

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.end - self.start


def who_speaks(
    samples: Samples,
    channel: int | None,
    utterances: Sequence[Utterance],
    encoder: VoiceEncoder,
    people: int | None,
) -> list[Utterance]:
    """The utterances with speakers "1", "2"… in the order in which they first speak; "" where that isn't clear."""
    spoken = sum(utterance.words[-1].end - utterance.words[0].start for utterance in utterances if utterance.words)
    longest = PIECE if spoken < LONG else LONG_PIECE
    pieces = [piece for number, said in enumerate(utterances) for piece in _pieces(number, said.words, longest)]
    long = [piece for piece in pieces if piece.seconds >= SHORTEST]
    prints = encoder.encode(np.stack([_heard(samples, channel, piece) for piece in long]) if long else _nothing())
    labels = dict(zip(long, _clear(prints, voices(prints, people)), strict=True))
    names = _in_order(_carried(pieces, [labels.get(piece, -1) for piece in pieces]))
    return [said for number, utterance in enumerate(utterances) for said in _said(number, utterance, pieces, names)]


def _nothing() -> Floats:
    return np.zeros((0, FRAMES, 40), np.float32)


def _pieces(number: int, words: Sequence[Word], longest: float) -> Iterable[Piece]:
    """Cut at sentence ends, at breaths, and where a piece would get too long."""
    first = 0
    for index, (word, following) in enumerate(pairwise(words), 1):
        ends = word.text.rstrip().endswith(ENDS) or following.start - word.end >= BREATH
        if ends or following.end - words[first].start > longest:
            yield Piece(number, first, index, words[first].start, word.end)
            first = index
    if words:
        yield Piece(number, first, len(words), words[first].start, words[-1].end)


def _heard(samples: Samples, channel: int | None, piece: Piece) -> Floats:
    """The middle of a piece as the encoder takes it; a shorter one again and again, so that nobody else is in it."""
    middle, half = (piece.start + piece.end) / 2, min(piece.seconds, FRAMES * HOP / RATE) / 2
    frames = spectrogram(samples.wave(round((middle - half) * RATE), round((middle + half) * RATE), channel))
    return np.resize(frames, (FRAMES, frames.shape[1]))


def _clear(prints: Floats, persons: Floats) -> list[int]:
    """The person of each voiceprint; -1 when it is nearly as much like another, or not much like anybody."""
    if not len(prints):
        return []
    likeness = prints @ persons.T
    best, order = np.argmax(likeness, axis=1), np.sort(likeness, axis=1)
    usual = np.array(
        [np.median(order[best == person, -1]) if (best == person).any() else 1.0 for person in range(len(persons))]
    )
    margin = order[:, -1] - order[:, -2] if len(persons) > 1 else np.ones(len(prints))
    clear = (margin >= CLEAR) & (order[:, -1] >= STRANGE * usual[best])
    return [int(person) if sure else -1 for person, sure in zip(best, clear, strict=True)]


def _carried(pieces: Sequence[Piece], labels: Sequence[int]) -> list[int]:
    """Words too short to tell are said by whoever goes on with the sentence; unclear ones by whoever surrounds them."""
    carried = list(labels)
    for index, (piece, label) in enumerate(zip(pieces, labels, strict=True)):
        near = [labels[other] for other in (index + 1, index - 1) if _goes_on(pieces, index, other)]
        if label < 0 and near and (piece.seconds < SHORTEST or len(set(near)) < len(near)):
            carried[index] = near[0]
    return carried


def _goes_on(pieces: Sequence[Piece], index: int, other: int) -> bool:
    """Whether another piece belongs to the same sentence, without a pause in between."""
    if not 0 <= other < len(pieces) or pieces[other].utterance != pieces[index].utterance:
        return False
    left, right = sorted((pieces[index], pieces[other]), key=lambda piece: piece.first)
    return right.start - left.end < SAME_BREATH


def _in_order(labels: Sequence[int]) -> list[str]:
    order = list(dict.fromkeys(label for label in labels if label >= 0))
    return ["" if label < 0 else str(order.index(label) + 1) for label in labels]


def _said(number: int, utterance: Utterance, pieces: Sequence[Piece], names: Sequence[str]) -> list[Utterance]:
    of_words = [
        name
        for piece, name in zip(pieces, names, strict=True)
        if piece.utterance == number
        for _ in range(piece.first, piece.last)
    ]
    return divide(utterance, of_words)
