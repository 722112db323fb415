"""A question's tokens while the grammar reads them: patterns over their letters are replaced by what they mean. Pure.

A rule is a pattern over the letters of `tokens.py` and a function that says what stands for the tokens that it found
(None: nothing, look further). Letters of what rules make: c condition on rows, q condition on groups, s order (and
limit), g group, a thing to be shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from knowledge.tables.query import Column, Condition, Expression, Function, Order
from knowledge.tables.schema import Draft
from knowledge.tables.tokens import Token


class Unread(Exception):
    """The question can't be read this way; its words say what wasn't understood."""


class Doubted(Unread):
    """A word may mean two things that lie too far apart to be compared: no other reading is taken either."""


@dataclass(frozen=True, slots=True)
class Having:
    """A condition on groups, and the table whose rows are counted, if any."""

    condition: Condition
    table: str = ""


@dataclass(frozen=True, slots=True)
class Sorting:
    """By what, and how many of them; `table`: whose rows are counted."""

    order: Order
    limit: int | None = None
    table: str = ""
    offset: int = 0  # 第二: one is passed over


@dataclass(frozen=True, slots=True)
class Shown:
    """A thing to be shown; `table`: whose rows are counted."""

    expression: Expression
    table: str = ""


@dataclass(slots=True)
class Reading:
    """Where the grammar stands. `penalty`: how much was guessed or left out."""

    draft: Draft
    tokens: list[Token]
    spoken: str
    distinct: bool = False
    apart: bool = False  # 分别: a row for each
    penalty: float = 0.0
    context: list[str] = field(default_factory=list)  # tables that were named, and conditions took away

    @property
    def letters(self) -> str:
        """One letter for each token."""
        return "".join(token.letter for token in self.tokens)

    def tables(self) -> list[str]:
        """Tables named in what is left, in order."""
        return [token.value for token in self.tokens if token.letter == "T"]


Found = Sequence[Token]
Action = Callable[[Reading, Found, "re.Match[str]"], list[Token] | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern over letters and what it means."""

    pattern: re.Pattern[str]
    action: Action


def rule(pattern: str, action: Action) -> Rule:
    """Patterns are compiled once, when the module is imported."""
    return Rule(re.compile(pattern), action)


def apply(reading: Reading, rules: Sequence[Rule]) -> None:
    """Each rule as often as it finds something, one after the other."""
    for one in rules:
        place = 0
        while (match := one.pattern.search(reading.letters, place)) is not None:
            made = one.action(reading, reading.tokens[match.start() : match.end()], match)
            if made is None:
                place = match.start() + 1
            else:
                reading.tokens[match.start() : match.end()] = made
                place = match.start()
            if place > len(reading.tokens):
                break


def token(letter: str, found: Found, value: Any) -> Token:
    """What stands for the tokens that a rule found."""
    return Token(letter, "".join(one.text for one in found), value)


def function_of(one: Token) -> Function:
    """What 平均, 总, 最高, 最早 compute of a column."""
    if one.letter == "A":
        return one.value  # type: ignore[no-any-return]  # a function, by the cues
    return "max" if one.value in ("desc", "late") else "min"


def first(found: Found, letters: str) -> Token | None:
    """The first token with one of the letters."""
    return next((one for one in found if one.letter in letters), None)


def column(found: Found) -> Column | None:
    """The first column among tokens."""
    one = first(found, "C")
    return one.value if one is not None else None
