"""A company whose people are told of their data by a flow: frozen clock, a phone, parcels that stay on the list."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.contracts import Card, Reply
from bot.flows.delivery import DeliveryFlow
from bot.flows.engine import Engine
from config.settings import load_settings
from storage.database import Database
from tests.unit.flows.test_delivery import Desk


@dataclass
class Clock:
    """Stands until it is moved."""

    at: datetime

    def now(self) -> datetime:
        return self.at


@dataclass
class Phone(Desk):
    """A platform that shows cards."""

    shown: list[Card] = field(default_factory=list)

    def render(self, reply: Reply) -> list[Any]:
        if reply.card:
            self.shown.append(reply.card)
        return [{"text": reply.text, "card": reply.card.headline if reply.card else ""}]


class Telling(ABC):
    """Jobs aren't run. Who derives says in `anew` which part of the bot looks."""

    def __init__(self, database: Database, at: datetime) -> None:
        self.database, self.clock, self.phone = database, Clock(at), Phone()
        self.engine = Engine(database)
        self.engine.enqueue = lambda _store, _job: None  # type: ignore[method-assign]  # no engine is started
        self.adapters = {"wecom": self.phone}
        self.settings = load_settings(data="data")
        self.delivery = DeliveryFlow(database, self.engine, self.clock, self.adapters, (1,))
        self.made = self.anew()

    @abstractmethod
    def anew(self) -> Any:
        """Another process with the same database."""

    async def look(self, hours: float = 0) -> list[str]:
        """Time passes, the clock strikes; what people got for it."""
        self.clock.at += timedelta(hours=hours)
        before = len(await self.told())
        await self.made.flow.look(self.clock.at)
        return (await self.told())[before:]

    async def told(self) -> list[str]:
        """Everything ever, as person: words."""
        found = await self.database.read(lambda store: store.deliveries.listing("waiting", 100))
        ordered = sorted(found, key=lambda one: one.seq)
        return [f"{one.address.conversation}: {one.payload['card'] or one.payload['text']}" for one in ordered]
