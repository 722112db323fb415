"""What a sentence's meaning and sound say about each kind, learned from the exemplars of `config/signals/`.

One kernel machine for each kind (weighted kernel ridge regression): the kernel is the likeness of two sentences, made
of the cosines of their embeddings and of their runs of sounds. A kind's exemplars count 1, its counter-examples
-1, and sentences of other kinds -1 with little weight; least of all those of kinds that stand beside it, which may well
be both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.retrieval.embedder import Matrix
from knowledge.signals.kind import Kind
from knowledge.signals.load import ordinary_sentences
from knowledge.signals.ngrams import SIZE

MEANING, SOUND = 0.8, 0.2
"""Shares of embedding and sound in the likeness."""
SHARP = 2.0
"""How much faster than the cosine likeness falls: what is close counts more."""
PULL = 0.15
"""Of all these, the best mean F1 of the cross-validation (`tests/evals/signals/fit.py`), which moves by 0.02 around."""
FOREIGN, BESIDE, PLAIN = 0.25, 0.12, 0.5
"""Weights of other kinds' sentences, of those of kinds that stand beside one, and of sentences of no kind."""
ORDINARY = ""
"""The `kind` of a sentence that is a signal of none."""


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence that speaks for its kind (1), or against it (-1)."""

    text: str
    kind: str
    target: float
    weight: float = 1.0
    labelled: bool = False  # by a person, as a false positive (A12)


@dataclass(frozen=True, slots=True)
class Likeness:
    """What one sentence is like, for one kind."""

    margin: float  # of the machine, about -1..1
    near: float  # likeness of the closest exemplar less that of the closest counter-example
    for_: float  # likeness of the closest exemplar
    labelled: float  # likeness of the closest labelled false positive


def examples_of(kinds: Mapping[str, Kind]) -> list[Example]:
    """All exemplars and counter-examples of the text kinds, and what is a signal of none."""
    found = [Example(text, ORDINARY, -1.0) for text in ordinary_sentences()]
    for key, kind in kinds.items():
        found += [Example(text, key, 1.0) for text in kind.exemplars]
        found += [Example(text, key, -1.0) for text in kind.against]
    return found


class Heads:
    """Fitted at start-up (0.2 s for 550 sentences), and again when labels come."""

    def __init__(self, kinds: Sequence[Kind], examples: Sequence[Example], vectors: Matrix) -> None:
        """`vectors`: one row for each example, made by `joined`."""
        self._kinds = kinds
        # Sound is nearly all zeros: only the few places that a sentence has are multiplied.
        self._meaning = np.ascontiguousarray(vectors[:, :-SIZE].T)
        self._sound = np.ascontiguousarray(vectors[:, -SIZE:].T)
        likeness = np.asarray(_likeness(vectors @ vectors.T), dtype=np.float64)
        self._weights = np.column_stack([_fit(kind, examples, likeness) for kind in kinds]).astype(np.float32)
        own = np.array([[e.kind == k.key for e in examples] for k in kinds])
        target = np.array([e.target for e in examples])
        labelled = np.array([e.labelled for e in examples], dtype=bool)
        self._for = [np.flatnonzero(mine & (target > 0)) for mine in own]
        self._against = [np.flatnonzero(mine & (target < 0)) for mine in own]
        self._labelled = [np.flatnonzero(mine & labelled) for mine in own]

    def judge(self, vectors: Matrix) -> list[list[Likeness]]:
        """For each sentence, its likeness for every kind."""
        cosines = vectors[:, :-SIZE] @ self._meaning
        for i, sound in enumerate(vectors[:, -SIZE:]):
            places = np.flatnonzero(sound)
            cosines[i] += sound[places] @ self._sound[places]
        likeness = _likeness(cosines)
        margins = likeness @ self._weights
        return [
            [self._one(row, margin, i) for i, margin in enumerate(per)]
            for row, per in zip(likeness, margins, strict=True)
        ]

    def _one(self, row: Matrix, margin: float, i: int) -> Likeness:
        for_, against = float(row[self._for[i]].max()), float(row[self._against[i]].max())
        labelled = float(row[self._labelled[i]].max()) if len(self._labelled[i]) else 0.0
        return Likeness(float(margin), for_ - against, for_, labelled)


def joined(meaning: Matrix, sound: Matrix) -> Matrix:
    """One row for each text, so that the product of two rows is their likeness."""
    return np.hstack([meaning * np.float32(MEANING**0.5), sound * np.float32(SOUND**0.5)])


def _likeness(cosines: Matrix) -> Matrix:
    return np.asarray(np.exp(SHARP * (cosines - 1)), dtype=np.float32)


def _fit(kind: Kind, examples: Sequence[Example], likeness: NDArray[np.float64]) -> NDArray[np.float64]:
    weight = np.array([_weight(kind, example) for example in examples])
    target = np.array([example.target if example.kind == kind.key else -1.0 for example in examples])
    used = np.flatnonzero(weight)
    pull = np.diag(PULL / weight[used])
    solved = np.zeros(len(examples))
    solved[used] = np.linalg.solve(likeness[np.ix_(used, used)] + pull, target[used])
    return solved


def _weight(kind: Kind, example: Example) -> float:
    if example.kind == kind.key:
        return example.weight
    if example.kind == ORDINARY:
        return PLAIN
    # What speaks against another kind says nothing of this one.
    if example.target < 0:
        return 0.0
    return BESIDE if example.kind in kind.beside else FOREIGN
