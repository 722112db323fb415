"""Unit vectors for questions and passages, with the questions of late remembered."""

from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from knowledge.retrieval.embedder import Embedder, Matrix
from knowledge.retrieval.errors import EmbeddingFailedError
from knowledge.retrieval.folding import fold
from knowledge.retrieval.together import Together

REMEMBERED_QUERIES = 2048
"""About 4 MB of vectors; people ask the same things, and calibration asks the same again."""

QUERY_BATCH = 8
"""A person's question waits for at most one such batch of calibration's questions (e5: 0.2 s)."""


class UnitVectors:
    """An embedder behind folding, checks, unit length and a cache of query vectors."""

    def __init__(self, embedder: Embedder) -> None:
        self.name = embedder.name
        self._embedder = embedder
        self._remembered: OrderedDict[str, Matrix] = OrderedDict()
        self._together = Together(self._embedded, QUERY_BATCH)

    async def of_query(self, text: str) -> Matrix:
        """One unit vector; raises `EmbeddingFailedError` or `WeightsDamagedError`."""
        folded = fold(text)
        vector = self._remembered.get(folded)
        if vector is None:
            vector = await self._together.ask(folded)
        self._remember(folded, vector)
        return vector

    async def of_queries(self, texts: Sequence[str]) -> Matrix:
        """One unit row for each question, at least one; only new questions reach the model."""
        folded = [fold(text) for text in texts]
        known = {text: self._remembered[text] for text in folded if text in self._remembered}
        new = list(dict.fromkeys(text for text in folded if text not in known))
        for start in range(0, len(new), QUERY_BATCH):
            batch = new[start : start + QUERY_BATCH]
            known.update(zip(batch, await self._embedded(batch), strict=True))
        for text, vector in known.items():
            self._remember(text, vector)
        return np.stack([known[text] for text in folded])

    async def of_passages(self, texts: Sequence[str]) -> Matrix:
        """One unit row for each passage; raises as `of_query`."""
        return _checked(await self._embedder.embed_passages([fold(text) for text in texts]), len(texts))

    async def _embedded(self, questions: Sequence[str]) -> Matrix:
        return _checked(await self._embedder.embed_queries(list(questions)), len(questions))

    def _remember(self, text: str, vector: Matrix) -> None:
        self._remembered[text] = vector
        self._remembered.move_to_end(text)
        if len(self._remembered) > REMEMBERED_QUERIES:
            self._remembered.popitem(last=False)


def _checked(rows: Matrix, expected: int) -> Matrix:
    if rows.ndim != 2 or len(rows) != expected or not np.isfinite(rows).all():
        raise EmbeddingFailedError(f"Asked for {expected} vectors, got an array of shape {rows.shape}.")
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-9), dtype=np.float32)
