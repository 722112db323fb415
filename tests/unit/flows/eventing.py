"""A small nerve centre for tests: entries of systems, events, a pump and subscribers that really listen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import SecretStr

from adapters.webhooks.addresses import Allowed
from adapters.webhooks.client import WebhookClient
from bot.contracts import Clock
from bot.contracts.event import Event
from bot.flows.due import FastClock
from bot.flows.event_fanout import FanOut, proofs
from bot.flows.event_pump import EventPump, Tell
from bot.flows.event_systems import EventSecrets, systems_in
from config.groups.events import Events as Rules
from knowledge.events import keys
from knowledge.events.catalog import load_catalog
from knowledge.events.types import Stored
from storage.database import Database
from storage.repositories.event_deliveries import EventDelivery
from storage.store import Store
from tests.emulators.business.emulator import BusinessSystems

START = datetime(2026, 7, 31, 9, tzinfo=UTC)
CATALOG = load_catalog()
ENTRY = """\
system: {name}
title: {name}
kind: erp
owner: E0034
source: /{name}
listens:
"""
LISTENS = """\
  - {{name: {name}, types: [{types}], to: "{url}", secret: [{secrets}]{more}}}
"""


def entry(name: str, *listens: str) -> str:
    """An entry's text."""
    return ENTRY.format(name=name) + "".join(listens)


def listening(
    url: str, name: str = "orders", types: str = "order.confirmed", more: str = "", secrets: str = "erp"
) -> str:
    """One subscription of an entry. `secrets`: names of them. `more`: further keys, after a comma."""
    named = ", ".join(f'"${{{one}}}"' for one in secrets.split())
    return LISTENS.format(name=name, types=types, url=url, more=f", {more}" if more else "", secrets=named)


def order(number: int, **data: Any) -> Event:
    """客户确认订单."""
    at = START + timedelta(seconds=number)
    named: dict[str, Any] = {"order_no": f"SO{number:05}", "amount_cny": 1000 + number, "item": "智能产线"} | data
    return Event(f"E{number}", "/crm", "order.confirmed", at, named["order_no"], named, 2)


@dataclass
class Nerve:
    """What a test drives."""

    database: Database
    clock: Clock
    secrets: EventSecrets
    pump: EventPump
    fan_out: FanOut
    client: WebhookClient

    async def apply(self, *texts: str, live: bool = True) -> None:
        """Let entries hold; their subscriptions are open, as if somebody had opened the locks."""

        def save(store: Store) -> None:
            now = self.clock.now()
            for text in texts:
                name = text.split()[1]
                store.systems.save(name, text, "test", now)
            for system in systems_in(store, CATALOG).values():
                for one in system.listens if live else ():
                    store.event_subscriptions.add(system.name, one.name, now)
                    proved = " ".join(sorted(proofs(one, self.secrets.put_in)))
                    store.event_subscriptions.open(system.name, one.name, proved, "E0001", "test", now)

        await self.database.write(save)

    async def accept(self, events: Sequence[Event], producer: str = "crm") -> None:
        """Store events with what follows from them."""
        await self.database.write(lambda store: accept(store, events, self.fan_out, self.clock, producer))
        self.pump.wake()

    async def deliveries(self, system: str = "erp") -> list[EventDelivery]:
        """Those of one system, in the order in which the events came."""
        return await self.database.read(lambda store: store.event_deliveries.listing(system=system, limit=10_000)[::-1])

    async def until(self, done: Callable[[Sequence[EventDelivery]], bool], system: str = "erp") -> list[EventDelivery]:
        """Wait until the deliveries of a system are so."""
        async with asyncio.timeout(30):
            while not done(found := await self.deliveries(system)):
                await asyncio.sleep(0.05)
        return found


def all_are(*states: str) -> Callable[[Sequence[EventDelivery]], bool]:
    """Whether every delivery is in one of these states."""
    return lambda rows: bool(rows) and all(row.state in states for row in rows)


def accept(store: Store, events: Sequence[Event], fan_out: FanOut, clock: Clock, producer: str) -> None:
    """As the door does, without its checks."""
    now = clock.now()
    rows = [_row(event, now, producer) for event in events]
    seqs = store.events.add(rows)
    stored = []
    for event in events:
        type_ = CATALOG.get(event.type)
        assert type_
        seq = seqs[event.source, event.id]
        stored.append(Stored(seq, event, event.version or 1, producer, now, keys.of(type_, event)))
    fan_out(store, stored)


def _row(event: Event, now: datetime, producer: str) -> Mapping[str, Any]:
    return {
        "id": event.id,
        "source": event.source,
        "type": event.type,
        "version": event.version,
        "producer": producer,
        "subject": event.subject,
        "time": event.time,
        "received_at": now,
        "data": dict(event.data),
        "original": None,
        "mended": [],
        "extensions": {},
        "customer_id": "",
        "contract_id": "",
        "person_id": "",
        "region": "",
    }


@asynccontextmanager
async def nerve(
    database: Database,
    subscribers: BusinessSystems,
    *,
    speed: float = 2000,
    seconds: float = 2,
    tell: Tell | None = None,
    name: str = "one",
    alive: Callable[[], bool] = lambda: True,
    started: bool = True,
    **rules: Any,
) -> AsyncIterator[Nerve]:
    """A pump at work. Secrets of the subscribers are ${erp} …; the clock runs `speed` times as fast as ours."""
    clock = FastClock(speed, START)
    secrets = EventSecrets({key: SecretStr(value) for key, value in subscribers.secrets.items()})

    def entries(store: Store) -> Any:
        return systems_in(store, CATALOG)

    client = WebhookClient(Allowed(["127.0.0.0/8"]), seconds, 65_536)
    pump = EventPump(
        database,
        clock,
        client,
        entries,
        secrets.put_in,
        CATALOG,
        Rules(**rules),
        tell=tell,
        name=lambda: name,
        alive=alive,
    )
    if started:
        pump.start()
    try:
        yield Nerve(database, clock, secrets, pump, FanOut(entries, clock), client)
    finally:
        await pump.stop()
        await client.close()


@asynccontextmanager
async def subscribing(*names: str) -> AsyncIterator[BusinessSystems]:
    """Subscribers that listen."""
    systems = await BusinessSystems(names=names or ("erp", "mes", "finance", "hr")).start()
    try:
        yield systems
    finally:
        await systems.stop()
