"""The cards of 帮助."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid4

from bot.contracts import Action, Card, Section
from config.locales import t
from skills.help.offers import Offer, in_turn, key_of

BUTTONS = 5  # WeCom shows six, and 展开 is one of them
GREETED_WITH = 3
LINES = 8  # of the summary: what a folded WeCom card shows; the others unfold


def help_card(offers: Sequence[Offer], language: str) -> Card:
    """One line for each skill; unfolded, what one can ask. Buttons ask at once."""
    lines = [t("help.line", language, title=offer.title, question=offer.questions[0]) for offer in offers[:LINES]]
    if more := len(offers) - len(lines):
        lines.append(t("help.more", language, count=more))
    return Card(
        id=f"help-{uuid4().hex}",
        headline=t("help.headline", language),
        summary="\n".join(lines),
        source=t("help.title", language),
        sections=tuple(_section(offer) for offer in offers),
        actions=_buttons(in_turn(offers)[:BUTTONS]),
    )


def hello_card(name: str, offers: Sequence[Offer], language: str) -> Card:
    """Hello, and a first question of each kind to tap."""
    questions = in_turn(offers)[:GREETED_WITH]
    return Card(
        id=f"help-{uuid4().hex}",
        headline=t("help.hello", language, name=name),
        summary="\n".join([t("help.try", language), *(f"- {question}" for question in questions)]),
        source=t("help.title", language),
        actions=_buttons(questions),
    )


def _buttons(questions: Sequence[str]) -> tuple[Action, ...]:
    """The questions as they are: each platform cuts what its buttons can't hold."""
    return tuple(Action(key_of(question), question) for question in questions)


def _section(offer: Offer) -> Section:
    title = " · ".join(part for part in (offer.title, offer.purpose) if part)
    return Section(title, "\n".join(f"- {question}" for question in offer.questions))
