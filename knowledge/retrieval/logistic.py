"""Logistic regression on a few features, small enough to read."""

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
STEPS = 30
PULL = 0.02
"""Strength of the pull towards the usual parameters, relative to the data; keeps the fit finite."""


def sigmoid(values: Numbers) -> Numbers:
    """The logistic curve, safe for any number."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(values, -30.0, 30.0))), dtype=np.float64)


def fit_logistic(features: Numbers, labels: Numbers, weights: Numbers, usual: Numbers) -> Numbers:
    """(bias, one slope for each feature) that best tell label 1 from label 0, by Newton's method.

    `features` has one row for each case; `usual` is the answer in the absence of data.
    """
    inputs = np.column_stack([np.ones(len(features)), features])
    pull = PULL * weights.sum()
    parameters = usual.copy()
    for _ in range(STEPS):
        chance = sigmoid(inputs @ parameters)
        slope = inputs.T @ (weights * (chance - labels)) + pull * (parameters - usual)
        curve = (inputs * (weights * chance * (1 - chance))[:, None]).T @ inputs + pull * np.eye(len(usual))
        parameters = parameters - np.linalg.solve(curve, slope)
    return parameters
