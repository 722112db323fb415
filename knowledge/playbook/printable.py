"""Text as people type it, without what no database or model can hold."""

from __future__ import annotations

import unicodedata

_NOT_TEXT = frozenset({"Cc", "Cs"})  # control characters, lone surrogates


def printable(text: str) -> str:
    """The text on one line: what can't be read becomes a space."""
    return " ".join("".join(" " if unicodedata.category(c) in _NOT_TEXT else c for c in text).split())
