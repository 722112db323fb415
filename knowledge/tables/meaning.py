"""Words that no name contains and no lexicon knows, by what they mean: 薪水 is 工资; 满意度 is nothing here.

The product's embedding model is loaded when such a word is first met. The bounds are from 22 words tried on own
schemas: what was meant lay at 0.61 and more, or wasn't found; what wasn't there lay at 0.44 and less.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from knowledge.tables.query import Column
from knowledge.tables.schema import Draft
from knowledge.tables.tokens import Choice

if TYPE_CHECKING:
    from knowledge.retrieval.embedder import Matrix

_LEAST = 0.58  # cosine
_AHEAD = 0.08  # of the next name
_SURE = 0.6  # how sure such a choice is: less than any name that is said


class Meanings:
    """Knows what the tables and columns of one schema are about."""

    def __init__(self, draft: Draft) -> None:
        self._named = dict(_named(draft))
        self._vectors: Matrix | None = None
        self._found: dict[str, tuple[Choice, ...]] = {}

    def nearest(self, word: str) -> tuple[Choice, ...]:
        """All tables and columns of the one name that is meant; nothing where none is near, or two are."""
        if word not in self._found:
            self._found[word] = self._look(word)
        return self._found[word]

    def _look(self, word: str) -> tuple[Choice, ...]:
        names = list(self._named)
        if self._vectors is None:
            self._vectors = _embedded(names)
        (mine,) = _embedded([word])
        ranked = sorted(zip((self._vectors @ mine).tolist(), names, strict=True), reverse=True)
        if not ranked or ranked[0][0] < _LEAST or (len(ranked) > 1 and ranked[0][0] - ranked[1][0] < _AHEAD):
            return ()
        return tuple(self._named[ranked[0][1]])


def _named(draft: Draft) -> Iterable[tuple[str, list[Choice]]]:
    names: dict[str, list[Choice]] = {}
    for table in draft.tables:
        if table.hidden:
            continue
        names.setdefault(table.title or table.name, []).append(Choice(_SURE, table=table.name))
        for one in table.columns:
            place = Column(table.name, one.name)
            if not one.hidden and place not in draft.pointing:
                names.setdefault(one.title or one.name, []).append(Choice(_SURE, column=place))
    return names.items()


def _embedded(texts: Sequence[str]) -> Matrix:
    """Rows of length one. In a thread of its own, as the caller may be on an event loop or not."""
    import numpy as np

    from knowledge.retrieval.embedder import make_embedder

    with ThreadPoolExecutor(1) as pool:
        rows = pool.submit(lambda: asyncio.run(make_embedder("use").embed_queries(list(texts)))).result()
    lengths = np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return np.asarray(rows / lengths, dtype=np.float32)
