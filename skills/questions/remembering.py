"""What a conversation keeps of the last answer, for the sentence that goes on with it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.contracts import Remember
from knowledge.metrics.plan import Plan, dump, read
from knowledge.questions.outcome import PROPOSED, Piece


def remember(plan: Plan, words: Sequence[str], pieces: Sequence[Piece] = ()) -> Remember:
    """What the next sentence may go on with."""
    proposed = {"proposed": True} if any(one.is_proposed for one in pieces) else {}
    return Remember({"plan": dump(plan), "words": list(words), **proposed})


def pieces_of(memory: Mapping[str, Any]) -> tuple[Piece, ...]:
    """Whether a model named what the last answer was about: a sentence that changes a part of it leaves the rest."""
    return (PROPOSED,) if memory.get("proposed") else ()


def plan_of(memory: Mapping[str, Any]) -> Plan | None:
    """The plan that was answered last; None when there is none, or a version before kept it that named things
    otherwise."""
    try:
        return read(memory["plan"]) if memory.get("plan") else None
    except (ValueError, KeyError, TypeError):
        return None


def words_of(memory: Mapping[str, Any]) -> tuple[str, ...]:
    """The question and its follow-ups."""
    return tuple(map(str, memory.get("words", ())))
