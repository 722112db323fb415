"""Words, likeness and frames become one probability: a logistic curve over a few features, the same for every kind.

The weights are in `fusion.json`, fitted by cross-validation over the exemplars (`python -m tests.evals.signals.fit`);
a kind that a customer adds needs exemplars only.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.retrieval.logistic import sigmoid
from knowledge.signals.heads import Likeness
from knowledge.signals.wording import Wording

FILE = Path(__file__).with_name("fusion.json")
FEATURES = (
    "margin", "near", "pattern", "sound", "name", "name_by_sound", "unless",
    "denied", "quoted", "supposed", "joking", "over", "denied_word", "pattern_margin",
)  # fmt: skip
SILENCED_FROM, SILENCED_AT = 0.38, 0.48
"""Likeness to a labelled false positive from which a score sinks, and at which nothing is left of it (A12); chosen on
`tests/evals/signals/labels_dev.jsonl`, whose labels make no exemplar sink that is left out."""


def features_of(wording: Wording, likeness: Likeness) -> list[float]:
    """The numbers of one sentence for one kind, in the order of FEATURES."""
    frames = wording.frames
    return [
        likeness.margin,
        likeness.near,
        float(wording.pattern),
        float(wording.sound),
        float(bool(wording.name) and wording.name_exact),
        float(bool(wording.name) and not wording.name_exact),
        float(wording.unless),
        float(frames.denied),
        float(frames.quoted),
        float(frames.supposed),
        float(frames.joking),
        float(frames.over),
        float(frames.denied and wording.span is not None),
        float(wording.pattern) * likeness.margin,
    ]


def probabilities(rows: NDArray[np.float64], kinds: Sequence[str]) -> NDArray[np.float64]:
    """One for each row of features; the rows of a text are in the order of `kinds`, text after text."""
    fitted = _weights()
    offsets = np.array([fitted.offsets.get(kind, 0.0) for kind in kinds])
    return sigmoid(fitted.bias + rows @ fitted.slopes + np.tile(offsets, len(rows) // len(kinds)))


def silence(probability: float, likeness: Likeness) -> float:
    """The probability after what people labelled as wrong: their paraphrases sink, the rest stays as it is.

    Only what is closer to the labelled sentence than to every exemplar sinks.
    """
    if likeness.labelled <= max(SILENCED_FROM, likeness.for_):
        return probability
    left = (SILENCED_AT - likeness.labelled) / (SILENCED_AT - SILENCED_FROM)
    return probability * min(max(left, 0.0), 1.0)


@dataclass(frozen=True, slots=True)
class _Fitted:
    bias: float
    slopes: NDArray[np.float64]
    offsets: Mapping[str, float]  # by kind; one that we don't know has none


@functools.cache
def _weights() -> _Fitted:
    tree = json.loads(FILE.read_text(encoding="utf-8"))
    weights = tree["weights"]
    return _Fitted(float(weights["bias"]), np.array([float(weights[name]) for name in FEATURES]), tree["offsets"])
