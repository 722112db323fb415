"""Fits the weights with scikit-learn: missing values masked, L2, calibrated by what wasn't seen in the fit.

Logistic regression and Platt's calibration, both by choice: with some hundred conversations trees and isotonic
calibration learn the noise, and a sum of contributions can be said in words.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.contracts.errors import BadInput
from config.locales import t
from knowledge.risk.cases import Case, known_labels
from knowledge.risk.features import FEATURES
from knowledge.risk.figures import ONE_SIDE_90, TARGET_PRECISION, share
from knowledge.risk.model import FURTHEST, WATCH, Term, sigmoid

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

FOLDS = 5
STRENGTHS = (0.01, 0.03, 0.1, 0.3, 1.0)
"""Inverse strength of the pull towards 0; the best by cross-validation is taken."""


@dataclass(frozen=True, slots=True)
class Fit:
    """What was learned, calibration folded in, and how cases were predicted that weren't seen."""

    bias: float
    terms: dict[str, Term]
    unseen: tuple[float, ...]  # probability of each case by models of the other folds
    high: float | None


def fit(cases: Sequence[Case], lang: str = "zh") -> Fit:
    """Learn from labelled cases. Raises BadInput when they tell nothing about what goes wrong."""
    import numpy as np
    from sklearn.model_selection import GridSearchCV, cross_val_predict

    inputs, labels = matrix(cases), np.array(known_labels(cases))
    folds = _folds(inputs, labels, cases)
    search = GridSearchCV(pipeline(), {"logisticregression__C": STRENGTHS}, scoring="neg_log_loss", cv=folds)
    best = search.fit(inputs, labels).best_estimator_
    scores = cross_val_predict(best, inputs, labels, cv=folds, method="decision_function")
    slope, offset = _platt(scores, labels)
    if slope <= 0:
        raise BadInput(t("risk.bad.nothing_learned", lang))
    unseen = tuple(sigmoid(slope * float(score) + offset) for score in scores)
    bias, terms = as_terms(best, slope, offset, cases)
    return Fit(bias, terms, unseen, threshold(unseen, known_labels(cases)))


def threshold(chances: Sequence[float], labels: Sequence[int]) -> float | None:
    """The lowest probability from which on warnings surely reach the precision asked for, so that most are found.

    Surely: with nine chances of ten, by the lower end of Wilson's interval; the best-looking threshold of many is
    else right by luck, and less often so on the next conversations. Never below an even chance: that is no high risk.
    None: then nothing is ever called high.
    """
    lowest: float | None = None
    ranked = sorted(zip(chances, labels, strict=True), reverse=True)
    hits = 0
    for place, (chance, label) in enumerate(ranked, 1):
        hits += label
        tied = place < len(ranked) and ranked[place][0] == chance  # cases of equal probability are warned of together
        found = share(hits, place, ONE_SIDE_90)
        if not tied and chance >= WATCH and found and found.low >= TARGET_PRECISION:
            lowest = chance
    return None if lowest is None else math.floor(lowest * 1e6) / 1e6


def matrix(cases: Sequence[Case]) -> Numbers:
    """One row for each case, one column for each feature as it enters the model; NaN is missing."""
    import numpy as np

    rows = [
        [math.nan if (value := case.values[one.key]) is None else one.entered(value) for one in FEATURES]
        for case in cases
    ]
    return np.array(rows, dtype=np.float64)


def _folds(inputs: Numbers, labels: Any, cases: Sequence[Case]) -> list[tuple[Any, Any]]:
    """One customer's conversations are in one fold; each fold has about the same share that went wrong."""
    from sklearn.model_selection import StratifiedGroupKFold

    groups = [case.group for case in cases]
    return list(StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0).split(inputs, labels, groups))


def pipeline() -> Any:
    """Known values standardised, missing ones put at the mean and marked; then L2 logistic regression."""
    from sklearn.impute import MissingIndicator, SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline, make_union
    from sklearn.preprocessing import FunctionTransformer, StandardScaler

    known = make_pipeline(SimpleImputer(keep_empty_features=True), StandardScaler(), FunctionTransformer(_clipped))
    return make_pipeline(
        make_union(known, MissingIndicator(features="all")), LogisticRegression(max_iter=1000, random_state=0)
    )


def _clipped(values: Numbers) -> Numbers:
    import numpy as np

    return np.clip(values, -FURTHEST, FURTHEST)


def _platt(scores: Numbers, labels: Any) -> tuple[float, float]:
    """(slope, offset) that turn scores into probabilities; hardly any pull, two numbers from many cases."""
    from sklearn.linear_model import LogisticRegression

    found = LogisticRegression(C=100.0).fit(scores.reshape(-1, 1), labels)
    return float(found.coef_[0][0]), float(found.intercept_[0])


def as_terms(best: Any, slope: float, offset: float, cases: Sequence[Case]) -> tuple[float, dict[str, Term]]:
    """The fitted pipeline as plain numbers."""
    union, regression = best[0], best[-1]
    scaler = union.transformer_list[0][1][1]
    weights = [float(weight) * slope for weight in regression.coef_[0]]
    bias = float(regression.intercept_[0]) * slope + offset
    terms = {}
    for place, feature in enumerate(FEATURES):
        known = sum(case.values[feature.key] is not None for case in cases)
        missing = weights[len(FEATURES) + place]
        if known in {0, len(cases)}:  # always or never missing: it tells nothing, and is part of where all start
            bias, missing = bias + (0.0 if known else missing), 0.0
        mean, spread = float(scaler.mean_[place]), float(scaler.scale_[place])
        weight = weights[place] if known else 0.0
        terms[feature.key] = Term(mean=mean, spread=spread, weight=weight, missing=missing, known=known)
    return bias, terms
