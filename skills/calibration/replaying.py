"""What a change would have done to the prompts of the past, and which change is worth proposing. Pure.

A prompt of the past is wrong when somebody called it a false positive, right when the salesperson used it or somebody
called it right, and unknown otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

Truth = Literal["wrong", "right", "unknown"]

PRICE = 3
"""So many false positives less are worth one true one missed: who misses it learns nothing of it."""
STEP, HIGHEST = 0.05, 0.95
"""Thresholds that are tried."""


@dataclass(frozen=True, slots=True)
class Past:
    """A prompt's signal: what people made of it, and its score before and after a change."""

    truth: Truth
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Replay:
    """How many would be told no more, of how many; and what the labels alone say of sentences that they don't name."""

    fewer: int = 0  # false positives
    wrong: int = 0
    missed: int = 0  # true ones
    right: int = 0
    other: int = 0  # of which nobody said anything
    unknown: int = 0
    repeated: int | None = None  # of the wrong ones, those that the other half of the labels silences; None: no labels

    @property
    def worth(self) -> int:
        """What it brings, less what it costs."""
        return self.fewer - PRICE * self.missed

    @property
    def likely_worth(self) -> int:
        """The same with what labels do to sentences that nobody labelled: every label silences its own sentence."""
        return (self.fewer if self.repeated is None else self.repeated) - PRICE * self.missed

    def stored(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def replay(past: Iterable[Past], before: float, after: float, repeated: int | None = None) -> Replay:
    """Thresholds before and after the change; what wasn't told before either (the rules have changed since) is out."""
    told = [one for one in past if one.before >= before]
    gone = [one.truth for one in told if one.after < after]
    all_ = [one.truth for one in told]
    counts = {truth: (gone.count(truth), all_.count(truth)) for truth in ("wrong", "right", "unknown")}
    return Replay(*counts["wrong"], *counts["right"], *counts["unknown"], repeated)


def best_threshold(past: Sequence[Past], now: float) -> tuple[float, Replay] | None:
    """The threshold above `now` that is worth most, the lowest of equals; None when none is worth anything."""
    steps = int((HIGHEST - now) / STEP + 1e-9)
    tried = [round(now + STEP * number, 2) for number in range(1, steps + 1)]
    found = [(to, replay(_unchanged(past), now, to)) for to in tried]
    best = max(found, key=lambda pair: (pair[1].worth, -pair[0]), default=None)
    return best if best and best[1].worth > 0 else None


def better(labels: Replay, threshold: tuple[float, Replay] | None) -> float | Replay | None:
    """Which one to propose: a threshold, the labels (their replay), or neither.

    Labels touch little else, so they come first; a threshold wins where it is worth more than what the labels are
    likely to do to sentences that nobody labelled.
    """
    if threshold is not None and threshold[1].worth > max(labels.likely_worth, 0):
        return threshold[0]
    return labels if labels.worth > 0 else None


def halves(ids: Iterable[str]) -> tuple[list[str], list[str]]:
    """Two halves of the labels, always the same ones, each to be judged by what the other teaches."""
    ordered = sorted(ids)
    return ordered[::2], ordered[1::2]


def _unchanged(past: Sequence[Past]) -> list[Past]:
    """A threshold changes no score."""
    return [Past(one.truth, one.before, one.before) for one in past]
