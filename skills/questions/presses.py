"""What the buttons do: export, subscribe, why, one of several meanings, one of the nearest questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.contracts import CardUpdate, Context, Outcome, Press, Reply
from bot.contracts.errors import BadInput
from bot.contracts.skill import Ask
from knowledge.metrics.plan import Plan
from skills.questions import cards
from skills.questions import rhythm as rhythms
from skills.questions.answering import Asker
from skills.questions.remembering import remember
from skills.questions.token import Kept, of_address

if TYPE_CHECKING:
    from bot.contracts import Card
    from skills.questions.answering import Answering
    from skills.questions.subscribing import Subscribing


class Presses:
    """A card's own link says what it stands for; everything is computed anew with the presser's rights."""

    def __init__(self, answering: Answering, subscribing: Subscribing) -> None:
        self._answering, self._subscribing = answering, subscribing

    async def handle(self, press: Press, context: Context) -> Sequence[Outcome]:
        """Do it."""
        asker = Asker(context.person, context.now, context.language)
        if press.action.startswith(cards.STOP):
            number = press.action.removeprefix(cards.STOP)
            return [Reply(context.to, await self._subscribing.end(int(number) if number.isdigit() else 0, asker))]
        card = await self._card(press)
        try:
            kept = of_address(card.url) if card else None
        except BadInput:
            kept = None
        if card is None or kept is None:
            return [Reply(context.to, self._answering.names(asker).text("errors.gone"))]
        return await self._do(press, card, kept, asker, context)

    async def _do(self, press: Press, card: Card, kept: Kept, asker: Asker, context: Context) -> Sequence[Outcome]:
        at = int(number) if (number := press.action.rpartition("_")[2]).isdigit() else 0
        if press.action.startswith(cards.NEAR) and at < len(kept.nearest):
            return [Ask(kept.nearest[at])]
        if press.action.startswith(cards.CHOICE) and at < len(kept.plans):
            return await self._answered(kept.plans[at], kept, asker, context)
        return await self._with_plan(press, card, kept, asker, context) if kept.plans else []

    async def _with_plan(
        self, press: Press, card: Card, kept: Kept, asker: Asker, context: Context
    ) -> Sequence[Outcome]:
        plan = kept.plans[0]
        if press.action == cards.EXPORT:
            said, file = await self._answering.file(plan, asker)
            return [Reply(context.to, said, files=(file,) if file else ())]
        if press.action == cards.SUBSCRIBE:
            return await self._subscribed(press, card, plan, kept, asker, context)
        if press.action == cards.WHY:
            return await self._answered(why(plan), kept, asker, context)
        return []

    async def _answered(self, plan: Plan, kept: Kept, asker: Asker, context: Context) -> Sequence[Outcome]:
        made = await self._answering.make(plan, asker, kept.words, kept.pieces)
        return [Reply(context.to, made.text, made.card, made.files), remember(plan, kept.words, kept.pieces)]

    async def _subscribed(
        self, press: Press, card: Card, plan: Plan, kept: Kept, asker: Asker, context: Context
    ) -> Sequence[Outcome]:
        """With a form's answers at once; else it is asked when, and the answer in words goes on with this question."""
        names = self._answering.names(asker)
        minute = press.values.get("minute", "")
        try:
            when = rhythms.read(press.values.get("rhythm", ""), int(minute) if minute.isdigit() else -1)
        except ValueError:
            return [Reply(context.to, names.text("subscription.when")), remember(plan, kept.words)]
        said = await self._subscribing.subscribe(plan, kept.words, when, asker)
        done = replace(card, notice=said)
        return [Reply(context.to, card=done, update=CardUpdate(card.id, press.handle)), remember(plan, kept.words)]

    async def _card(self, press: Press) -> Card | None:
        stored = await self._answering.desk.database.read(lambda store: store.cards.get(press.card_id))
        return stored.card if stored else None


def why(plan: Plan) -> Plan:
    """The same figure's change, taken apart."""
    return replace(
        plan,
        kind="why",
        metrics=plan.metrics[:1],
        by=(),
        having=(),
        grain="",
        against=plan.against or "before",
        order=None,
        limit=None,
        share=False,
    )
