"""The drawing of an answer: bars for groups, lines for a trend, two series for a comparison. Pure."""

from __future__ import annotations

from skills.questions.answer import Answer
from skills.questions.bars import bars
from skills.questions.shapes import Drawing
from skills.questions.trend import trend


def draw(answer: Answer) -> Drawing | None:
    """None where one number says it all, or there is nothing to draw."""
    if answer.is_empty or answer.plan.kind != "value" or not answer.metric:
        return None
    return trend(answer) if answer.plan.grain else bars(answer) if answer.plan.by else None
