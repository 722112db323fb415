"""Structure: talk ratio, longest monologue, question rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.contracts.listening import Dialogue, Side
from knowledge.risk.constants import FEWEST_UTTERANCES, UNKNOWN_ALLOWED
from knowledge.risk.turns import Turn, turns


def structure(dialogue: Dialogue) -> Mapping[str, float | None]:
    """The three, or None each where it isn't known who speaks, or hardly anything was said."""
    found = turns(dialogue)
    if len(dialogue.utterances) < FEWEST_UTTERANCES or _unknown_share(found) > UNKNOWN_ALLOWED:
        return {"talk_ratio": None, "longest_monologue": None, "question_rate": None}
    ours = [turn for turn in found if turn.side is Side.OURS]
    return {
        "talk_ratio": _talk_ratio(found),
        "longest_monologue": max((turn.minutes for turn in ours), default=0.0),
        "question_rate": sum(turn.asks for turn in ours) / len(ours) if ours else None,
    }


def _talk_ratio(found: Sequence[Turn]) -> float | None:
    ours, theirs = _spoken(found, Side.OURS), _spoken(found, Side.THEIRS)
    return ours / (ours + theirs) if ours + theirs > 0 else None


def _unknown_share(found: Sequence[Turn]) -> float:
    everything = sum(turn.minutes for turn in found)
    return _spoken(found, Side.UNKNOWN) / everything if everything > 0 else 1.0


def _spoken(found: Sequence[Turn], side: Side) -> float:
    return sum(turn.minutes for turn in found if turn.side is side)
