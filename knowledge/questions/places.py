"""Words of a list found in a text, at every place and in all lengths. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

Index = dict[str, list[str]]
_LATIN = re.compile(r"[a-z0-9]")


def index(words: Iterable[str]) -> Index:
    """Words by their first character."""
    found: Index = {}
    for word in words:
        if word:
            found.setdefault(word[0], []).append(word)
    return found


def occurrences(text: str, known: Index) -> Iterator[tuple[int, str]]:
    """Where each word begins. Latin words have borders: SQL isn't in "sqlite". Chinese ones have none."""
    for start, character in enumerate(text):
        for word in known.get(character, ()):
            if text.startswith(word, start) and _bordered(text, start, start + len(word)):
                yield start, word


def _bordered(text: str, start: int, end: int) -> bool:
    before = start > 0 and _LATIN.match(text[start]) and _LATIN.match(text[start - 1])
    behind = end < len(text) and _LATIN.match(text[end - 1]) and _LATIN.match(text[end])
    return not before and not behind
