"""How the words of a question were taken, for "what I understood". Pure."""

from __future__ import annotations

from knowledge.questions.grammar import Parsed
from knowledge.questions.outcome import Piece


def pieces(parsed: Parsed) -> tuple[Piece, ...]:
    """How the words were taken, in their order."""
    found: list[Piece] = []
    used = {(one.dimension, value) for one in parsed.draft.where for value in one.values}
    split = parsed.draft.by
    for place, token in enumerate(parsed.sentence.tokens):
        if place in parsed.measured.places:
            name = parsed.measured.names[parsed.measured.places.index(place)]
            found.append(Piece(token.said, "metric", name))
        elif token.has("span"):
            found.append(Piece(token.said, "span", ""))
        elif values := [one for one in token.of("value") if (one.name, one.value) in used or one.name in split]:
            found += [Piece(token.said, "value", one.name, one.value) for one in values]
        elif token.has("dimension") and token.of("dimension")[0].name in parsed.draft.by:
            found.append(Piece(token.said, "dimension", token.of("dimension")[0].name))
        elif token.has("number"):
            found.append(Piece(token.said, "number", ""))
    return tuple(found)
