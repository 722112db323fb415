"""How sure an answer is. Pure.

The numbers are a logistic regression on the development and everyday questions of the sample playbook and on its own
sentences, searched with themselves and with their whole card left out (then no answer is right). What came out of it
on questions that it never saw is in `tests/evals/retrieval/README.md`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from knowledge.playbook.coverage import UNTOLD
from knowledge.retrieval.passage import Hit

SURE = 0.5  # confidence from which an answer is offered without a doubt
WORTH_ANSWERING = 0.3  # confidence below which titles are offered instead of a card
COVERAGE = 3.0  # what knowing all of a question's words is worth when cards are put in order, in logits
_BIAS, _MATCH, _LEAD, _COVERED = -1.56, 0.26, 0.67, 0.22
_LONGEST_LEAD = 4.0  # logits; beyond it a second card is no rival


def covered(hits: Sequence[Hit], shares: Mapping[str, float]) -> list[Hit]:
    """Hits with coverage weighed in; one that covers a middling share keeps its score."""
    return [replace(hit, score=_sigmoid(_logit(hit.score) + _gain(shares, hit.group))) for hit in hits]


def confidence(match: float, scores: Sequence[float], share: float) -> float:
    """0..1. `match`: retrieval's score of the best card; `scores`: of all cards as they were put in order, the best
    first; `share`: how much of the question's words the best one has."""
    lead = _logit(scores[0]) - _logit(scores[1]) if len(scores) > 1 else _LONGEST_LEAD
    return _sigmoid(_BIAS + _MATCH * _logit(match) + _LEAD * min(lead, _LONGEST_LEAD) + _COVERED * share)


def _gain(shares: Mapping[str, float], group: str) -> float:
    return COVERAGE * (shares.get(group, UNTOLD) - UNTOLD)


def _logit(chance: float) -> float:
    bounded = min(max(chance, 1e-6), 1 - 1e-6)
    return math.log(bounded / (1 - bounded))


def _sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-value))
