"""Intake: a message and its job in one transaction, per second; beside it what the durable engine does alone."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import median

from dbos import DBOSClient, DBOSPortableJSONSerializer, EnqueueOptions
from sqlalchemy import text

from bot.contracts import Message, SystemClock
from bot.flows.engine import APPLICATION, VERSION, Engine
from bot.flows.intake import Intake
from storage.database import Database
from tests.benchmarks.figures import table
from tests.postgres_server import PostgresServer

MESSAGES = 300  # in each run
RUNS = 3
TOGETHER = 50  # callers at the same time
CONVERSATIONS = 200

Tell = Callable[[str], None]
Work = Callable[[int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Rates:
    """Per second, medians of the runs."""

    alone: float  # one caller after the other
    together: float
    processor: float  # seconds of processor time for one, when alone


def run(tell: Tell) -> str:
    """Measure; the section for the page."""
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        found = {"SQLite": asyncio.run(_all(f"sqlite:///{folder}/storage.db", lambda w: tell(f"SQLite: {w}")))}
        server = PostgresServer(Path(folder), durable=True)
        server.start()
        try:
            found["PostgreSQL"] = asyncio.run(_all(server.new_database(), lambda w: tell(f"PostgreSQL: {w}")))
        finally:
            server.stop()
    return _report(found)


async def _all(url: str, tell: Tell) -> dict[str, Rates]:
    database = Database(url)
    database.migrate()
    engine = Engine(database)
    await engine.start("benchmark")  # no kinds are registered: jobs are stored and never run
    client = await asyncio.to_thread(_client, database)
    intake = Intake(database, engine, SystemClock())
    works: dict[str, Work] = {
        "a commit of one row": lambda number: _one_row(database, number),
        "the engine alone: enqueue": lambda number: asyncio.to_thread(_enqueue, client, number),
        "intake: message, job, conversation, line of time": lambda number: intake([_message(number)]),
    }
    try:
        return {name: await _rates(name, work, tell) for name, work in works.items()}
    finally:
        await engine.stop()
        database.close()


async def _rates(name: str, work: Work, tell: Tell) -> Rates:
    tell(name)
    numbers = count()
    await _run(work, numbers, 20, 1)
    before = time.process_time()
    alone = [await _run(work, numbers, MESSAGES, 1) for _ in range(RUNS)]
    processor = (time.process_time() - before) / (RUNS * MESSAGES)
    together = [await _run(work, numbers, MESSAGES, TOGETHER) for _ in range(RUNS)]
    return Rates(median(alone), median(together), processor)


async def _run(work: Work, numbers: count[int], times: int, callers: int) -> float:
    """How often a second `work` is done by so many callers."""
    begun = time.perf_counter()
    todo = iter([next(numbers) for _ in range(times)])

    async def caller() -> None:
        for number in todo:
            await work(number)

    await asyncio.gather(*(caller() for _ in range(callers)))
    return times / (time.perf_counter() - begun)


async def _one_row(database: Database, number: int) -> None:
    insert = text("INSERT INTO conversation_memory VALUES ('bench', :place, 'bench', '{}', :at)")
    values = {"place": str(number), "at": SystemClock().now().replace(tzinfo=None)}
    await database.write(lambda store: store.session.connection().execute(insert, values))


def _client(database: Database) -> DBOSClient:
    serializer = DBOSPortableJSONSerializer()
    return DBOSClient(system_database_engine=database.engine, serializer=serializer, application_name=APPLICATION)


def _enqueue(client: DBOSClient, number: int) -> None:
    options = EnqueueOptions(
        workflow_name="conversation",
        queue_name="conversation",
        workflow_id=f"raw:{number}",
        app_version=VERSION,
        queue_partition_key=str(number % CONVERSATIONS),
        priority=number + 1,
    )
    client.enqueue(options, f"raw:{number}")


def _message(number: int) -> Message:
    user = f"user{number % CONVERSATIONS}"
    return Message(
        id=f"bench:{number}",
        channel="wecom",
        conversation=f"user:{user}",
        sender=user,
        kind="text",
        at=SystemClock().now(),
        text="客户说太贵了怎么回",
    )


def _report(found: dict[str, dict[str, Rates]]) -> str:
    rows = [
        (f"{database}: {name}", f"{rates.alone:,.0f}", f"{rates.together:,.0f}", f"{rates.processor * 1000:.1f} ms")
        for database, by_name in found.items()
        for name, rates in by_name.items()
    ]
    return "\n\n".join(
        (
            f"Transactions a second, each synced to disk before it counts (SQLite `synchronous=FULL`, PostgreSQL with "
            f"its defaults on a local socket); medians of {RUNS} runs of {MESSAGES}, {CONVERSATIONS} conversations.",
            table(["", "one caller", f"{TOGETHER} callers", "CPU each"], rows),
        )
    )
