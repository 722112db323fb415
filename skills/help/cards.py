"""The card of 帮助."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid4

from bot.contracts import Card, Section
from config.locales import t
from skills.help.offers import Offer


def help_card(offers: Sequence[Offer], language: str) -> Card:
    """One line for each skill; unfolded, what one can ask. Without buttons: its examples are for typing."""
    lines = [t("help.line", language, title=offer.title, question=offer.questions[0]) for offer in offers]
    return Card(
        id=f"help-{uuid4().hex}",
        headline=t("help.headline", language),
        summary="\n".join(lines),
        source=t("help.title", language),
        sections=tuple(_section(offer) for offer in offers),
    )


def _section(offer: Offer) -> Section:
    title = " · ".join(part for part in (offer.title, offer.purpose) if part)
    return Section(title, "\n".join(f"- {question}" for question in offer.questions))
