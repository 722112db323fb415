"""Searches that a collection runs on itself, to learn from their scores."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from knowledge.retrieval.embedder import Matrix
from knowledge.retrieval.evidence import Evidence, stack
from knowledge.retrieval.off_topic import off_topic_sentences
from knowledge.retrieval.snapshot import Snapshot

SAMPLE = 200
"""Sentences to learn from; more of them cost time (e5: 24 ms each) and change little."""


@dataclass(frozen=True, slots=True)
class Trials:
    """What a collection's own sentences found, and what off-topic ones did."""

    own: Evidence
    right: NDArray[np.int64]
    """For each of the own sentences, the position of its group."""
    off_topic: Evidence


def sample_of(snapshot: Snapshot) -> list[int]:
    """Positions of the sentences to learn from: those with a companion, and the same ones at every sync."""
    companions = np.repeat(snapshot.sizes, snapshot.sizes)
    candidates = [passage for passage in range(len(snapshot.passages)) if companions[passage] > 1]
    # An order by content, not by place, so that a small change of the collection keeps most of the sample.
    return sorted(candidates, key=lambda i: hashlib.sha256(snapshot.passages[i].text.encode()).digest())[:SAMPLE]


def run_trials(snapshot: Snapshot, sample: Sequence[int], vectors: Matrix | None) -> Trials:
    """Search each sample sentence, with itself left out, and each off-topic one.

    `vectors` are the query vectors of the sample; None for a snapshot without vectors.
    """
    rows = [_left_out(snapshot, place, None if vectors is None else vectors[n]) for n, place in enumerate(sample)]
    return Trials(
        own=stack(rows, snapshot.groups),
        right=np.asarray([snapshot.group_of(place) for place in sample], dtype=np.int64),
        off_topic=_off_topic(snapshot),
    )


def without_vectors(trials: Trials) -> Trials:
    """The same trials as they look when vectors are not there."""
    return replace(trials, own=_keywords_alone(trials.own), off_topic=_keywords_alone(trials.off_topic))


def _left_out(snapshot: Snapshot, place: int, vector: Matrix | None) -> Evidence:
    text = snapshot.passages[place].text
    others = snapshot.everything()
    # The same sentence may stand twice in a group, as a title and as a trigger.
    others[[i for i in snapshot.members(snapshot.group_of(place)) if snapshot.passages[i].text == text]] = False
    found = snapshot.evidence(text, vector, snapshot.scores(text, vector), others)
    return replace(found, keyword=_finite(found.keyword), dense=_finite(found.dense))


def _off_topic(snapshot: Snapshot) -> Evidence:
    bank = None if snapshot.vectors is None else snapshot.vectors.bank
    rows = []
    for place, sentence in enumerate(off_topic_sentences()):
        vector = None if bank is None else bank.rows[place]
        scores = snapshot.scores(sentence, vector)
        rows.append(snapshot.evidence(sentence, vector, scores, snapshot.everything()))
    found = stack(rows, snapshot.groups)
    return found if bank is None else replace(found, off_topic=bank.nearness_of_each())


def _keywords_alone(found: Evidence) -> Evidence:
    return replace(found, dense=np.zeros_like(found.dense), off_topic=np.zeros_like(found.off_topic))


def _finite(scores: Matrix) -> Matrix:
    # A group of one text written twice has nothing left to be found by.
    return np.where(np.isfinite(scores), scores, 0.0).astype(np.float32)
