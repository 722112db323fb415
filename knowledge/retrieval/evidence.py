"""What speaks for each group, as raw numbers, before anything is weighed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.retrieval.embedder import Matrix


@dataclass(frozen=True, slots=True)
class Evidence:
    """Scores of one query with every group, shape (groups,); or of several, shape (queries, groups)."""

    keyword: Matrix
    """Best coverage among the group's passages, 0..1."""
    dense: Matrix
    """Cosine of the group's nearest passage; 0 without vectors."""
    silent: NDArray[np.bool_]
    """The group has no sentence in the query's language, so missing keywords say nothing against it."""
    off_topic: Matrix
    """Cosine of the nearest off-topic sentence, shape () or (queries,); 0 without vectors."""

    def __len__(self) -> int:
        """How many queries, of several."""
        return len(self.keyword)


def stack(rows: Sequence[Evidence], groups: int) -> Evidence:
    """Several queries' evidence as one; none gives the shape (0, groups)."""
    shape = (len(rows), groups)
    return Evidence(
        keyword=np.asarray([row.keyword for row in rows], dtype=np.float32).reshape(shape),
        dense=np.asarray([row.dense for row in rows], dtype=np.float32).reshape(shape),
        silent=np.asarray([row.silent for row in rows], dtype=np.bool_).reshape(shape),
        off_topic=np.asarray([row.off_topic for row in rows], dtype=np.float32),
    )
