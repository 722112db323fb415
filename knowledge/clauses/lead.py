"""Patterns that are tried only where their first letters stand: hundreds of them cost no more than a few."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_SKIPPED = re.compile(r"\\b|\(\?<[!=][^()]*\)")  # what may stand before the first letter
_LITERAL = re.compile(r"(?:[^\\.^$*+?{}\[\]|()]|\\[./])+")
_OPTIONAL = ("?", "*", "{")


@dataclass(frozen=True, slots=True)
class Led:
    """One alternative of a pattern; one of `leads` stands in every text that it matches ("" is in any)."""

    leads: tuple[str, ...]
    pattern: re.Pattern[str]

    def finditer(self, text: str, lowered: str) -> Iterator[re.Match[str]]:
        """Matches in `text`; `lowered` is the same in lower case."""
        if any(lead in lowered for lead in self.leads):
            yield from self.pattern.finditer(text)


def led(expressions: Iterable[str]) -> tuple[Led, ...]:
    """The alternatives of all expressions, each with what it begins with."""
    return tuple(
        Led(tuple(_leads(alternative)), re.compile(alternative, re.I))
        for expression in expressions
        for alternative in _alternatives(expression)
    )


def _alternatives(expression: str) -> Iterator[str]:
    """The expression cut at each | that stands in no bracket."""
    depth = start = 0
    in_set = escaped = False
    for place, character in enumerate(expression):
        if escaped or character == "\\":
            escaped = not escaped
        elif in_set or character == "[":
            in_set = character != "]"
        elif character in "()":
            depth += 1 if character == "(" else -1
        elif character == "|" and depth == 0:
            yield expression[start:place]
            start = place + 1
    yield expression[start:]


def _leads(alternative: str) -> Iterator[str]:
    """The letters that it can begin with; "" where that can't be told."""
    rest = alternative
    while skipped := _SKIPPED.match(rest):
        rest = rest[skipped.end() :]
    if rest.startswith("(?:"):
        inner, behind = _group(rest)
        if not behind.startswith(_OPTIONAL):
            for choice in _alternatives(inner):
                yield from _leads(choice)
            return
        yield from _leads(behind.lstrip("?"))
        for choice in _alternatives(inner):
            yield from _leads(choice)
        return
    literal = _LITERAL.match(rest)
    if literal is None:
        yield ""
        return
    optional = rest[literal.end() :].startswith(_OPTIONAL)
    yield literal[0].replace("\\", "")[: -1 if optional else None].lower()


def _group(expression: str) -> tuple[str, str]:
    """What stands in the first (?:…) and what follows it."""
    depth = 0
    in_set = escaped = False
    for place, character in enumerate(expression):
        if escaped or character == "\\":
            escaped = not escaped
        elif in_set or character == "[":
            in_set = character != "]"
        elif character in "()":
            depth += 1 if character == "(" else -1
            if depth == 0:
                return expression[3:place], expression[place + 1 :]
    return expression[3:], ""
