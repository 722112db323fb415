"""Titles with the numbers under which they stay on the screen. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from knowledge.playbook.card import PlaybookCard

Numbered = Mapping[int, PlaybookCard]


def from_one(cards: Sequence[PlaybookCard]) -> dict[int, PlaybookCard]:
    """A new list."""
    return dict(enumerate(cards, 1))


def lines(cards: Numbered) -> list[str]:
    """One line for each title."""
    return [f"{number}. {card.title}" for number, card in cards.items()]
