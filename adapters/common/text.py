"""Cutting text without breaking what a reader sees as one character."""

from __future__ import annotations

from unicodedata import east_asian_width

import regex

_LOOKAHEAD = 64  # code points after the window, to see whether the last grapheme goes on
_CONTROL = regex.compile(r"[\p{Cs}\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def clean(text: str) -> str:
    """Without what JSON, a database or a phone can't hold: control characters and halves of surrogate pairs."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def columns(text: str) -> int:
    """How wide a text is shown: Chinese characters take two columns."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def shorten(text: str, limit: int) -> str:
    """At most `limit` UTF-16 units, cut between graphemes and marked with … when something is missing."""
    if units(text) <= limit:
        return text
    kept, used = 0, 1  # one unit for the mark
    for match in regex.finditer(r"\X", text[: limit + _LOOKAHEAD]):
        used += units(match[0])
        if used > limit:
            break
        kept = match.end()
    return text[:kept].rstrip() + "…"


def units(text: str) -> int:
    """Length in UTF-16 units: never less than in code points, so a limit kept in units holds either way."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
