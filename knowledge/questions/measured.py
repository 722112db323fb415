"""Metrics as a sentence names them, each at its place, and how a word asks for a number or money. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from knowledge.questions.lexicon import Lexicon
from knowledge.questions.reading import folded
from knowledge.questions.sentence import Sentence
from knowledge.questions.tokens import Token

HOW_MANY = ("多少", "几", "how many", "number of")
BOUNDS = ("gt", "gte", "lt", "lte", "eq", "between")


@dataclass(slots=True)
class Measured:
    """Metrics in the order said, each with its place; `open`: places whose word may be any of several metrics."""

    places: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    open: dict[int, tuple[str, ...]] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)  # words that make something else of a metric: 输单金额

    @property
    def all(self) -> tuple[str, ...]:
        """Every metric that may be meant."""
        return tuple(dict.fromkeys([*self.names, *(one for several in self.open.values() for one in several)]))

    def near(self, place: int) -> str:
        """The metric named closest before a place, else behind it; "" when none is."""
        before = [name for at, name in zip(self.places, self.names, strict=True) if at < place]
        return before[-1] if before else (self.names[0] if self.names else "")


def is_amount(token: Token) -> bool:
    """金额: a column of many tables, and any of several metrics."""
    return token.has("column") and len(token.of("metric")) > 1 and not token.has("rows")


def is_counted(sentence: Sentence, place: int) -> bool:
    """多少线索: its count is asked for, whatever else is."""
    before = sentence.tokens[place - 1] if place else None
    behind = sentence.tokens[place + 1] if place + 1 < len(sentence.tokens) else None
    if behind is not None and behind.cue("ask") and "多少" in behind.said:
        return not sentence.text[behind.end : behind.end + 1].isalnum()  # 线索多少？回款多少？
    return before is not None and before.cue("ask") and any(word in before.said for word in HOW_MANY)


def metrics_of(word: str, lexicon: Lexicon) -> tuple[str, ...]:
    return lexicon.metrics(folded(word))
