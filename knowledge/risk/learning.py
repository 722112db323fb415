"""Learns a model from outcomes, and takes it only if it is better than the one in use."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import fmean, stdev

from knowledge.risk.cases import Case, known_labels
from knowledge.risk.dividing import divide
from knowledge.risk.features import definition
from knowledge.risk.figures import TARGET_PRECISION, Figures, measure_predictions
from knowledge.risk.fitting import fit
from knowledge.risk.model import Origin, RiskModel, assess

CLEARLY = 1.645
"""A gain of so many standard errors comes by chance in one of twenty trainings."""


@dataclass(frozen=True, slots=True)
class Teacher:
    """Who trains, when, on which file: what the card says."""

    by: str
    at: datetime
    data: Path


@dataclass(frozen=True, slots=True)
class Lesson:
    """A new model, and how it and the current one do on the same held-out conversations."""

    model: RiskModel
    new: Figures
    old: Figures
    gain: float  # how much smaller the squared error is on average: the difference of the Brier scores
    doubt: float  # the gain's standard error

    @property
    def better(self) -> bool:
        """Whether the new model may take the current one's place.

        Its probabilities must be nearer to what happened by more than chance explains, and its warnings no less
        right than the current one's (or as right as is asked for).
        """
        return self.gain > CLEARLY * self.doubt and not _warns_worse(self.new, self.old)


def train(cases: Sequence[Case], current: RiskModel, version: int, teacher: Teacher, lang: str = "zh") -> Lesson:
    """Learn a new model and try it beside the current one. Raises BadInput: too few data, or they tell nothing."""
    learn, held_out = divide(cases, lang)
    found = fit(learn, lang)
    origin = Origin(
        kind="trained",
        at=teacher.at,
        by=teacher.by,
        data=teacher.data.name,
        data_digest=hashlib.sha256(teacher.data.read_bytes()).hexdigest(),
        cases=len(learn),
        validation=measure_predictions(found.unseen, known_labels(learn), found.high),
        current_version=current.version,
    )
    model = RiskModel(
        definition=definition(), version=version, bias=found.bias, high=found.high, terms=found.terms, origin=origin
    )
    new, old = figures_of(model, held_out), figures_of(current, held_out)
    measured = origin.model_copy(update={"held_out": new, "current_held_out": old})
    return Lesson(model.model_copy(update={"origin": measured}), new, old, *_gain(model, current, held_out))


def figures_of(model: RiskModel, cases: Sequence[Case]) -> Figures:
    """The measures of a model on labelled cases. A warning is the level "high", just as users get it."""
    found = [assess(model, case.values) for case in cases]
    chances = [one.probability for one in found]
    # Where too little is known there is no verdict, and so no warning, whatever the sum.
    warned = [chance if one.level == "high" else -1.0 for chance, one in zip(chances, found, strict=True)]
    plain = measure_predictions(chances, known_labels(cases), None)
    warnings = measure_predictions(warned, known_labels(cases), 0.0)
    return plain.model_copy(update={"precision": warnings.precision, "recall": warnings.recall})


def _gain(model: RiskModel, current: RiskModel, cases: Sequence[Case]) -> tuple[float, float]:
    """(mean, standard error) of how much smaller the new model's squared errors are, case by case."""
    pairs = zip(_errors(current, cases), _errors(model, cases), strict=True)
    gains = [old - new for old, new in pairs]
    return fmean(gains), stdev(gains) / math.sqrt(len(gains))


def _errors(model: RiskModel, cases: Sequence[Case]) -> list[float]:
    chances = [assess(model, case.values).probability for case in cases]
    return [(chance - label) ** 2 for chance, label in zip(chances, known_labels(cases), strict=True)]


def _warns_worse(new: Figures, old: Figures) -> bool:
    if old.precision is None:
        return False
    if new.precision is None:
        return old.precision.value >= TARGET_PRECISION
    return new.precision.value < min(old.precision.value, TARGET_PRECISION)
