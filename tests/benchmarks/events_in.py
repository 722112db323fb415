"""Events accepted per second: one by one, many senders at once with and without shared transactions, and in batches.

Beside it what the database takes of bare rows, one transaction each: the ceiling for whoever commits each event alone.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import median

from sqlalchemy import text

from bot.contracts import Event, SystemClock
from bot.flows.business_event import EventFlow
from knowledge.events.catalog import load_catalog
from knowledge.events.systems import System
from storage.database import Database
from storage.store import Store
from tests.benchmarks.figures import table
from tests.postgres_server import PostgresServer

SINGLE, TOGETHER, BATCH = 300, 2000, 10_000  # events in each run
SENDERS = 100  # at the same time
RUNS = 3
CRM = System("crm", "CRM", "crm", "E1", frozenset({"order.confirmed"}), ("/crm",))

Tell = Callable[[str], None]
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Rates:
    """Events per second, medians of the runs."""

    bare: float  # rows of one table, one transaction each, one after the other
    alone: float  # one sender, one after the other
    each: float  # many senders, a transaction for each event
    joined: float  # many senders, shared transactions
    batch: float  # one batch


def run(tell: Tell) -> str:
    """Measure; the section for the page."""
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        found = {"SQLite": asyncio.run(_all(f"sqlite:///{folder}/events.db", lambda w: tell(f"SQLite: {w}")))}
        server = PostgresServer(Path(folder), durable=True)
        server.start()
        try:
            found["PostgreSQL"] = asyncio.run(_all(server.new_database(), lambda w: tell(f"PostgreSQL: {w}")))
        finally:
            server.stop()
    return _report(found)


async def _all(url: str, tell: Tell) -> Rates:
    database = Database(url)
    database.migrate()
    try:
        return Rates(
            bare=await _median(tell, "bare rows", lambda: _bare(database)),
            alone=await _median(tell, "one sender", lambda: _accepted(database, SINGLE, 1, join=True)),
            each=await _median(tell, "senders apart", lambda: _accepted(database, TOGETHER, SENDERS, join=False)),
            joined=await _median(tell, "senders together", lambda: _accepted(database, TOGETHER, SENDERS, join=True)),
            batch=await _median(tell, "batches", lambda: _batch(database)),
        )
    finally:
        database.close()


async def _median(tell: Tell, what: str, measure: Callable[[], Awaitable[float]]) -> float:
    tell(what)
    return median([await measure() for _ in range(RUNS)])


async def _bare(database: Database) -> float:
    def insert(store: Store, number: int) -> None:
        statement = text("INSERT INTO event_keys (event_seq, name, value) VALUES (:seq, 'order_no', :value)")
        store.session.connection().execute(statement, {"seq": number, "value": f"SO{number}"})

    begun = time.perf_counter()
    for _ in range(SINGLE):
        number = 1_000_000_000 + next(_numbers)
        await database.write(lambda store, number=number: insert(store, number))  # type: ignore[misc]  # bound now
    return SINGLE / (time.perf_counter() - begun)


async def _accepted(database: Database, events: int, senders: int, *, join: bool) -> float:
    flow = EventFlow(database, SystemClock(), load_catalog(), join=join)
    waiting = [_event() for _ in range(events)]
    begun = time.perf_counter()

    async def send() -> None:
        while waiting:
            await flow.accept([waiting.pop()], CRM)

    await asyncio.gather(*(send() for _ in range(senders)))
    return events / (time.perf_counter() - begun)


async def _batch(database: Database) -> float:
    flow, events = EventFlow(database, SystemClock(), load_catalog()), [_event() for _ in range(BATCH)]
    begun = time.perf_counter()
    verdicts = await flow.accept(events, CRM)
    seconds = time.perf_counter() - begun
    if not all(one.outcome == "accepted" for one in verdicts):
        raise RuntimeError("an event of the benchmark was not accepted")
    return BATCH / seconds


def _event() -> Event:
    number = next(_numbers)
    data = {"order_no": f"SO{number}", "amount_cny": number, "item": "智能产线", "region": "华东"}
    return Event(f"bench-{time.time_ns()}-{number}", "/crm", "order.confirmed", SystemClock().now(), "", data)


def _report(found: dict[str, Rates]) -> str:
    def row(title: str, values: Sequence[float]) -> list[str]:
        return [title, *(f"{value:,.0f}" for value in values)]

    rates = list(found.values())
    rows = [
        row("one sender, one event at a time", [one.alone for one in rates]),
        row(f"{SENDERS} senders, one transaction for each event", [one.each for one in rates]),
        row(f"{SENDERS} senders, shared transactions (as it runs)", [one.joined for one in rates]),
        row(f"batches of {BATCH:,}", [one.batch for one in rates]),
        row("bare rows, one transaction each, nothing checked", [one.bare for one in rates]),
    ]
    said = (
        "Events accepted per second: read, checked against their schema, stored with their keys and whom they concern. "
        f"Medians of {RUNS} runs; the sender is in the same process, so HTTP is not in it."
    )
    return f"{said}\n\n{table(['', *found], rows)}"
