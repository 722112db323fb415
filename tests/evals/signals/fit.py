"""Fits the weights of `knowledge/signals/fusion.json`: `python -m tests.evals.signals.fit`.

Every sentence of `config/signals/` is scored by kernel machines that learned from the other nine tenths, so that the
weights are right for sentences that nobody has seen. Prints the figures of this cross-validation.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.playbook.files import read_folder
from knowledge.playbook.vocabulary import Vocabulary
from knowledge.retrieval.bundled_models import use as use_model
from knowledge.retrieval.logistic import sigmoid
from knowledge.retrieval.unit_vectors import UnitVectors
from knowledge.signals.evaluate import auc
from knowledge.signals.fusion import FEATURES, FILE, features_of
from knowledge.signals.heads import ORDINARY, Example, Heads, examples_of, joined
from knowledge.signals.kind import Kind
from knowledge.signals.load import load_kinds
from knowledge.signals.names import Names, rival_names
from knowledge.signals.ngrams import ngram_vectors
from knowledge.signals.sentence import read_sentence
from knowledge.signals.wording import Words

PLAYBOOK = Path(__file__).parents[3] / "config/sample_company/playbook/competitors"
FOLDS = 10
FOREIGN, BESIDE = 0.3, 0.1
"""Weights of a sentence for a kind that it wasn't written about, and for one that it may belong to as well."""
PULL = 0.5
"""Towards `USUAL`, in sentences: features that are rarely seen keep close to what is to be expected of them."""
USUAL = {
    "bias": -1.5, "margin": 3.0, "near": 1.0, "pattern": 2.0, "sound": 1.5, "name": 3.0, "name_by_sound": 2.5,
    "unless": -1.5, "denied_word": -2.0, "denied": -1.0, "quoted": -1.0, "supposed": -0.5, "joking": -1.0, "over": -1.0,
}  # fmt: skip
WORDS = {"pattern", "sound", "denied_word", "pattern_margin"}
STRANGE = 0.5
"""Share of sentences whose words no pattern foresaw."""
KIND_PULL = 2.0
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    """One sentence and one kind."""

    kind: str
    label: float
    weight: float
    numbers: list[float]


async def cases() -> list[Case]:
    """Every sentence with every kind that it says something about."""
    kinds = [kind for kind in load_kinds().values() if kind.method == "text"]
    examples = examples_of(load_kinds())
    vocabulary = Vocabulary.load()
    names = Names(rival_names([item.card for item in read_folder(PLAYBOOK, vocabulary)[0]], vocabulary))
    sentences = [read_sentence(example.text, names) for example in examples]
    meaning = await UnitVectors(use_model()).of_passages([sentence.folded for sentence in sentences])
    rows = joined(meaning, ngram_vectors([sentence.heard for sentence in sentences]))
    words = [Words(kind) for kind in kinds]
    fold_of = _folds(examples)
    found: list[Case] = []
    for fold in range(FOLDS):
        inside, outside = np.flatnonzero(fold_of == fold), np.flatnonzero(fold_of != fold)
        heads = Heads(kinds, [examples[i] for i in outside], rows[outside])
        for i, likenesses in zip(inside, heads.judge(rows[inside]), strict=True):
            for kind, word, likeness in zip(kinds, words, likenesses, strict=True):
                weight = _weight(kind, examples[i])
                if weight:
                    label = float(examples[i].kind == kind.key and examples[i].target > 0)
                    found += _cases(kind, label, weight, features_of(word.read(sentences[i]), likeness))
    return found


def _cases(kind: Kind, label: float, weight: float, numbers: list[float]) -> list[Case]:
    """A sentence whose words are known counts half, and half as it would if nobody had thought of its words.

    The patterns were written by who wrote the sentences; what customers say will miss them more often.
    """
    strange = [0.0 if name in WORDS else number for name, number in zip(FEATURES, numbers, strict=True)]
    if strange == numbers:
        return [Case(kind.key, label, weight, numbers)]
    return [Case(kind.key, label, weight * (1 - STRANGE), numbers), Case(kind.key, label, weight * STRANGE, strange)]


def _folds(examples: Sequence[Example]) -> NDArray[np.int64]:
    """The same text under two kinds is in one fold."""
    texts = sorted({example.text for example in examples})
    place = dict(zip(texts, np.random.default_rng(7).permutation(len(texts)) % FOLDS, strict=True))
    return np.array([place[example.text] for example in examples])


def _weight(kind: Kind, example: Example) -> float:
    if example.kind == kind.key:
        return 1.0
    if example.kind != ORDINARY and example.target < 0:
        return 0.0
    return BESIDE if example.kind in kind.beside else FOREIGN


def solve(rows: Numbers, labels: Numbers, weights: Numbers, usual: Numbers) -> Numbers:
    """Logistic regression by Newton's method: bias, then one slope for each feature."""
    inputs = np.column_stack([np.ones(len(rows)), rows])
    found = usual.copy()
    for _ in range(40):
        chance = sigmoid(inputs @ found)
        slope = inputs.T @ (weights * (chance - labels)) + PULL * (found - usual)
        curve = (inputs * (weights * chance * (1 - chance))[:, None]).T @ inputs + PULL * np.eye(len(usual))
        found = found - np.linalg.solve(curve, slope)
    return found


def offsets_of(found: Sequence[Case], logits: Numbers) -> dict[str, float]:
    """How much each kind lies above or below the common curve, pulled towards 0."""
    offsets: dict[str, float] = {}
    for kind in dict.fromkeys(case.kind for case in found):
        mine = np.array([case.kind == kind for case in found])
        labels, weights = (np.array([getattr(c, n) for c in found if c.kind == kind]) for n in ("label", "weight"))
        offset = 0.0
        for _ in range(30):
            chance = sigmoid(logits[mine] + offset)
            slope = float((weights * (chance - labels)).sum()) + KIND_PULL * offset
            offset -= slope / (float((weights * chance * (1 - chance)).sum()) + KIND_PULL)
        offsets[kind] = round(offset, 3)
    return offsets


def figures(found: Sequence[Case], chances: Numbers) -> None:
    """Precision, recall, F1 and AUC of each kind; foreign sentences count as in the fit."""
    every = []
    for kind in dict.fromkeys(case.kind for case in found):
        mine = [(case, chance) for case, chance in zip(found, chances, strict=True) if case.kind == kind]
        hit = sum(case.weight for case, chance in mine if case.label and chance >= 0.5)
        said = sum(case.weight for case, chance in mine if chance >= 0.5)
        real = sum(case.weight for case, _ in mine if case.label)
        area = auc([int(case.label) for case, _ in mine], [chance for _, chance in mine])
        every.append(2 * hit / (said + real))
        print(f"{kind:24} P {hit / max(said, 1e-9):.3f} R {hit / real:.3f} F1 {every[-1]:.3f} AUC {area:.3f}")  # noqa: T201  # a tool's output
    print(f"{'mean F1':24} {np.mean(every):.3f}")  # noqa: T201  # a tool's output


def main() -> None:
    """Fit, print, write the file."""
    found = asyncio.run(cases())
    rows, labels, weights = (
        np.array(list(column)) for column in zip(*((c.numbers, c.label, c.weight) for c in found), strict=True)
    )
    usual = np.array([USUAL.get(name, 0.0) for name in ("bias", *FEATURES)])
    solved = solve(rows, labels, weights, usual)
    logits = solved[0] + rows @ solved[1:]
    offsets = offsets_of(found, logits)
    figures(found, sigmoid(logits + np.array([offsets[case.kind] for case in found])))
    weights_of = {name: round(float(weight), 3) for name, weight in zip(("bias", *FEATURES), solved, strict=True)}
    made = {
        "fitted_on": "config/signals, 10-fold",
        "on": f"{datetime.now(UTC):%Y-%m-%d}",
        "weights": weights_of,
        "offsets": offsets,
    }
    FILE.write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
