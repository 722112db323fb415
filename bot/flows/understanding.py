"""From a transcript with sides to signals, promises, next step and summary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from bot.contracts.listening import Dialogue, Side, Signal
from knowledge.listening.promises import promises_of
from knowledge.listening.sides import with_sides
from knowledge.listening.summary import Point, points_of
from knowledge.signals.detector import Detector
from skills.recordings.report import Report, Understood

PROMISE, NEXT, NO_NEXT = "promise_made", "next_step_agreed", "no_next_step"
SURE = 0.85  # from which a classifier alone makes a promise of a sentence without the rules' words
LAST_PART = 0.5  # of the talk: what is agreed before it is rarely how it ended


async def understand(
    dialogue: Dialogue,
    sides: Mapping[str, Side],
    measures: Mapping[str, Mapping[str, Any]],
    detector: Detector,
    said: date,
) -> Understood:
    """Everything that is found, with these sides of the speakers. `said`: the day of the talk."""
    dialogue = replace(dialogue, utterances=with_sides(dialogue.utterances, sides))
    signals = await detector.of_utterances(dialogue)
    scores = await detector.score_texts([(one.text, one.side, dialogue.source) for one in dialogue.utterances])
    sure = {one.id for one, score in zip(dialogue.utterances, scores, strict=True) if score.get(PROMISE, 0.0) >= SURE}
    promises = promises_of(dialogue, said, sure)
    step = _next_step(dialogue, [score.get(NEXT, 0.0) for score in scores], detector.report_at(NEXT))
    points = points_of(dialogue, signals, promises, step.utterance_id if step else "")
    none = step is None and any(signal.kind == NO_NEXT for signal in signals)
    return Understood(dialogue, _told(signals), Report(points, promises, step, none, sides, measures))


def _told(signals: Sequence[Signal]) -> list[Signal]:
    """Promises are listed as such."""
    return [signal for signal in signals if signal.kind != PROMISE]


def _next_step(dialogue: Dialogue, scores: Sequence[float], least: float) -> Point | None:
    """The last utterance of the talk's later part that agrees on one."""
    first = int(len(scores) * LAST_PART)
    found = [one for at, one in enumerate(dialogue.utterances) if at >= first and scores[at] >= least]
    return Point(found[-1].id, found[-1].text.strip()) if found else None
