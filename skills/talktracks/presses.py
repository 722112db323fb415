"""What the buttons of a talk-track card do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.contracts import Card, CardUpdate, Context, Message, Outcome, Press, Remember, Reply
from config.locales import t
from skills.talktracks.answers import Answers
from skills.talktracks.cards import BUTTONS, REASONS, Maker, talktrack_of
from skills.talktracks.feedback import UNSAID, keep_reason
from skills.talktracks.thread import Shown, Thread

if TYPE_CHECKING:
    from storage.database import Database

PICKS = {f"pick_{number}": number - 1 for number in range(1, BUTTONS + 1)}


class Presses:
    """Answers presses. A press on a card of another conversation is treated like one on a forgotten card."""

    def __init__(self, answers: Answers, database: Database) -> None:
        self._answers = answers
        self._database = database

    async def handle(self, message: Message, press: Press, context: Context) -> Sequence[Outcome]:
        """Update the card, or show another one."""
        card = await self._stored(press.card_id, context)
        thread = Thread.read(context.memory)
        shown = await self._shown(press.card_id, card, thread, context) if card else None
        if card is None or shown is None:
            return [Reply(context.to, t("talktracks.press.forgotten", context.language))]
        maker = self._answers.maker(_language(card, shown), context.now.date())
        if press.action == "useful":
            return [_update(maker.after_useful(card), press, context)]
        if press.action == "not_fit":
            reason = _reason(press)
            await keep_reason(self._database, message.id, shown, reason, context, press.values.get("note", ""))
            return self._not_fit(maker, card, shown, thread, press, context)
        if press.action in REASONS:
            await keep_reason(self._database, message.id, shown, press.action, context)
            return [_update(maker.after_reason(card, press.action), press, context)]
        return self._another(maker, shown, thread, press, context)

    async def _stored(self, card_id: str, context: Context) -> Card | None:
        stored = await self._database.read(lambda store: store.cards.get(card_id))
        if stored is None or (stored.person_id != context.person.id and stored.address != context.to):
            return None
        return stored.card

    async def _shown(self, card_id: str, card: Card, thread: Thread, context: Context) -> Shown | None:
        if card_id in thread.cards:
            return thread.cards[card_id]
        id_, language = talktrack_of(card)
        return await self._answers.rebuild(id_, language, context.now.date())

    def _not_fit(
        self, maker: Maker, card: Card, shown: Shown, thread: Thread, press: Press, context: Context
    ) -> Sequence[Outcome]:
        others = self._answers.others(shown, maker.language, context.now.date())
        # What pick_1 and pick_2 mean from now on is what the buttons say.
        shown = replace(shown, listed=tuple(other.id for other in others))
        reason = _reason(press)
        explained = reason != UNSAID
        changed = maker.after_explained(card, others, reason) if explained else maker.after_not_fit(card, others)
        return [_update(changed, press, context), Remember(thread.plus(press.card_id, shown).memory())]

    def _another(self, maker: Maker, shown: Shown, thread: Thread, press: Press, context: Context) -> Sequence[Outcome]:
        today = context.now.date()
        place = PICKS.get(press.action, 0)
        listed = (shown.listed or shown.queue)[place : place + 1]
        candidates = listed if press.action in PICKS else shown.queue
        for id_ in candidates:
            if answer := self._answers.show(id_, shown, today):
                return outcomes(answer.card, answer.shown, thread, context)
        return [Reply(context.to, t("talktracks.no_more", maker.language))]


def _reason(press: Press) -> str:
    """Why a card didn't fit, where the platform asked at once; a note alone counts as another reason."""
    given = press.values.get("reason", "")
    if given in REASONS:
        return given
    return "other" if press.values.get("note", "").strip() else UNSAID


def _language(card: Card, shown: Shown) -> str:
    """What the card is written in: not always what was asked for."""
    return talktrack_of(card)[1] or shown.language


def outcomes(card: Card | None, shown: Shown, thread: Thread, context: Context) -> list[Outcome]:
    """A new card and what the conversation keeps of it."""
    if card is None:
        return []
    kept = Remember(thread.plus(card.id, shown).memory())
    return [Reply(context.to, card=card, citations=card.citations), kept]


def _update(card: Card, press: Press, context: Context) -> Reply:
    return Reply(context.to, card=card, update=CardUpdate(press.card_id, press.handle))
