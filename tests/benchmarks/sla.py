"""100,000 open deadlines: what they cost while nothing is due, and how long it takes to tell of 1,000 that are.

The ticker is woken once a second, as events would wake it. Those that are due belong to 100 people; telling ends with
the parcels on the delivery list.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bot.contracts import Role
from bot.flows.due import Ticker
from storage.database import Database
from storage.repositories.deadlines import Deadline
from storage.repositories.people import PersonRecord
from storage.store import Store
from tests.benchmarks.figures import table
from tests.postgres_server import PostgresServer
from tests.unit.flows.sla_house import NOW, House, company

OPEN, DUE, OWNERS = 100_000, 1000, 100
IDLE_SECONDS = 30

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Costs:
    """What was measured."""

    share: float  # of one core, while nothing is due
    fired: float  # seconds
    cards: int


def run(tell: Tell) -> str:
    """Measure; the section for the page."""
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        tell("SQLite")
        found = {"SQLite": asyncio.run(_all(f"sqlite:///{folder}/sla.db"))}
        server = PostgresServer(Path(folder), durable=True)
        server.start()
        try:
            tell("PostgreSQL")
            found["PostgreSQL"] = asyncio.run(_all(server.new_database()))
        finally:
            server.stop()
    return _report(found)


async def _all(url: str) -> Costs:
    database = Database(url)
    database.migrate()
    try:
        house = House(database)
        await database.write(company)
        await database.write(_owners)
        for at in range(0, OPEN, 10_000):
            await database.write(lambda store, at=at: _deadlines(store, at))  # type: ignore[misc]  # bound now
        share = await _idle(house)
        return Costs(share, *await _fire(house))
    finally:
        database.close()


def _owners(store: Store) -> None:
    people = [PersonRecord(f"B{n}", f"销售{n}", Role.REP, "华东组", accounts={"wecom": f"B{n}"}) for n in range(OWNERS)]
    store.people.upsert_all(people)


def _deadlines(store: Store, begin: int) -> None:
    """The first ones are due in two hours, the others later."""
    opened, soon = NOW, NOW + timedelta(hours=2)
    rows = []
    for number in range(begin, begin + 10_000):
        due = soon if number < DUE else soon + timedelta(seconds=3600 + number % 40_000)
        rows.append(
            Deadline(0, "order_to_purchase", 1, f"SO{number}", number, opened, due, rung=2, next_at=due)
            if number >= DUE
            else Deadline(
                *(0, "order_to_purchase", 1, f"SO{number}", number, opened, due),
                rung=2,
                next_at=due,
                person_id=f"B{number % OWNERS}",
            )
        )
    store.deadlines.add_all(rows)


async def _idle(house: House) -> float:
    ticker = Ticker("deadlines", house.made.ladder.look, house.clock, 30.0)
    ticker.start()
    await asyncio.sleep(1)
    begun, used = time.perf_counter(), time.process_time()
    for _ in range(IDLE_SECONDS):
        await asyncio.sleep(1)
        ticker.wake()
    share = (time.process_time() - used) / (time.perf_counter() - begun)
    await ticker.stop()
    return share


async def _fire(house: House) -> tuple[float, int]:
    house.clock.at = NOW + timedelta(hours=2)
    begun = time.perf_counter()
    await house.made.ladder.look()
    seconds = time.perf_counter() - begun
    late = await house.database.read(lambda store: store.deadlines.due(house.clock.at, 1))
    assert not late
    return seconds, len(house.phone.shown)


def _report(found: dict[str, Costs]) -> str:
    rows = [
        (name, f"{one.share:.2%}", f"{one.fired:.2f} s", f"{DUE / one.fired:,.0f}", f"{one.cards:,}")
        for name, one in found.items()
    ]
    head = ("Database", "Processor while idle", f"{DUE:,} due at once", "Deadlines/s", "Cards")
    return "\n\n".join(
        [
            f"{OPEN:,} open deadlines. Idle: a look a second for {IDLE_SECONDS} s, nothing due; share of one core.\n"
            f"Then {DUE:,} are due at once, of {OWNERS} people: until all cards are on the delivery list, not sent.",
            table(head, rows),
        ]
    )
