"""Short runs of characters and of sounds as a vector: what USE's meaning leaves out."""

from __future__ import annotations

import functools
import itertools
import zlib
from collections.abc import Iterable, Sequence

import numpy as np

from knowledge.retrieval.embedder import Matrix
from knowledge.signals.sounds import Syllables

SIZE = 1024
"""Dimensions; runs that fall together blur a little."""


def ngram_vectors(heard: Sequence[Syllables]) -> Matrix:
    """One unit row for each text's syllables (Latin letters count as syllables of their own)."""
    rows = np.zeros((len(heard), SIZE), dtype=np.float32)
    for row, text in zip(rows, heard, strict=True):
        for run in _runs(text):
            row[_place(run)] += 1.0
    np.sqrt(rows, out=rows)
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), dtype=np.float32)


def _runs(text: Syllables) -> Iterable[str]:
    units = _units(text)
    yield from units
    yield from ("+".join(pair) for pair in itertools.pairwise(units))


def _units(text: Syllables) -> list[str]:
    """Chinese syllables one by one; Latin letters and digits joined to words."""
    units: list[str] = []
    word = ""
    for syllable in (*text, " "):
        if len(syllable) == 1 and syllable.isascii() and syllable.isalnum():
            word += syllable
            continue
        if word:
            units.append(word)
            word = ""
        if syllable.isalnum():
            units.append(syllable)
    return units


@functools.lru_cache(65_536)
def _place(run: str) -> int:
    return zlib.crc32(run.encode()) % SIZE
