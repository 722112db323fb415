"""How much of a question's words a card knows at all, from its head to its basis.

Search compares a question with single sentences. Whether a word that carries the question, such as 电费 or a name,
occurs anywhere on a card is evidence of another kind: without it, the nearest card is often a wrong one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from knowledge.playbook.card import PlaybookCard
from knowledge.retrieval.folding import fold
from knowledge.retrieval.language import is_chinese
from knowledge.retrieval.words import tokens_of

REMEMBERED = 4096  # words
UNTOLD = 0.4  # the share taken for a card that isn't written in the question's language: about the middle
_SEPARATORS = re.compile(r"[^\w]+|_")


class Coverage:
    """The words of all cards, both languages of one together. Immutable."""

    def __init__(self, cards: Iterable[PlaybookCard]) -> None:
        texts: dict[str, list[str]] = {}
        languages: dict[str, set[str]] = {}
        for card in cards:
            texts.setdefault(card.id, []).append(_text(card))
            languages.setdefault(card.id, set()).add(card.language)
        self._texts: Mapping[str, str] = {id_: " ".join(parts) for id_, parts in texts.items()}
        self._languages: Mapping[str, set[str]] = languages
        self._holders = lru_cache(REMEMBERED)(self._find_holders)

    def shares(self, question: str, ids: Iterable[str]) -> dict[str, float]:
        """For each card the share, 0..1, of the question's words that it has; rare words weigh more."""
        language = "zh" if is_chinese(question) else "en"
        holders = [(self._holders(token)) for token in set(tokens_of(question))]
        weights = [math.log((len(self._texts) + 1) / (len(found) + 0.5)) for found in holders]
        whole = sum(weights)
        if whole <= 0:
            return dict.fromkeys(ids, UNTOLD)
        return {
            id_: sum(weight for found, weight in zip(holders, weights, strict=True) if id_ in found) / whole
            if language in self._languages.get(id_, ())
            else UNTOLD
            for id_ in ids
        }

    def _find_holders(self, token: str) -> frozenset[str]:
        # A latin word counts where one begins with it: "deliver" is known to a card that says "delivery".
        word = f" {_plain(token)}" if token.isascii() else token
        return frozenset(id_ for id_, text in self._texts.items() if word in text)


def _text(card: PlaybookCard) -> str:
    parts = (*card.triggers, *card.names, card.title, card.situation, card.point, card.steps, card.say)
    return f" {_plain(fold(' '.join((*parts, card.avoid, card.basis, card.comparison))).lower())}"


def _plain(text: str) -> str:
    return _SEPARATORS.sub(" ", text)
