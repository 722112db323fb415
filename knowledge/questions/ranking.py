"""Order and limit: 前三, 最高, 倒数, top 5, 排名. Rules over the pieces of a sentence. Pure."""

from __future__ import annotations

from knowledge.metrics.registry import Better, Registry
from knowledge.questions.sentence import Draft, Sentence

_EXTREMES = {"top": True, "often": True, "slow": True, "bottom": False, "fast": False}  # cue → descending
_MOST = 1000


def read_limit(sentence: Sentence) -> int | None:
    """How many are wanted, where a number says so: 前三, 最高的三个, top 5, 三个最大的."""
    for place in sentence.cues(
        "first_n", "last_n", "worst", "best", "top", "bottom", "fast", "slow", "top_word", "rank"
    ):
        for step in (1, 2, -1):
            if (found := _count(sentence, place + step, place)) is not None:
                return found
    return None


def _count(sentence: Sentence, place: int, cue: int) -> int | None:
    if not 0 <= place < len(sentence.tokens) or place in sentence.spent:
        return None
    if abs(place - cue) == 2 and not sentence.tokens[place - 1].cue("ordinal"):
        return None
    for one in sentence.tokens[place].of("number"):
        number = one.number
        if number is not None and number.unit in ("", "count") and number.value == int(number.value):
            sentence.spent.add(place)
            return max(1, min(_MOST, int(number.value)))
    return None


def descends(sentence: Sentence, better: Better) -> bool | None:
    """Which end comes first; None when no word says. The number itself counts, but for best and worst."""
    for cue, descending in _EXTREMES.items():
        if sentence.has(cue):
            return descending
    good = better != "less"
    if sentence.has("best"):
        return good
    if sentence.has("worst"):
        return not good
    if sentence.has("last_n", "rank.up"):
        return False
    return True if sentence.has("first_n", "rank", "top_word") else None


def read_order(sentence: Sentence, registry: Registry, metric: str) -> tuple[bool, int | None] | None:
    """Whether descending, and how many; None when nothing is ranked."""
    limit = read_limit(sentence)
    descending = descends(sentence, registry.metrics[metric].better if metric else "more")
    if descending is None:
        return None
    whole = sentence.has("rank", "rank.up") and limit is None
    sentence.take(*_EXTREMES, "best", "worst", "last_n", "first_n", "rank", "rank.up", "top_word", "ordinal")
    return descending, None if whole else limit or 1


def can_rank(draft: Draft) -> bool:
    """Something to be put in order: groups, or pieces of time."""
    return bool(draft.by or draft.grain)
