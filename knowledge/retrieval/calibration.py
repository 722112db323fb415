"""Learns from a collection itself how to weigh keywords against vectors, and when nothing fits.

Positives are the collection's own sentences, each searched with itself left out: it should find its group
through the others. Negatives are generic sentences about anything else (`off_topic.txt`).
"""

from dataclasses import dataclass, field, replace

import numpy as np

from knowledge.retrieval.embedder import Matrix
from knowledge.retrieval.evidence import Evidence
from knowledge.retrieval.fusion import Scale, fuse, saturated
from knowledge.retrieval.logistic import Numbers, fit_logistic, sigmoid
from knowledge.retrieval.trials import Trials, without_vectors

PRIOR_STRENGTH = 20
"""The usual values count as much as this many sentences, so that a small collection can't mislead."""
USUAL_WEIGHT = 0.5
WEIGHTS = tuple(step / 10 for step in range(1, 10))
NEARLY_BEST = 0.01
TYPICAL_MATCH = (0.8, 0.0)
"""Fused value and nearness to off-topic sentences of a question that fits, both on the common scale."""
IMAGINED = 5
"""So many typical matches join the measured ones: all there is for a collection of single sentences."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """The numbers of one generation. The defaults hold for a collection that hasn't been measured."""

    scale: Scale = field(default_factory=Scale)
    weight: float = USUAL_WEIGHT
    """The vectors' share in the fused score; 0 while there are none."""
    bias: float = -1.5
    slope: float = 4.0
    """How much a better match makes it likelier that the query fits."""
    contrast: float = -2.0
    """How much nearness to off-topic sentences makes it less likely."""

    def fused(self, evidence: Evidence) -> Matrix:
        """One value for each group; 0 is off-topic, 1 clearly on it, without limits."""
        return fuse(evidence, self.scale, self.weight)

    def likelihood(self, fused: float, off_topic: float) -> float:
        """0..1; 0.5 and above fits. Keeps the order of a query's fused values."""
        away = float(self.scale.dense(np.array([off_topic]))[0]) if self.weight > 0 else 0.0
        return float(sigmoid(np.array([self.bias + self.slope * fused + self.contrast * away]))[0])


def calibrate(trials: Trials) -> Calibration:
    """Measure scale, weight and threshold, in this order: each is used by the next."""
    found = Calibration(scale=_scale(trials))
    return _with_threshold(replace(found, weight=_weight(trials, found)), trials)


def calibrate_keywords(trials: Trials) -> Calibration:
    """The same for the time without vectors: keywords alone decide."""
    return _with_threshold(Calibration(scale=_scale(trials), weight=0.0), without_vectors(trials))


def _scale(trials: Trials) -> Scale:
    usual = Scale()
    far, far_words = trials.off_topic.dense.max(axis=1), saturated(trials.off_topic.keyword).max(axis=1)
    return Scale(
        dense_floor=float(far.mean()),
        # One model's cosines spread over 0.3, another's over 0.06: off-topic sentences tell which it is.
        dense_width=_width(trials.own.dense.max(axis=1), 3.0 * float(far.std())),
        keyword_floor=float(far_words.mean()),
        keyword_width=_width(saturated(trials.own.keyword).max(axis=1), usual.keyword_width),
    )


def _width(values: Matrix, usual: float) -> float:
    measured = 2.0 * float(values.std()) if len(values) > 1 else usual
    return max(_pulled(measured, usual, len(values)), 0.02)


def _weight(trials: Trials, found: Calibration) -> float:
    """The middle of the weights that rank nearly as well as the best, pulled towards the usual one."""
    if len(trials.right) == 0:
        return USUAL_WEIGHT
    ranked = [(_mean_reciprocal_rank(trials, replace(found, weight=weight)), weight) for weight in WEIGHTS]
    best = max(rank for rank, _ in ranked)
    good = [weight for rank, weight in ranked if rank >= best - NEARLY_BEST]
    return _pulled(float(np.mean(good)), USUAL_WEIGHT, len(trials.right))


def _mean_reciprocal_rank(trials: Trials, calibration: Calibration) -> float:
    fused = calibration.fused(trials.own)
    right = fused[np.arange(len(fused)), trials.right]
    return float(np.mean(1.0 / (fused >= right[:, None]).sum(axis=1)))


def _pulled(measured: float, usual: float, cases: int) -> float:
    share = cases / (cases + PRIOR_STRENGTH)
    return share * measured + (1.0 - share) * usual


def _with_threshold(found: Calibration, trials: Trials) -> Calibration:
    own = np.concatenate([_features(found, trials.own), np.tile(TYPICAL_MATCH, (IMAGINED, 1))])
    off_topic = _features(found, trials.off_topic)
    labels = np.concatenate([np.ones(len(own)), np.zeros(len(off_topic))])
    # Both kinds weigh the same in sum, however many of each there are.
    weights = np.concatenate([_shares(len(own)), _shares(len(off_topic))])
    usual = np.array([found.bias, found.slope, found.contrast])
    bias, slope, contrast = fit_logistic(np.concatenate([own, off_topic]), labels, weights, usual)
    return replace(found, bias=float(bias), slope=max(float(slope), 0.5), contrast=min(float(contrast), 0.0))


def _features(calibration: Calibration, evidence: Evidence) -> Numbers:
    """For each query: its best fused value, and its nearness to off-topic sentences on the same scale."""
    away = calibration.scale.dense(evidence.off_topic) * (calibration.weight > 0)
    return np.column_stack([calibration.fused(evidence).max(axis=1), away]).astype(np.float64)


def _shares(cases: int) -> Numbers:
    return np.full(cases, 100.0 / cases)
