"""Builds what readers use from passages and their vectors. Blocking: call it from a worker thread."""

import itertools
from collections.abc import Mapping, Sequence

import numpy as np

from knowledge.retrieval.calibration import Calibration, calibrate, calibrate_keywords
from knowledge.retrieval.dense_index import DenseIndex
from knowledge.retrieval.embedder import Matrix
from knowledge.retrieval.keyword_index import KeywordIndex
from knowledge.retrieval.off_topic import OffTopicBank, off_topic_by_key
from knowledge.retrieval.passage import Passage
from knowledge.retrieval.pieces import key_of, pieces_of
from knowledge.retrieval.ranking import Index
from knowledge.retrieval.snapshot import Snapshot, Vectors, in_order
from knowledge.retrieval.trials import run_trials, sample_of
from knowledge.retrieval.words import tokens_of


def pieces_by_key(passages: Sequence[Passage]) -> dict[str, str]:
    """Every text that needs a vector, under the key of that vector."""
    return {key_of(piece): piece for passage in passages for piece in pieces_of(passage.text)}


def keys_of(passages: Sequence[Passage]) -> list[str]:
    """The keys of all vectors of a generation, each once, in the order of a warm copy."""
    return [*pieces_by_key(in_order(passages)), *off_topic_by_key()]


def build_snapshot(
    passages: Sequence[Passage], vectors: Mapping[str, Matrix] | None = None, bank: OffTopicBank | None = None
) -> Snapshot:
    """A snapshot with both indexes; without `vectors` (complete) and `bank`, with keywords alone."""
    ordered = in_order(passages)
    keyword = KeywordIndex([tokens_of(passage.text) for passage in ordered])
    if not ordered or vectors is None or bank is None:
        return Snapshot(ordered, keyword, None)
    return Snapshot(ordered, keyword, Vectors(_dense_index(ordered, vectors), bank))


def build_index(snapshot: Snapshot, sample_vectors: Matrix | None = None) -> Index:
    """Learn from a snapshot. `sample_vectors` are the query vectors of `sample_texts`; None without vectors."""
    if not snapshot.passages:
        return Index(snapshot, Calibration(), Calibration(weight=0.0))
    trials = run_trials(snapshot, sample_of(snapshot), sample_vectors)
    keywords_only = calibrate_keywords(trials)
    return Index(snapshot, keywords_only if snapshot.vectors is None else calibrate(trials), keywords_only)


def sample_texts(snapshot: Snapshot) -> list[str]:
    """The sentences whose query vectors `build_index` wants, in its order."""
    return [snapshot.passages[place].text for place in sample_of(snapshot)]


def vectors_by_key(snapshot: Snapshot) -> dict[str, Matrix]:
    """The vectors that a snapshot holds, so that the next one need not read them again."""
    if snapshot.vectors is None:
        return {}
    keys = [key_of(piece) for passage in snapshot.passages for piece in pieces_of(passage.text)]
    bank = zip(off_topic_by_key(), snapshot.vectors.bank.rows, strict=True)
    return dict(itertools.chain(zip(keys, snapshot.vectors.index.rows(), strict=True), bank))


def _dense_index(passages: Sequence[Passage], vectors: Mapping[str, Matrix]) -> DenseIndex:
    keys = [[key_of(piece) for piece in pieces_of(passage.text)] for passage in passages]
    matrix = np.stack([vectors[key] for passage_keys in keys for key in passage_keys])
    return DenseIndex(np.ascontiguousarray(matrix, dtype=np.float32), [len(passage) for passage in keys])
