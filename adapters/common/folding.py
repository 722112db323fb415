"""What of a card is seen, whatever the platform. Pure."""

from __future__ import annotations

from bot.contracts.card import Card


def shows_details(card: Card) -> bool:
    """Facts and sections are seen when the card is unfolded, or when there is nothing to unfold."""
    return card.unfolded or not card.sections


def fold_key(card: Card) -> str:
    """Which of 展开 and 收起 the card offers; "" when there is nothing to unfold."""
    if not card.sections:
        return ""
    return "fold" if card.unfolded else "unfold"
