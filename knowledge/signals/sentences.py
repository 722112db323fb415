"""Cuts what somebody said into sentences short enough to judge one by one."""

from __future__ import annotations

import re

LONGEST = 120  # characters; the classifier learned from single sentences
MOST = 200  # sentences of one text; what comes after them isn't read
_END = re.compile(r"(?<=[。！？!?；;\n])|(?<=[.] )")
_COMMA = re.compile(r"(?<=[，,、])")


def sentences_of(text: str) -> list[str]:
    """The sentences, each standing word for word in the text; nothing of a text without words."""
    found: list[str] = []
    for sentence in _END.split(text[: LONGEST * MOST]):
        found += [sentence] if len(sentence) <= LONGEST else _pieces(sentence)
    return [piece for piece in (sentence.strip() for sentence in found) if any(c.isalnum() for c in piece)][:MOST]


def _pieces(sentence: str) -> list[str]:
    pieces = [""]
    for part in _COMMA.split(sentence):
        for start in range(0, len(part), LONGEST):
            piece = part[start : start + LONGEST]
            if len(pieces[-1]) + len(piece) > LONGEST:
                pieces.append("")
            pieces[-1] += piece
    return pieces
