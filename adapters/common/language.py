"""In which language something is written, for the few words that the adapter adds. Pure."""

from __future__ import annotations

import regex

from bot.contracts.card import Card

_HAN, _LETTER, _WORDS = (regex.compile(pattern) for pattern in (r"\p{Han}", r"\p{Latin}", r"[\p{Han}\p{Latin}]"))


def language(text: str) -> str:
    """ "zh" or "en". One character of Chinese weighs two letters, so a Chinese name leaves English text English."""
    han, letters = len(_HAN.findall(text)), len(_LETTER.findall(text))
    return "zh" if 2 * han >= letters else "en"


def card_language(card: Card) -> str:
    """That of the card's own words: source and summary often name people and customers in another language."""
    labels = [*(section.title for section in card.sections), *(fact.label for fact in card.facts)]
    labels += [action.label for action in card.actions]
    own = " ".join([card.headline, *labels])
    return language(own if _WORDS.search(own) else card.summary)
