"""A bank of sentences about anything but sales: whatever is nearest to them is not for our cards."""

import functools
import importlib.resources

import numpy as np

from knowledge.retrieval.embedder import Matrix
from knowledge.retrieval.pieces import key_of


@functools.cache
def off_topic_sentences() -> tuple[str, ...]:
    """Sentences that no collection of a sales team should claim to answer."""
    file = importlib.resources.files("knowledge.retrieval") / "off_topic.txt"
    return tuple(filter(None, file.read_text(encoding="utf-8").splitlines()))


@functools.cache
def off_topic_by_key() -> dict[str, str]:
    """The sentences under the keys of their vectors; the prefix tells them from passages of the same text."""
    return {f"off-topic-{key_of(sentence)}": sentence for sentence in off_topic_sentences()}


class OffTopicBank:
    """The sentences' query vectors, one unit row each. Immutable."""

    def __init__(self, rows: Matrix) -> None:
        self.rows = rows

    def nearness(self, query: Matrix) -> float:
        """Cosine of the nearest sentence, -1..1."""
        return float((self.rows @ query).max())

    def nearness_of_each(self) -> Matrix:
        """For each sentence, the cosine of the nearest other one."""
        cosines = self.rows @ self.rows.T
        np.fill_diagonal(cosines, -1.0)
        nearest: Matrix = cosines.max(axis=1)
        return nearest
