"""From a dialogue, and whatever else is known, to the twelve values."""

from __future__ import annotations

from bot.contracts.listening import Dialogue
from knowledge.risk.features import FEATURES, Values, complete
from knowledge.risk.inputs import TextScores, TimeFacts, UsualVoice, Voice
from knowledge.risk.structure import structure
from knowledge.risk.text import text
from knowledge.risk.times import times
from knowledge.risk.voice import voice


def measure(
    dialogue: Dialogue,
    *,
    heard: Voice | None = None,
    usual: UsualVoice | None = None,
    scores: TextScores | None = None,
    facts: TimeFacts | None = None,
) -> Values:
    """Twelve values, None for each that can't be measured. Pure; under a millisecond for a long conversation."""
    found = {
        **voice(dialogue, heard, usual),
        **structure(dialogue),
        **text(dialogue, scores),
        **times(dialogue, facts),
    }
    return complete({feature.key: _within(found[feature.key], feature.low, feature.high) for feature in FEATURES})


def _within(value: float | None, low: float, high: float) -> float | None:
    """A ten-hour monologue counts as the longest there is; it is no reason to fail."""
    return None if value is None else max(low, min(high, value))
