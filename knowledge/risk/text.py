"""Text: course of the customer's sentiment, objections and competitors, commitments and next steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import linear_regression

from bot.contracts.listening import Dialogue, Side
from knowledge.risk.constants import COMMITMENT_KINDS, FEWEST_SENTIMENTS, OBJECTION_KINDS
from knowledge.risk.inputs import TextScores


def text(dialogue: Dialogue, scores: TextScores | None) -> Mapping[str, float | None]:
    """The three; None each where nobody looked for signals. Looked and found nothing is 0."""
    scores = scores or TextScores()
    return {
        "sentiment_slope": _slope(_course(dialogue, scores.sentiment or {})),
        "objection": _highest(scores.signals, OBJECTION_KINDS),
        "commitment": _highest(scores.signals, COMMITMENT_KINDS),
    }


def _course(dialogue: Dialogue, sentiment: Mapping[str, float]) -> Sequence[float]:
    theirs = (one for one in dialogue.utterances if one.side is Side.THEIRS)
    return [sentiment[one.id] for one in theirs if one.id in sentiment]


def _slope(course: Sequence[float]) -> float | None:
    """How much better (or, below 0, worse) the mood is at the end than at the beginning, along a straight line."""
    if len(course) < FEWEST_SENTIMENTS:
        return None
    places = [place / (len(course) - 1) for place in range(len(course))]
    return max(-2.0, min(2.0, linear_regression(places, course).slope))


def _highest(signals: Mapping[str, float] | None, kinds: Sequence[str]) -> float | None:
    return None if signals is None else max((signals.get(kind, 0.0) for kind in kinds), default=0.0)
