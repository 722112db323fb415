"""The conversation job: answer one stored message, exactly once as far as our own rows go."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

import structlog

from bot.contracts import Card, Remember, Reply
from bot.contracts.errors import IntakeUnavailable
from bot.flows.delivery import DeliveryFlow, Posted
from bot.flows.persist import persistently
from bot.flows.steps import ANSWERING
from bot.flows.turn import TOPIC, House, Turn
from bot.metrics import Metrics
from storage.store import Store

# Answering at a time. Without a bound, hundreds of waiting messages would all be read before the first of them is
# answered, and a bot that is killed now and then would read for ever and never answer.
SEATS = 16
OVERHEARD = "overheard"  # in a message whose words were said to somebody else: what may be kept, a dialogue keeps

log = structlog.get_logger(__name__)


class ConversationFlow:
    """Runs the steps and commits what they found."""

    def __init__(self, house: House, delivery: DeliveryFlow, metrics: Metrics | None = None) -> None:
        self._house = house
        self._delivery = delivery
        self._metrics = metrics or Metrics()
        self._seats = asyncio.Semaphore(SEATS)

    async def answer(self, message_id: str) -> None:
        """The job. Run twice, it answers once: the message is marked in the transaction that posts the replies."""
        async with self._seats:
            posted = await self._answer(message_id)
        await self._delivery.send_answers(message_id, posted)

    async def _answer(self, message_id: str) -> Posted | None:
        """Answer. What is to be sent at once; None when an earlier run has answered."""
        database = self._house.database
        now = self._house.clock.now()
        turn = await persistently(lambda: database.read(lambda store: _turn(store, message_id, now)))
        if turn is None:
            return None
        await self._think(turn)
        try:
            return await self._keep(turn)
        except Exception:  # an answer that can't be drawn or stored must not end in silence
            self._excuse(turn)
            return await self._keep(turn)

    async def _keep(self, turn: Turn) -> Posted | None:
        posted = await persistently(lambda: self._house.database.write(lambda store: self._commit(store, turn)))
        if posted is not None:
            self._metrics.answered(turn.skill)
            log.info("answered", skill=turn.skill, replies=len(turn.outcomes))
        return posted

    async def _think(self, turn: Turn) -> None:
        try:
            with self._house.patience.one_answer(self._house.adapters[turn.message.channel]):
                await self._steps(turn)
        except IntakeUnavailable:
            raise  # the engine runs this job again
        except Exception:
            self._excuse(turn)

    async def _steps(self, turn: Turn) -> None:
        for step in ANSWERING:
            await step(turn, self._house)
            if turn.done:
                return

    def _excuse(self, turn: Turn) -> None:
        number = uuid4().hex[:8]  # the person can name it, the operator can find it
        self._metrics.fault()
        log.exception("skill failed", message=turn.message.id, error_number=number)
        if turn.overheard:
            turn.finish([], skill="")  # nobody asked, and customers may read there (D2)
        else:
            turn.say("xiaoce.error", number=number)

    def _commit(self, store: Store, turn: Turn) -> Posted | None:
        """Keep everything that the turn found, and post its replies."""
        if not store.messages.answered(turn.message.id, turn.skill, turn.now):
            return None  # another run of this job was quicker
        if turn.overheard:
            store.messages.empty(turn.message.id, OVERHEARD)
        press = turn.message.press
        if turn.pressed and turn.person and press and press.action != turn.pressed.card.pressed:  # twice counts once
            store.cards.press(turn.pressed.card.id, turn.person.id, press.action, turn.now, turn.message.id)
        _remember_topic(store, turn)
        for outcome in turn.outcomes:
            if isinstance(outcome, Remember):
                store.conversations.remember(turn.answer_to, turn.skill, outcome.values, turn.now)
        replies = [_noting_news(outcome, turn) for outcome in turn.outcomes if isinstance(outcome, Reply)]
        for reply in replies:
            self._keep_card(store, turn, reply)
        rendered = [(reply.to, self._house.adapters[reply.to.channel].render(reply)) for reply in replies]
        return self._delivery.answer(store, turn.message, rendered)

    def _keep_card(self, store: Store, turn: Turn, reply: Reply) -> None:
        card = reply.card
        if card is None:
            return
        if reply.update is not None:
            store.cards.replace(card, turn.now)
        else:
            person = turn.person.id if turn.person else ""
            context: Mapping[str, object] = {"text": turn.message.text}
            store.cards.add(card, turn.skill, reply.to, person, turn.message.id, turn.now, context=context)


def _remember_topic(store: Store, turn: Turn) -> None:
    """Who answered last. Where it was the asker alone, only the asker goes on with it, here and there."""
    topic = {"skill": turn.skill, "at": turn.now.isoformat()}
    if turn.person and turn.privacy:
        topic["asker"] = turn.person.id
        store.audit.add(turn.person.id, turn.privacy, turn.skill, {"group": str(turn.to)}, turn.now)
    for place in {turn.to, turn.answer_to}:
        store.conversations.remember(place, TOPIC, topic, turn.now)


def _noting_news(reply: Reply, turn: Turn) -> Reply:
    """The reply, marked when its details weren't shown yet: unfolded by this press, or different ones."""
    if reply.update is None or reply.card is None or turn.pressed is None:
        return reply
    before, after = turn.pressed.card, reply.card
    news = (after.unfolded and not before.unfolded) or _details(after) != _details(before)
    return replace(reply, update=replace(reply.update, news=news))


def _details(card: Card) -> tuple[object, ...]:
    return card.headline, card.summary, card.facts, card.sections, card.citations


def _turn(store: Store, message_id: str, now: datetime) -> Turn | None:
    stored = store.messages.get(message_id)
    if stored is None or stored.answered_at is not None:
        return None
    message = stored.message
    turn = Turn(message, now, person=store.people.by_account(message.channel, message.sender))
    turn.preferences = store.preferences.get(turn.person.id) if turn.person else {}
    turn.memories = store.conversations.memories(turn.to)
    return turn
