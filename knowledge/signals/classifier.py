"""Scores single sentences for every text kind: 1–3 ms each on one core."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.retrieval.embedder import Embedder, Matrix
from knowledge.retrieval.unit_vectors import QUERY_BATCH, UnitVectors
from knowledge.signals.fusion import features_of, probabilities, silence
from knowledge.signals.heads import Example, Heads, Likeness, examples_of, joined
from knowledge.signals.kind import Kind
from knowledge.signals.names import Names
from knowledge.signals.ngrams import ngram_vectors
from knowledge.signals.sentence import Sentence, read_sentence
from knowledge.signals.wording import Wording, Words

LABEL_WEIGHT = 2.0
"""A person's label weighs as much as two counter-examples."""


@dataclass(frozen=True, slots=True)
class Found:
    """One kind in one sentence."""

    kind: Kind
    score: float
    wording: Wording


@dataclass(frozen=True, slots=True)
class Judged:
    """A sentence with its scores for every text kind, whatever the speaker."""

    sentence: Sentence
    found: Mapping[str, Found]


class Classifier:
    """Made by `make`; asked by `judge`."""

    def __init__(self, kinds: Sequence[Kind], vectors: UnitVectors, names: Names, heads: Heads) -> None:
        self._kinds = kinds
        self._words = [Words(kind) for kind in kinds]
        self._vectors = vectors
        self._names = names
        self._heads = heads

    @classmethod
    async def make(
        cls,
        kinds: Mapping[str, Kind],
        embedder: Embedder,
        names: Mapping[str, Sequence[str]],
        labels: Sequence[tuple[str, str]] = (),
    ) -> Classifier:
        """Learn from the exemplars. `labels`: (kind, text) that people marked as false positives."""
        text_kinds = [kind for kind in kinds.values() if kind.method == "text"]
        known = {kind.key for kind in text_kinds}
        examples = examples_of(kinds) + [
            Example(text, kind, -1.0, LABEL_WEIGHT, labelled=True)
            for kind, text in labels
            if kind in known and text.strip()
        ]
        vectors, finder = UnitVectors(embedder), Names(names)
        sentences = [read_sentence(example.text, finder) for example in examples]
        meaning = await vectors.of_passages([sentence.folded for sentence in sentences])
        rows = joined(meaning, ngram_vectors([sentence.heard for sentence in sentences]))
        return cls(text_kinds, vectors, finder, Heads(text_kinds, examples, rows))

    async def judge(self, texts: Sequence[str]) -> list[Judged]:
        """One for each text, which should be a single sentence. Few texts don't wait behind other batches."""
        if not texts:
            return []
        sentences, wordings, likenesses = await self._read(texts)
        rows = _rows(wordings, likenesses)
        scores = probabilities(rows, [kind.key for kind in self._kinds]).reshape(len(texts), len(self._kinds))
        return [
            Judged(sentence, self._found(words, like, score))
            for sentence, words, like, score in zip(sentences, wordings, likenesses, scores, strict=True)
        ]

    async def _read(self, texts: Sequence[str]) -> tuple[list[Sentence], list[list[Wording]], list[list[Likeness]]]:
        sentences = [read_sentence(text, self._names) for text in texts]
        meaning = await self._meaning([sentence.folded for sentence in sentences])
        likenesses = self._heads.judge(joined(meaning, ngram_vectors([sentence.heard for sentence in sentences])))
        wordings = [[words.read(sentence) for words in self._words] for sentence in sentences]
        return sentences, wordings, likenesses

    async def _meaning(self, texts: list[str]) -> Matrix:
        few = len(texts) <= QUERY_BATCH
        return await (self._vectors.of_queries(texts) if few else self._vectors.of_passages(texts))

    def _found(
        self, wordings: Sequence[Wording], likenesses: Sequence[Likeness], scores: NDArray[np.float64]
    ) -> dict[str, Found]:
        parts = zip(self._kinds, wordings, likenesses, scores, strict=True)
        return {
            kind.key: Found(kind, silence(float(score), likeness), wording) for kind, wording, likeness, score in parts
        }


def _rows(wordings: Sequence[Sequence[Wording]], likenesses: Sequence[Sequence[Likeness]]) -> NDArray[np.float64]:
    return np.array(
        [
            features_of(wording, likeness)
            for words, likes in zip(wordings, likenesses, strict=True)
            for wording, likeness in zip(words, likes, strict=True)
        ],
        dtype=np.float64,
    )
