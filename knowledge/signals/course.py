"""The course of the customer's feeling over a conversation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

LATE = 0.6
"""What an utterance weighs against the one after it, for the mood at the end."""


@dataclass(frozen=True, slots=True)
class Course:
    """Valences lie between -1 (angry) and 1 (pleased). `slope` is per utterance, None below three of them."""

    last: float  # mood at the end, the latest weighing most
    slope: float | None
    utterances: int


def valence(negative: float, positive: float) -> float:
    """One number from the two classifiers' probabilities."""
    return positive - negative


def course_of(valences: Sequence[float]) -> Course | None:
    """The line through the valences in order of time; None without any."""
    if not valences:
        return None
    values = np.asarray(valences, dtype=np.float64)
    weights = LATE ** np.arange(len(values))[::-1]
    slope = float(np.polyfit(np.arange(len(values)), values, 1)[0]) if len(values) >= 3 else None
    return Course(float(values @ weights / weights.sum()), slope, len(values))
