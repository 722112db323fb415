"""The model: one weight for each feature, a threshold for "high", and its reasons. Plain JSON, no code in it."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from knowledge.risk.features import BY_KEY, FEATURES, Feature, Values, known
from knowledge.risk.figures import Figures

FORMAT = 1
FEWEST_KNOWN = 4
"""With fewer known values there is no verdict, whatever the sum."""
FURTHEST = 3.0
"""Standard deviations after which a value counts no more: one outlier doesn't decide alone."""
WATCH = 0.5
"""From this probability on, and below "high", a conversation is worth a look."""

Probability = Annotated[float, Field(ge=0, le=1)]


class Term(BaseModel):
    """One feature in the model. `mean` and `spread` are on the scale on which the feature enters."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    mean: float
    spread: float = Field(gt=0)
    weight: float  # log-odds for each `spread` above the mean
    missing: float = 0.0  # log-odds when the value is missing; 0 unless learned
    known: int = Field(default=0, ge=0)  # cases in training that had a value
    source: str = ""  # what the numbers rest on, where they weren't learned


class Origin(BaseModel):
    """Where a model comes from: what stands in its card."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    kind: Literal["prior", "trained"]
    at: datetime | None = None
    by: str = ""
    data: str = ""  # name of the file
    data_digest: str = ""  # sha256 of the file
    cases: int = 0
    validation: Figures | None = None  # each case predicted by models that hadn't seen it: the threshold's choice
    held_out: Figures | None = None  # customers that no step of training has seen
    current_version: int | None = None  # the model in use when this one was trained
    current_held_out: Figures | None = None  # that model on the same conversations


class RiskModel(BaseModel):
    """A logistic model with calibration folded into its weights, so that contributions add up to the score."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    format: int = FORMAT
    definition: str  # features.definition() at training
    version: int = Field(ge=0)
    bias: float
    high: Probability | None  # a warning from here on; None: nothing reached the precision asked for, so never
    terms: dict[str, Term]
    origin: Origin

    @field_validator("terms")
    @classmethod
    def _all_twelve(cls, terms: dict[str, Term]) -> dict[str, Term]:
        if set(terms) != set(BY_KEY):
            raise ValueError(f"features differ: {sorted(set(terms) ^ set(BY_KEY))}")
        return terms

    def digest(self) -> str:
        """Checksum of the contents, kept beside them in the file."""
        plain = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(plain.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one feature adds to the score, in log-odds; above 0 raises the risk. `value` None: missing."""

    feature: Feature
    value: float | None
    amount: float


@dataclass(frozen=True, slots=True)
class Assessment:
    """The risk of one conversation: sigmoid(bias + sum of the twelve contributions)."""

    probability: float
    level: Literal["high", "watch", "low", "unknown"]
    bias: float
    contributions: tuple[Contribution, ...]  # all twelve, in the order of FEATURES
    version: int

    @property
    def score(self) -> float:
        """Log-odds."""
        return self.bias + math.fsum(one.amount for one in self.contributions)

    def reasons(self, most: int = 3) -> list[Contribution]:
        """What counted most among the values that are known, the weightiest first."""
        counted = [one for one in self.contributions if one.value is not None and abs(one.amount) >= 0.05]
        return sorted(counted, key=lambda one: -abs(one.amount))[:most]


def assess(model: RiskModel, values: Values) -> Assessment:
    """Probability, level and the contribution of every feature."""
    contributions = tuple(
        Contribution(feature, values[feature.key], _amount(model.terms[feature.key], feature, values[feature.key]))
        for feature in FEATURES
    )
    probability = sigmoid(model.bias + math.fsum(one.amount for one in contributions))
    return Assessment(probability, _level(model, values, probability), model.bias, contributions, model.version)


def sigmoid(score: float) -> float:
    """The logistic curve, safe for any number."""
    return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, score))))


def _amount(term: Term, feature: Feature, value: float | None) -> float:
    if value is None:
        return term.missing
    away = (feature.entered(value) - term.mean) / term.spread
    return term.weight * max(-FURTHEST, min(FURTHEST, away))


def _level(model: RiskModel, values: Values, probability: float) -> Literal["high", "watch", "low", "unknown"]:
    if known(values) < FEWEST_KNOWN:
        return "unknown"
    if model.high is not None and probability >= model.high:
        return "high"
    return "watch" if probability >= WATCH else "low"
