"""One generation of an index, complete and immutable: what a search runs on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.retrieval.dense_index import DenseIndex
from knowledge.retrieval.embedder import Matrix
from knowledge.retrieval.evidence import Evidence
from knowledge.retrieval.keyword_index import KeywordIndex
from knowledge.retrieval.language import is_chinese, is_other_sentence
from knowledge.retrieval.off_topic import OffTopicBank
from knowledge.retrieval.passage import Passage
from knowledge.retrieval.words import tokens_of

Allow = Callable[[Passage], bool]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Vectors:
    """All that the embedding model gave for one generation; there or not there as a whole."""

    index: DenseIndex
    bank: OffTopicBank


@dataclass(frozen=True, slots=True)
class Scores:
    """Raw scores of one query with every passage."""

    keyword: Matrix
    dense: Matrix


def in_order(passages: Sequence[Passage]) -> tuple[Passage, ...]:
    """Passages with those of one group side by side, as a `Snapshot` wants them."""
    return tuple(sorted(passages, key=lambda passage: (passage.group, passage.id)))


class Snapshot:
    """Passages with their indexes. Never changed after it is made, so searches need no lock."""

    def __init__(self, passages: tuple[Passage, ...], keyword: KeywordIndex, vectors: Vectors | None) -> None:
        """`passages` are `in_order`, and so are both indexes; `vectors` is None until they are ready."""
        self.passages = passages
        self.vectors = vectors
        self._keyword = keyword
        names = [passage.group for passage in passages]
        starts = [place for place, name in enumerate(names) if place == 0 or name != names[place - 1]]
        self._starts = np.asarray(starts, np.int64)
        self.sizes = np.diff(np.append(self._starts, len(names)))
        self._silent_in_chinese = ~self._any_of_group([is_chinese(p.text) for p in passages])
        self._silent_in_others = ~self._any_of_group([is_other_sentence(p.text) for p in passages])

    @property
    def groups(self) -> int:
        """How many groups."""
        return len(self._starts)

    def group_of(self, passage: int) -> int:
        """The position of a passage's group."""
        return int(np.searchsorted(self._starts, passage, side="right")) - 1

    def members(self, group: int) -> range:
        """The positions of a group's passages."""
        start = int(self._starts[group])
        return range(start, start + int(self.sizes[group]))

    def names(self, groups: Sequence[int]) -> tuple[str, ...]:
        """The groups at these positions."""
        return tuple(self.passages[int(self._starts[group])].group for group in groups)

    def everything(self) -> Mask:
        """The mask that shuts nothing out."""
        return np.ones(len(self.passages), dtype=np.bool_)

    def allowed(self, allow: Allow | None) -> Mask:
        """Which passages a query may find."""
        if allow is None:
            return self.everything()
        return np.fromiter(map(allow, self.passages), dtype=np.bool_, count=len(self.passages))

    def scores(self, query: str, vector: Matrix | None) -> Scores:
        """How well every passage answers; `vector` is the query's, None for keywords alone."""
        keyword = self._keyword.scores(tokens_of(query))
        if self.vectors is None or vector is None:
            return Scores(keyword, dense=np.zeros(len(self.passages), dtype=np.float32))
        return Scores(keyword, dense=self.vectors.index.scores(vector))

    def evidence(self, query: str, vector: Matrix | None, scores: Scores, mask: Mask) -> Evidence:
        """The same for every group, from its allowed passages; a group with none has a `dense` of -inf.

        Keyword and vector may speak from two passages of a group: both speak for the group.
        """
        return Evidence(
            keyword=self._best_of_groups(scores.keyword, mask),
            dense=self._best_of_groups(scores.dense, mask),
            silent=self._silent_in_chinese if is_chinese(query) else self._silent_in_others,
            off_topic=np.asarray(self._off_topic(vector), dtype=np.float32),
        )

    def _off_topic(self, vector: Matrix | None) -> float:
        return 0.0 if self.vectors is None or vector is None else self.vectors.bank.nearness(vector)

    def _best_of_groups(self, scores: Matrix, mask: Mask) -> Matrix:
        best: Matrix = np.maximum.reduceat(np.where(mask, scores, -np.inf), self._starts)
        return best

    def _any_of_group(self, flags: Sequence[bool]) -> NDArray[np.bool_]:
        if not flags:
            return np.zeros(0, dtype=np.bool_)
        return np.asarray(np.logical_or.reduceat(np.asarray(flags), self._starts), dtype=np.bool_)
