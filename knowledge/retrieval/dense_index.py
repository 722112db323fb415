"""Exact cosine over all vectors of one generation, in memory."""

from collections.abc import Sequence

import numpy as np

from knowledge.retrieval.embedder import Matrix


class DenseIndex:
    """Immutable. One unit row for each piece; a passage scores as its nearest piece.

    Exact search, not Chroma's HNSW: at 20,000 vectors of 512 dimensions the matrix product takes 2.0 ms and
    an HNSW query through Chroma 2.9 ms; at 1,000 it is 0.02 ms against 1.8 ms. It is also complete, so
    `allow` can filter before the ranking without losing answers, and it gives every passage the score that
    fusion needs. It costs 2 KB of memory a vector (200 MB at 100,000). Chroma remains the store.
    """

    def __init__(self, matrix: Matrix, pieces_per_passage: Sequence[int]) -> None:
        self._matrix = matrix
        ends = np.cumsum(pieces_per_passage)
        self._starts = ends - np.asarray(pieces_per_passage)
        self._one_piece_each = len(ends) == len(matrix)

    def scores(self, query: Matrix) -> Matrix:
        """Cosine with every passage, -1..1, in the order in which they were given."""
        rows: Matrix = self._matrix @ query
        return rows if self._one_piece_each else np.maximum.reduceat(rows, self._starts)

    def rows(self) -> Matrix:
        """All vectors, one row for each piece, in the order of passages and pieces. Not to be changed."""
        return self._matrix
