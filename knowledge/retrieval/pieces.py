"""Cuts a long passage into pieces for the embedding model; short ones, the rule here, stay whole."""

import hashlib
import re

from knowledge.retrieval.folding import fold

PIECE_CHARACTERS = 160
"""A vector of a whole page is near nothing in particular; of a few sentences it is."""
_SENTENCE_ENDS = re.compile(r"(?<=[。！？；!?;])|(?<=[.:]) |\n+")


def pieces_of(text: str) -> list[str]:
    """Folded pieces of whole sentences, each at most `PIECE_CHARACTERS` long; at least one, maybe empty."""
    pieces = [""]
    for sentence in filter(None, (fold(part) for part in _SENTENCE_ENDS.split(text))):
        for part in _slices(sentence):
            joined = f"{pieces[-1]} {part}".strip()
            if len(joined) <= PIECE_CHARACTERS:
                pieces[-1] = joined
            else:
                pieces.append(part)
    return [piece for piece in pieces if piece] or [""]


def key_of(piece: str) -> str:
    """What the vector store knows a piece by: equal texts share one vector, whoever uses them."""
    return hashlib.sha256(piece.encode()).hexdigest()[:32]


def _slices(sentence: str) -> list[str]:
    return [sentence[i : i + PIECE_CHARACTERS] for i in range(0, len(sentence), PIECE_CHARACTERS)]
