"""What of a card is indexed, and what a filter may decide on."""

from __future__ import annotations

from collections.abc import Iterable

from knowledge.playbook.card import PlaybookCard
from knowledge.retrieval.passage import Passage


def passages_of(card: PlaybookCard) -> list[Passage]:
    """Trigger sentences, title and situation. Both languages of a card lead to one group, its id."""
    facets = {
        "language": card.language,
        "valid_until": card.valid_until.isoformat(),
        "kind": card.kind,
        "industry": ",".join(card.industry),
    }
    texts = dict.fromkeys(text for text in (*card.triggers, card.title, card.situation) if text)
    return [Passage(f"{card.id}|{card.language}|{number}", text, card.id, facets) for number, text in enumerate(texts)]


def is_valid(passage: Passage, today: str) -> bool:
    """Whether the card behind a passage may still be offered on a day, written YYYY-MM-DD."""
    return passage.facets.get("valid_until", "") >= today


def all_passages(cards: Iterable[PlaybookCard]) -> list[Passage]:
    """The whole index."""
    return [passage for card in cards for passage in passages_of(card)]
