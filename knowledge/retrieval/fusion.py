"""Adds keyword and vector scores: both put on the scale of the collection, then weighed."""

from dataclasses import dataclass

import numpy as np

from knowledge.retrieval.embedder import Matrix
from knowledge.retrieval.evidence import Evidence

HALF_COVERED = 0.2
"""Coverage that counts half. Short exact matches would otherwise drown what the vectors say."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Where a collection's scores lie. The defaults hold until it is measured.

    A cosine of 0.9 is far for one model and near for another, and coverage depends on how long passages
    are. So both are measured: the floor is what off-topic sentences reach on average, the width is two
    standard deviations of what the collection's own sentences reach.
    """

    dense_floor: float = 0.4
    dense_width: float = 0.3
    keyword_floor: float = 0.25
    keyword_width: float = 0.3

    def keyword(self, coverage: Matrix) -> Matrix:
        """Keyword coverage on the common scale: 0 is off-topic, 1 clearly on it."""
        return np.asarray((saturated(coverage) - self.keyword_floor) / self.keyword_width, dtype=np.float32)

    def dense(self, cosines: Matrix) -> Matrix:
        """Cosines on the common scale."""
        return np.asarray((cosines - self.dense_floor) / self.dense_width, dtype=np.float32)


def fuse(evidence: Evidence, scale: Scale, weight: float) -> Matrix:
    """Weighted sum of scaled scores, one for each group; `weight` is the vectors' share, 0..1.

    For a group that has no sentence in the query's language, keywords can only help: an English question
    would otherwise always go to the few cards that have an English version.
    """
    keyword, dense = scale.keyword(evidence.keyword), scale.dense(evidence.dense)
    if weight > 0.0:
        keyword = np.where(evidence.silent, np.maximum(keyword, dense), keyword)
    return np.asarray(weight * dense + (1.0 - weight) * keyword, dtype=np.float32)


def saturated(coverage: Matrix) -> Matrix:
    """Coverage with diminishing returns, 0..1; keeps the order."""
    return np.asarray(coverage / (coverage + HALF_COVERED), dtype=np.float32)
