"""What a question is cut into before the grammar reads it, and the words that give a question its form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from config.yaml_file import read_yaml
from knowledge.tables.query import Column

# Letters of tokens: T table, C column, V stored value, N number or day, L quoted text, U word that nobody knows,
# A average or sum, K "number of", M "how many", X superlative, F first n, O "sorted by", S "sorted", D direction,
# G "each", B comparison before its number, P after it, R between, J to, r after a range, H contains, h begins with,
# n not, E except, & and, o or, t both, d of, w which, u different, b than, Y higher, m times,
# e difference or quotient of two, f plus or minus between two, Q per head or area, W "is a share of", % share, i is,
# v has, y another verb, p they, z among, k counting word, x nothing.


@dataclass(frozen=True, slots=True)
class Piece:
    """A word of the question as it stands there."""

    text: str
    start: int
    letter: str = ""  # of the cue that it is; "" none
    say: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a mention may mean, and how sure that is (0..1)."""

    score: float
    table: str = ""
    column: Column | None = None
    value: str | None = None


@dataclass(slots=True)
class Token:
    """A piece of the question for the grammar: its letter and what it carries."""

    letter: str
    text: str
    value: Any = None
    unit: str = ""
    choices: tuple[Choice, ...] = ()
    column: Column | None = None  # of a value: where it is stored
    score: float = 1.0
    counts: bool = False  # of a number: said with a counting word, so rows are counted and nothing is measured


@dataclass(frozen=True, slots=True)
class Cues:
    """`words`: word or phrase → (letter, say). `units`: unit → what it measures. `longest`: in words of English."""

    words: Mapping[str, tuple[str, str]]
    units: Mapping[str, str]
    longest: int = field(default=6)


@cache
def cues(lang: str) -> Cues:
    """The cues of a language; units are of both."""
    read = read_yaml(Path(__file__).with_name("cues.yaml"))
    words: dict[str, tuple[str, str]] = {}
    for entry in read[lang]:
        listed = entry["words"]
        found = listed if isinstance(listed, list) else [word.strip('"') for word in str(listed).split()]
        for word in found:
            words.setdefault(str(word), (entry["letter"], entry["say"]))
    units = {word: kind for kind, listed in read["units"].items() for word in str(listed).split()}
    return Cues(words, units, max(len(word.split()) for word in words))


Number = int | Decimal
