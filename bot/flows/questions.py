"""Subscriptions to answers: asked anew at their time, with the rights of that moment, and delivered once (B9, D9).

A time is claimed in the transaction that posts its answer: a crash before leaves it to be done, of two processes the
second finds it claimed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from bot.contracts import Adapter, Address, Clock, Person, Reply
from bot.flows.delivery import DeliveryFlow
from bot.flows.persist import persistently
from bot.flows.reach import address_of, language_of
from knowledge.metrics.plan import Plan, read
from knowledge.questions.outcome import Understood
from skills.questions import cards
from skills.questions.answering import Answering, Asker, Made
from skills.questions.desk import shape
from skills.questions.rhythm import Rhythm
from skills.questions.rhythm import read as read_rhythm
from skills.questions.subscribing import question
from storage.database import Database
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

    def __init__(
        self,
        database: Database,
        delivery: DeliveryFlow,
        adapters: Mapping[str, Adapter],
        clock: Clock,
        answering: Answering,
        zone: ZoneInfo,
    ) -> None:
        self._database, self._delivery, self._adapters = database, delivery, adapters
        self._clock, self._answering, self._zone = clock, answering, zone

    async def send(self, _slot: datetime) -> None:
        """Every one that is due. One that fails doesn't keep the others waiting."""
        now = self._clock.now()
        running = await persistently(lambda: self._database.read(lambda store: store.questions.running()))
        for one in running:
            if slot := due(one, now, self._zone):
                try:
                    await self._one(one, slot, now)
                except Exception:  # whatever it is, the next slot tries again
                    log.exception("subscription failed", subscription=one.id)

    async def forget(self, _slot: datetime) -> None:
        """What is old goes."""
        before = self._clock.now() - KEPT
        await persistently(lambda: self._database.write(lambda store: store.questions.forget(before)))

    async def _one(self, one: Subscription, slot: datetime, now: datetime) -> None:
        known = await persistently(lambda: self._database.read(lambda store: self._receiver(store, one)))
        if known is None or now - slot > LATEST:
            await persistently(
                lambda: self._database.write(lambda store: self._skip(store, one, slot, known is None, now))
            )
            return
        person, to, language = known
        made = await self._made(one, Asker(person, now, language)) if to else None
        await persistently(
            lambda: self._database.write(lambda store: self._post(store, one, slot, to, person, made, now))
        )

    def _receiver(self, store: Store, one: Subscription) -> tuple[Person, Address | None, str] | None:
        """Who gets it, as they are now; None when they have left."""
        person = store.people.get(one.person_id)
        if person is None:
            return None
        return person, address_of(store, person, self._adapters), language_of(store, person)

    def _skip(self, store: Store, one: Subscription, slot: datetime, gone: bool, now: datetime) -> None:
        """Nothing is sent: it's too late, or the person has left, who then has no subscription any more."""
        if gone:
            store.questions.end(one.id, one.person_id, "left", now)
        else:
            store.questions.claim(one.id, slot, one.slot)

    async def _made(self, one: Subscription, asker: Asker) -> Made:
        """The answer to the words as they are meant today; a sentence when they are meant differently."""
        names, meant = self._answering.names(asker), read(one.plan)
        outcome = await self._answering.desk.reread(one.words, meant, asker.person, asker.now, asker.language)
        if not isinstance(outcome, Understood) or not _is_alike(outcome.plan, meant):
            return Made(names.text("subscription.changed", question=question(one)), refused=True)
        made = await self._answering.make(outcome.plan, asker, one.words)
        if made.card is None:
            return replace(made, text=names.text("subscription.failed", question=question(one), reason=made.text))
        clock = read_rhythm(one.rhythm, one.minute).clock
        when = cards.rhythm_name(one.rhythm, names)
        source = names.text("subscription.sent", when=when, clock=clock, number=one.number)
        return replace(made, card=replace(made.card, source=source))

    def _post(
        self,
        store: Store,
        one: Subscription,
        slot: datetime,
        to: Address | None,
        person: Person,
        made: Made | None,
        now: datetime,
    ) -> None:
        if not store.questions.claim(one.id, slot, one.slot):
            return
        if to is None or made is None:
            log.warning("nobody can be sent a subscription", subscription=one.id, person=person.id)
            return
        if made.card:
            store.cards.add(made.card, SKILL, to, person.id, "", now, context={"text": one.words[-1]})
        payloads = self._adapters[to.channel].render(Reply(to, made.text, made.card, made.files))
        self._delivery.post(store, f"questions:{one.id}:{slot.isoformat()}", "", to, payloads)
        store.audit.add(person.id, "questions.sent", one.id, {"slot": slot.isoformat()}, now)


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
