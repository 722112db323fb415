"""What people get by the clock, without having asked: whom it reaches, one after the other, posted once.

Subscriptions and the morning meeting share it. What claims a time and what posts the answer are one transaction of the
caller's: a crash before leaves it to be done, of two processes the second finds it claimed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import structlog

from bot.contracts import Adapter, Address, Clock, Person, Reply
from bot.flows.delivery import DeliveryFlow
from bot.flows.persist import persistently
from bot.flows.reach import address_of, language_of
from storage.database import Database
from storage.store import Store

T = TypeVar("T")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who gets something, as they are now: where, and in which language."""

    person: Person
    to: Address
    language: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What a card's buttons need later: whose card it is, when it was made, which words it answers."""

    skill: str
    at: datetime
    asked: str = ""


@dataclass(frozen=True, slots=True)
class ByClock:
    """The part of the house that a flow needs to write to people."""

    database: Database
    delivery: DeliveryFlow
    adapters: Mapping[str, Adapter]
    clock: Clock

    async def read(self, work: Callable[[Store], T]) -> T:
        """In a snapshot, as soon as storage lets us."""
        return await persistently(lambda: self.database.read(work))

    async def write(self, work: Callable[[Store], T]) -> T:
        """In a transaction, as soon as storage takes it."""
        return await persistently(lambda: self.database.write(work))

    async def each(self, what: str, due: Iterable[T], send: Callable[[T], Awaitable[None]]) -> None:
        """One after the other. One that fails, whatever it is, doesn't keep the others waiting: the next slot tries it
        again."""
        for one in due:
            try:
                await send(one)
            except Exception:
                log.exception("could not be sent by the clock", what=what)

    def reader(self, store: Store, person: Person) -> Reader | None:
        """None when no enabled platform reaches them."""
        to = address_of(store, person, self.adapters)
        return Reader(person, to, language_of(store, person)) if to else None

    def post(self, store: Store, key: str, reader: Reader, reply: Reply, kept: Kept) -> None:
        """On the delivery list, with the card kept for its buttons. `key` is the parcel's: the same is sent once."""
        if reply.card:
            context = {"text": kept.asked}
            store.cards.add(reply.card, kept.skill, reader.to, reader.person.id, "", kept.at, context=context)
        self.delivery.post(store, key, "", reader.to, self.adapters[reader.to.channel].render(reply))
