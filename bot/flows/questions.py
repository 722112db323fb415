"""Subscriptions to answers: asked anew at their time, with the rights of that moment, and delivered once (B9, D9).

A time is claimed in the transaction that posts its answer: a crash before leaves it to be done, of two processes the
second finds it claimed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from bot.contracts import Reply
from bot.flows.by_clock import ByClock, Kept, Reader
from knowledge.metrics.plan import Plan, read
from knowledge.questions.outcome import Understood
from skills.questions import cards
from skills.questions.answering import Answering, Asker, Made
from skills.questions.desk import shape
from skills.questions.rhythm import Rhythm
from skills.questions.rhythm import read as read_rhythm
from skills.questions.subscribing import question
from storage.repositories.questions import Subscription
from storage.store import Store

SKILL = "questions"
CRON = "*/5 * * * *"
FORGET_CRON = "50 3 * * *"
LATEST = timedelta(hours=20)  # after its time an answer is still sent; later the next one is waited for
KEPT = timedelta(days=90)  # that questions, and subscriptions that ended, stay

log = structlog.get_logger(__name__)


class SubscriptionFlow:
    """Looks which are due, answers, posts."""

    def __init__(self, house: ByClock, answering: Answering, zone: ZoneInfo) -> None:
        self._house, self._answering, self._zone = house, answering, zone

    async def send(self, _slot: datetime) -> None:
        """Every one that is due."""
        now = self._house.clock.now()
        running = await self._house.read(lambda store: store.questions.running())
        found = [(one, slot) for one in running if (slot := due(one, now, self._zone))]
        await self._house.each("subscription", found, lambda one: self._one(*one, now))

    async def forget(self, _slot: datetime) -> None:
        """What is old goes."""
        before = self._house.clock.now() - KEPT
        await self._house.write(lambda store: store.questions.forget(before))

    async def _one(self, one: Subscription, slot: datetime, now: datetime) -> None:
        gone, reader = await self._house.read(lambda store: self._receiver(store, one))
        if gone or reader is None or now - slot > LATEST:
            await self._house.write(lambda store: self._skip(store, one, slot, gone, now))
            return
        made = await self._made(one, Asker(reader.person, now, reader.language))
        await self._house.write(lambda store: self._post(store, one, slot, reader, made, now))

    def _receiver(self, store: Store, one: Subscription) -> tuple[bool, Reader | None]:
        """Whether they have left; who gets it, as they are now, where a platform reaches them."""
        person = store.people.get(one.person_id)
        return person is None, self._house.reader(store, person) if person else None

    def _skip(self, store: Store, one: Subscription, slot: datetime, gone: bool, now: datetime) -> None:
        """Nothing is sent: it's too late, nothing reaches the person, or they have left and are subscribed no more."""
        if gone:
            store.questions.end(one.id, one.person_id, "left", now)
        elif store.questions.claim(one.id, slot, one.slot):
            log.warning("a subscription was not sent", subscription=one.id, person=one.person_id)

    async def _made(self, one: Subscription, asker: Asker) -> Made:
        """The answer to the words as they are meant today; a sentence when they are meant differently."""
        names, meant = self._answering.names(asker), read(one.plan)
        outcome = await self._answering.desk.reread(one.words, meant, asker.person, asker.now, asker.language)
        if not isinstance(outcome, Understood) or not _is_alike(outcome.plan, meant):
            return Made(names.text("subscription.changed", question=question(one)), refused=True)
        made = await self._answering.make(outcome.plan, asker, one.words, outcome.pieces)
        if made.card is None:
            return replace(made, text=names.text("subscription.failed", question=question(one), reason=made.text))
        clock = read_rhythm(one.rhythm, one.minute).clock
        when = cards.rhythm_name(one.rhythm, names)
        source = names.text("subscription.sent", when=when, clock=clock, number=one.number)
        return replace(made, card=replace(made.card, source=source))

    def _post(self, store: Store, one: Subscription, slot: datetime, reader: Reader, made: Made, now: datetime) -> None:
        if not store.questions.claim(one.id, slot, one.slot):
            return
        reply = Reply(reader.to, made.text, made.card, made.files)
        key = f"questions:{one.id}:{slot.isoformat()}"
        self._house.post(store, key, reader, reply, Kept(SKILL, now, one.words[-1]))
        store.audit.add(reader.person.id, "questions.sent", one.id, {"slot": slot.isoformat()}, now)


def due(one: Subscription, now: datetime, zone: ZoneInfo) -> datetime | None:
    """The time that is to be dealt with now; None when the last one was."""
    rhythm: Rhythm = read_rhythm(one.rhythm, one.minute)
    slot = rhythm.last(now, zone)
    if slot is None or slot <= one.created_at or (one.slot is not None and slot <= one.slot):
        return None
    return slot


def _is_alike(plan: Plan, meant: Plan) -> bool:
    """Whether only the days are others than when it was subscribed to. 我 may be in another team by now."""
    mine = {"rep", "team", "region"}

    def without_me(one: Plan) -> tuple[object, ...]:
        return shape(replace(one, where=tuple(found for found in one.where if found.dimension not in mine)))

    return without_me(plan) == without_me(meant)
