"""What a language model adds, where there is one: it understands what search did not, and words a card for the case."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.contracts import Card
from bot.contracts.model import Model, OnDraft, Writing
from config.locales import t
from knowledge.playbook.card import PlaybookCard

_AT_A_LOSS = re.compile(r"资料(里|中|内)?(并?没|未)|\bmaterial (does|has|says)", re.IGNORECASE)  # not for customers
LONGEST = 160  # characters of a wording: two or three sentences that can be said


class Advisor:
    """Asks the model; without one, or when it fails, everything stays as it was."""

    def __init__(self, model: Model) -> None:
        self._model = model

    async def meant(self, question: str, nearest: Sequence[PlaybookCard], language: str) -> str:
        """Which of the nearest cards a question means, though search wasn't sure; "" when none."""
        options = {card.id: f"{card.title}: {card.situation}" for card in nearest}
        return (await self._model.choose(question, options, language) or "") if options else ""

    async def worded(self, card: Card, talktrack: PlaybookCard, question: str, draft: OnDraft | None) -> Card:
        """The card with words for this very question on top, made from the talk-track and nothing else."""
        if not self._model.available:
            return card
        language = talktrack.language
        instruction = t("talktracks.advice.instruction", language)
        task = Writing(instruction, _material(talktrack), question, language, LONGEST)
        words = await self._model.write(task, draft)
        if words is None or _AT_A_LOSS.search(words):
            return card
        return replace(card, summary="\n".join([t("talktracks.advice.say", language, words=words), card.summary]))


def _material(card: PlaybookCard) -> str:
    parts = (card.title, card.situation, card.point, card.steps, card.say, card.avoid, card.basis)
    return "\n\n".join(part for part in parts if part)
