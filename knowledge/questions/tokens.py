"""A sentence cut into known pieces: so that least is unexplained, and then so that there are fewest. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from knowledge.metrics.periods import Period
from knowledge.questions.numerals import Number

Kind = Literal["metric", "dimension", "value", "rows", "column", "span", "number", "cue", "hint", "filler", "unknown"]
_UNEXPLAINED = 7.0  # of a character; a piece costs about 1


@dataclass(frozen=True, slots=True)
class Meaning:
    """One thing that words may mean. `name`: of the metric, dimension, table, or cue; `value`: of the dimension, or the
    table's column. `period`, `number`: of a span and a number."""

    kind: Kind
    name: str = ""
    value: str = ""
    period: Period | None = None
    number: Number | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the folded sentence and all that it may mean. `guessed`: it is mistyped."""

    start: int
    end: int
    said: str
    meanings: tuple[Meaning, ...]
    cost: float = 1.0
    guessed: bool = False

    def of(self, kind: Kind) -> tuple[Meaning, ...]:
        """Its meanings of one kind."""
        return tuple(one for one in self.meanings if one.kind == kind)

    def has(self, kind: Kind, name: str = "") -> bool:
        """Whether it may mean that."""
        return any(one.kind == kind and (not name or one.name == name) for one in self.meanings)

    def cue(self, *names: str) -> bool:
        """Whether it is one of these cues."""
        return any(one.kind == "cue" and one.name in names for one in self.meanings)


def cut(text: str, known: Iterable[Token]) -> list[Token]:
    """The best way through the text; what nothing explains comes as tokens of kind "unknown"."""
    ending: dict[int, list[Token]] = {}
    for token in _merged(known):
        ending.setdefault(token.end, []).append(token)
    best: list[tuple[float, Token | None]] = [(0.0, None)]
    for end in range(1, len(text) + 1):
        free = 0.0 if _is_empty(text[end - 1]) else _UNEXPLAINED
        chosen: tuple[float, Token | None] = (best[end - 1][0] + free, None)
        for token in ending.get(end, ()):
            cost = best[token.start][0] + token.cost
            if cost < chosen[0]:
                chosen = (cost, token)
        best.append(chosen)
    return _walked(text, best)


def _merged(known: Iterable[Token]) -> Iterable[Token]:
    """Tokens at the same place become one with all meanings, those of the cheapest first."""
    places: dict[tuple[int, int], list[Token]] = {}
    for token in known:
        places.setdefault((token.start, token.end), []).append(token)
    for tokens in places.values():
        tokens.sort(key=lambda one: one.cost)
        first = tokens[0]
        meanings = tuple(dict.fromkeys(one for token in tokens for one in token.meanings))
        if any(one.kind == "metric" for one in meanings):
            meanings = tuple(one for one in meanings if one.kind not in ("cue", "hint"))
        guessed = all(token.guessed for token in tokens)
        yield Token(first.start, first.end, first.said, meanings, first.cost, guessed)


def _walked(text: str, best: Sequence[tuple[float, Token | None]]) -> list[Token]:
    found: list[Token] = []
    end = len(text)
    while end > 0:
        token = best[end][1]
        if token is None:
            begin = end - 1
            while begin > 0 and best[begin][1] is None:
                begin -= 1
            found += _unknown(text, begin, end)
            end = begin
            continue
        found.append(token)
        end = token.start
    return found[::-1]


def _unknown(text: str, begin: int, end: int) -> list[Token]:
    """Stretches without blanks and punctuation, last first."""
    found: list[Token] = []
    start = begin
    for place in range(begin, end + 1):
        if place == end or _is_empty(text[place]):
            if place > start:
                found.append(Token(start, place, text[start:place], (Meaning("unknown"),), 0.0))
            start = place + 1
    return found[::-1]


def _is_empty(character: str) -> bool:
    return not character.isalnum()
