"""The small words of questions (`cues.yaml`): found at every place, in all lengths."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from config.yaml_file import read_yaml
from knowledge.questions.places import Index, index, occurrences
from knowledge.questions.tokens import Meaning, Token

FILE = Path(__file__).with_name("cues.yaml")
_SIGN = -0.1  # a comma read as 和: better than to overlook it
_CUE, _FILLER = 1.1, 1.3  # a cue says more than a filler, a name more than both


def _needs(branch: str) -> frozenset[str]:
    """Chinese characters of which a text must have one for the pattern to be worth trying; none: it is Latin."""
    return frozenset(one for one in branch if one > "\u2e7f")


def cue_tokens(text: str) -> Iterator[Token]:
    """Cues and fillers of a folded, lower-case text."""
    for start, word in occurrences(text, _filler_index()):
        yield Token(start, start + len(word), word, (Meaning("filler"),), _FILLER)
    has = frozenset(text)
    latin = any("a" <= one <= "z" for one in has)
    for pattern, needs, meaning, cost in _patterns():
        if needs.isdisjoint(has) if needs else not latin and pattern.pattern[3:6] == "(\\b":
            continue
        for found in pattern.finditer(text):  # a look ahead, so that pieces may overlap
            if found[1]:
                yield Token(*found.span(1), found[1], (meaning,), cost if found[1].strip("、,/+&") else _SIGN)


@cache
def filler_words() -> frozenset[str]:
    """Words that say nothing by themselves."""
    words = read_yaml(FILE)["filler_words"]
    return frozenset(words["zh"].split()) | frozenset(words["en"].split())


@cache
def _filler_index() -> Index:
    return index(filler_words())


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], frozenset[str], Meaning, float], ...]:
    tree = read_yaml(FILE)
    cues = [(one, Meaning("cue", name), _CUE) for name, patterns in tree["cues"].items() for one in patterns]
    hinted = [(one, Meaning("hint", name), _CUE) for name, patterns in tree["hints"].items() for one in patterns]
    fillers = [(one, Meaning("filler"), _FILLER) for one in tree["filler"]]
    return tuple(
        (re.compile(f"(?=({branch}))", re.ASCII), _needs(branch), meaning, cost)
        for pattern, meaning, cost in [*cues, *hinted, *fillers]
        for branch in branches(pattern)
    )


def branches(pattern: str) -> list[str]:
    """A pattern's alternatives, each to be looked for apart, so that the shorter doesn't hide the longer."""
    found, depth, in_class, start = [], 0, False, 0
    place = 0
    while place < len(pattern):
        character = pattern[place]
        if character == "\\":
            place += 1
        elif in_class:
            in_class = character != "]"
        elif character == "[":
            in_class = True
        elif character in "()":
            depth += 1 if character == "(" else -1
        elif character == "|" and depth == 0:
            found.append(pattern[start:place])
            start = place + 1
        place += 1
    return [*found, pattern[start:]]


@cache
def words() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Foreign words for values, and how the data says them."""
    found: dict[str, str] = read_yaml(FILE)["words"]
    return tuple((re.compile(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])"), meant) for word, meant in found.items())


@cache
def spelling() -> tuple[str, ...]:
    """Small words that are often mistyped."""
    found: str = read_yaml(FILE)["spelling"]
    return tuple(found.split())


@cache
def heads() -> tuple[str, ...]:
    """Ends of dimensions' names."""
    return tuple(read_yaml(FILE)["heads"])


@cache
def narrowed() -> tuple[tuple[str, str, str], ...]:
    """A counted thing's word, the cue or dimension beside it, and the word of what is meant then."""
    return tuple((one["of"], one["beside"], one["means"]) for one in read_yaml(FILE)["narrowed"])
