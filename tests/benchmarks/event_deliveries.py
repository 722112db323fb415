"""Deliveries per second: the pump, in batches, beside the durable engine with a job for each delivery (C3).

The subscriber is a process of its own that verifies every signature. Both ways do the same work for a delivery: read
what is due, sign and post it, note what came of it.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from adapters.webhooks.addresses import Allowed
from adapters.webhooks.client import WebhookClient
from adapters.webhooks.letter import Letter
from bot.contracts import Event, SystemClock
from bot.flows.engine import Engine, Job
from bot.flows.event_fanout import FanOut, proofs, settle
from bot.flows.event_pump import EventPump
from bot.flows.event_reading import Coming
from bot.flows.event_writing import write
from config.groups.events import Events as Rules
from knowledge.events.catalog import load_catalog
from knowledge.events.systems import Listening, System
from storage.database import Database
from storage.repositories.event_deliveries import EventDelivery
from storage.store import Store
from tests.benchmarks.event_receiver import SECRET
from tests.benchmarks.figures import percentile, seconds, table
from tests.postgres_server import PostgresServer

EVENTS, JOBS = 3000, 600  # in each run
RUNS = 3
SPACED, EVERY = 100, 0.03  # events for the time that one takes, and seconds between them
CATALOG = load_catalog()

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Rates:
    """Deliveries per second, medians of the runs."""

    pump: float
    ordered: float  # each event of an order of its own, order asked for
    jobs: float
    processor: float  # seconds of our processor time for one delivery by the pump
    waits: Sequence[float]  # seconds from accepting to the answer, when little is going on


def run(tell: Tell) -> str:
    """Measure; the section for the page."""
    command = [sys.executable, "-m", "tests.benchmarks.event_receiver"]
    with (
        tempfile.TemporaryDirectory(prefix="bench") as folder,
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as receiver,
    ):
        assert receiver.stdout
        url = f"http://127.0.0.1:{receiver.stdout.readline().strip()}/"
        server = PostgresServer(Path(folder), durable=True)
        server.start()
        try:
            found = {
                "SQLite": asyncio.run(_all(f"sqlite:///{folder}/events.db", url, lambda w: tell(f"SQLite: {w}"))),
                "PostgreSQL": asyncio.run(_all(server.new_database(), url, lambda w: tell(f"PostgreSQL: {w}"))),
            }
        finally:
            server.stop()
            receiver.kill()
    return _report(found)


class _Bench:
    """One database with one subscription."""

    def __init__(self, database: Database, url: str) -> None:
        self.database, self.clock = database, SystemClock()
        self.client = WebhookClient(Allowed(["127.0.0.0/8"]), 15, 65_536)
        self.numbers = 0
        self.use(url, "")

    def use(self, url: str, ordered_by: str) -> None:
        """With or without order."""
        self.listening = Listening("all", frozenset(["order.confirmed"]), url, secrets=(SECRET,), ordered_by=ordered_by)
        self.system = System("erp", "ERP", "erp", "", listens=(self.listening,))

    def pump(self) -> EventPump:
        """A fresh one."""
        return EventPump(self.database, self.clock, self.client, self.entries, _plain, CATALOG, Rules())

    def entries(self, _store: Store) -> dict[str, System]:
        """The only one."""
        return {"erp": self.system}

    async def accept(self, count: int) -> None:
        """So many events, with their deliveries; in batches."""
        for _ in range(0, count, 500):
            events = [self._coming() for _ in range(min(500, count))]
            await self.database.write(lambda store, some=events: self._write(store, some))  # type: ignore[misc]  # bound now

    async def left(self) -> int:
        """Deliveries that wait."""
        counts = await self.database.read(lambda store: store.event_deliveries.open_counts())
        return sum(states.get("waiting", 0) for states in counts.values())

    def _write(self, store: Store, comings: Sequence[Coming]) -> None:
        now = self.clock.now()
        settle(store, self.entries(store), _plain, now)
        store.event_subscriptions.open("erp", "all", " ".join(proofs(self.listening, _plain)), "", "", now)
        write(store, comings, now, [FanOut(self.entries, self.clock)])

    def _coming(self) -> Coming:
        self.numbers += 1
        data: dict[str, Any] = {
            "order_no": f"SO{self.numbers:06}",
            "amount_cny": 1000 + self.numbers,
            "item": "智能产线",
        }
        event = Event(f"B{self.numbers}", "/crm", "order.confirmed", datetime.now(UTC), data["order_no"], data, 2)
        return Coming(event, {}, "crm", CATALOG.get(event.type), 2)


async def _all(url: str, to: str, tell: Tell) -> Rates:
    database = Database(url)
    database.migrate()
    bench = _Bench(database, to)
    try:
        tell("the pump")
        before = time.process_time()
        pump = [await _pumped(bench, EVENTS) for _ in range(RUNS)]
        processor = (time.process_time() - before) / (RUNS * EVENTS)
        bench.use(to, "order_no")
        tell("in order")
        ordered = [await _pumped(bench, EVENTS) for _ in range(RUNS)]
        bench.use(to, "")
        tell("one after the other")
        waits = await _waits(bench)
        tell("the engine")
        jobs = await _by_jobs(bench)
    finally:
        await bench.client.close()
        database.close()
    return Rates(median(pump), median(ordered), median(jobs), processor, waits)


async def _pumped(bench: _Bench, count: int) -> float:
    """Everything is accepted before the clock starts."""
    await bench.accept(count)
    pump, begun = bench.pump(), time.perf_counter()
    pump.start()
    while await bench.left():
        await asyncio.sleep(0.02)
    taken = time.perf_counter() - begun
    await pump.stop()
    return count / taken


async def _waits(bench: _Bench) -> list[float]:
    pump = bench.pump()
    pump.start()
    for _ in range(SPACED):
        await bench.accept(1)
        pump.wake()
        await asyncio.sleep(EVERY)
    while await bench.left():
        await asyncio.sleep(0.02)
    await pump.stop()
    rows = await bench.database.read(lambda store: store.event_deliveries.listing(limit=SPACED))
    return [(row.done_at - row.created_at).total_seconds() for row in rows if row.done_at]


async def _by_jobs(bench: _Bench) -> list[float]:
    """A job for each: read the row, post, note."""
    engine, done = Engine(bench.database), asyncio.Event()
    todo = 0

    async def deliver(subject: str) -> None:
        nonlocal todo
        row, event = await bench.database.read(lambda store: _found(store, int(subject)))
        await bench.client.post(Letter(bench.listening.to, event, [SECRET]))
        await bench.database.write(lambda store: _note(store, row))
        todo -= 1
        if not todo:
            done.set()

    engine.register("event", deliver)
    await engine.start("benchmark")
    rates = []
    for _ in range(RUNS):
        await bench.accept(JOBS)
        rows = await bench.database.read(lambda store: store.event_deliveries.listing(state="waiting", limit=JOBS))
        todo = len(rows)
        done.clear()
        begun = time.perf_counter()
        await bench.database.write(lambda store, some=rows: _enqueue(store, engine, some))  # type: ignore[misc]  # bound now
        await done.wait()
        rates.append(JOBS / (time.perf_counter() - begun))
    await engine.stop()
    return rates


def _found(store: Store, id_: int) -> tuple[EventDelivery, Event]:
    row = store.event_deliveries.get(id_)
    assert row
    event = store.events.these([row.event_seq])[row.event_seq]
    return row, Event(event.id, event.source, event.type, event.time, event.subject, event.data, event.version)


def _note(store: Store, row: EventDelivery) -> None:
    from storage.repositories.event_claims import Tried

    now = datetime.now(UTC)
    store.event_claims.note([Tried(row, "done", now, now, 200)], "benchmark")


def _enqueue(store: Store, engine: Engine, rows: Sequence[EventDelivery]) -> None:
    for row in rows:
        engine.enqueue(store, _job(row))


def _job(row: EventDelivery) -> Job:
    return Job("event", f"event:{row.id}", str(row.id), partition=f"event:{row.id}")


def _plain(text: str) -> str:
    return text


def _report(found: dict[str, Rates]) -> str:
    rows = [
        (
            name,
            f"{one.pump:,.0f}",
            f"{one.ordered:,.0f}",
            f"{one.jobs:,.0f}",
            f"{one.processor * 1000:.1f} ms",
            seconds(percentile(one.waits, 50)),
            seconds(percentile(one.waits, 95)),
        )
        for name, one in found.items()
    ]
    head = ["", "the pump", "in order", "a job each", "CPU each", "p50", "p95"]
    return "\n\n".join(
        (
            f"Deliveries a second to one subscriber on the same machine, which verifies each signature; medians of "
            f"{RUNS} runs of {EVENTS:,} ({JOBS:,} for jobs). *In order*: `ordered_by`, each event of another order. "
            f"*A job each*: the same work as a job of the durable engine. *p50, p95*: from accepting an event to the "
            f"subscriber's answer, one event every {EVERY * 1000:.0f} ms.",
            table(head, rows),
        )
    )
