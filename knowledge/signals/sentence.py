"""One sentence with everything that the features read from it, worked out once for all kinds."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.retrieval.folding import fold
from knowledge.signals.framing import is_question
from knowledge.signals.names import Mention, Names
from knowledge.signals.sounds import Syllables, syllables


@dataclass(frozen=True, slots=True)
class Sentence:
    """`text` is as said; `folded` is in simplified characters and half width, in lower case."""

    text: str
    folded: str
    heard: Syllables
    mentions: tuple[Mention, ...]  # competitors
    asks: bool


def read_sentence(text: str, names: Names) -> Sentence:
    """Fold it, hear it, and look for competitors in it."""
    folded = fold(text).lower()
    heard = syllables(folded)
    return Sentence(text, folded, heard, tuple(names.find(folded, heard)), is_question(folded))
