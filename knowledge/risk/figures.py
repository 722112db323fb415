"""How good predictions were: precision and recall of the warnings with their intervals, AUC, Brier, calibration."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby, pairwise

from pydantic import BaseModel, ConfigDict

TARGET_PRECISION = 0.913
"""What warnings of a high risk must reach on conversations that the model hasn't seen."""
BOTH_SIDES_95 = 1.959964
"""Standard errors of a 95 % interval."""
ONE_SIDE_90 = 1.281552
"""Standard errors below which the truth lies in one of ten cases."""
_BINS = 5


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Share(_Frozen):
    """`hits` of `n`, with Wilson's interval: 95 % unless said otherwise."""

    hits: int
    n: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share itself, 0..1."""
        return self.hits / self.n


class Bin(_Frozen):
    """Cases with about the same prediction: predicted on average, and how many of them did go wrong."""

    n: int
    predicted: float
    happened: float


class Figures(_Frozen):
    """The measures of one model on one set of labelled conversations."""

    n: int
    positives: int  # went wrong
    precision: Share | None  # of the warnings; None when there was none
    recall: Share | None  # of what went wrong; None when nothing did
    auc: float | None  # None when all labels are the same
    brier: float
    log_loss: float
    curve: tuple[Bin, ...]


def share(hits: int, n: int, z: float = BOTH_SIDES_95) -> Share | None:
    """Wilson's score interval; None without any case. `z`: how many standard errors it reaches to either side."""
    if n == 0:
        return None
    rate, square = hits / n, z * z
    middle = (rate + square / (2 * n)) / (1 + square / n)
    reach = z / (1 + square / n) * math.sqrt(rate * (1 - rate) / n + square / (4 * n * n))
    return Share(hits=hits, n=n, low=max(0.0, middle - reach), high=min(1.0, middle + reach))


def measure_predictions(chances: Sequence[float], labels: Sequence[int], high: float | None) -> Figures:
    """Measures of predictions (0..1) for labels (1: went wrong). From `high` on it is a warning; None: never."""
    warned = [label for chance, label in zip(chances, labels, strict=True) if high is not None and chance >= high]
    return Figures(
        n=len(labels),
        positives=sum(labels),
        precision=share(sum(warned), len(warned)),
        recall=share(sum(warned), sum(labels)),
        auc=auc(chances, labels),
        brier=_mean([(chance - label) ** 2 for chance, label in zip(chances, labels, strict=True)]),
        log_loss=_mean([_loss(chance, label) for chance, label in zip(chances, labels, strict=True)]),
        curve=_curve(chances, labels),
    )


def auc(chances: Sequence[float], labels: Sequence[int]) -> float | None:
    """The chance that one that went wrong is predicted above one that didn't; ties count half."""
    positives = sum(labels)
    negatives = len(labels) - positives
    if not positives or not negatives:
        return None
    ranks, place = 0.0, 0
    for _, tied in groupby(sorted(zip(chances, labels, strict=True)), key=lambda pair: pair[0]):
        same = [label for _, label in tied]
        ranks += sum(same) * (place + (len(same) + 1) / 2)
        place += len(same)
    return (ranks - positives * (positives + 1) / 2) / (positives * negatives)


def _curve(chances: Sequence[float], labels: Sequence[int]) -> tuple[Bin, ...]:
    """Fifths of the cases, from the least to the most likely."""
    ranked = sorted(zip(chances, labels, strict=True))
    edges = [round(len(ranked) * edge / _BINS) for edge in range(_BINS + 1)]
    parts = [ranked[low:high] for low, high in pairwise(edges) if high > low]
    return tuple(
        Bin(n=len(part), predicted=_mean([chance for chance, _ in part]), happened=_mean([label for _, label in part]))
        for part in parts
    )


def _loss(chance: float, label: int) -> float:
    right = chance if label else 1 - chance
    return -math.log(max(right, 1e-9))


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values) if values else 0.0
