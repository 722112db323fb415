"""BM25 over words and character pairs, with scores on a scale that means the same for every query."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
TERM_SATURATION = 1.2
LENGTH_WEIGHT = 0.75


class KeywordIndex:
    """Immutable. Scores are the share of the query's informative tokens that a passage covers, 0..1.

    Plain BM25 grows with the query's length and has no top; divided by what a perfect passage would get,
    it can be added to a cosine and compared with a threshold. Tokens that no passage has count as missing,
    which is what tells an off-topic query.
    """

    def __init__(self, tokens: Sequence[Sequence[str]]) -> None:
        self.size = len(tokens)
        self._vocabulary: dict[str, int] = {}
        self._ids = [self._learn(passage) for passage in tokens]
        self._weights = self._inverse_frequencies()
        self._bm25 = self._build() if self._vocabulary else None

    def scores(self, query: Iterable[str]) -> Floats:
        """The query's coverage by every passage, in the order in which they were given."""
        known: list[int] = []
        possible = 0.0
        for token in query:
            token_id = self._vocabulary.get(token)
            possible += self._unknown_weight if token_id is None else float(self._weights[token_id])
            if token_id is not None:
                known.append(token_id)
        if self._bm25 is None or not known:
            return np.zeros(self.size, dtype=np.float32)
        raw: Floats = self._bm25.get_scores_from_ids(known)
        return np.asarray(np.clip(raw / np.float32(possible), 0.0, 1.0), dtype=np.float32)

    @property
    def _unknown_weight(self) -> float:
        return float(np.log1p((self.size + 0.5) / 0.5))

    def _learn(self, passage: Sequence[str]) -> list[int]:
        return [self._vocabulary.setdefault(token, len(self._vocabulary)) for token in passage]

    def _inverse_frequencies(self) -> Floats:
        holders = np.zeros(len(self._vocabulary), dtype=np.float32)
        for ids in self._ids:
            holders[np.unique(np.asarray(ids, dtype=np.int64))] += 1
        weights: Floats = np.log1p((self.size - holders + 0.5) / (holders + 0.5)).astype(np.float32)
        return weights

    def _build(self) -> Any:
        import bm25s

        index = bm25s.BM25(k1=TERM_SATURATION, b=LENGTH_WEIGHT, method="lucene", backend="numpy")
        index.index((self._ids, dict(self._vocabulary)), show_progress=False)
        return index
