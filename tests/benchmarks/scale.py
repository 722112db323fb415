"""How the work grows with processes, and what our flow costs beside what the durable engine does alone."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from storage.database import Database
from tests.benchmarks.figures import table
from tests.benchmarks.machine import ROOT
from tests.benchmarks.scale_worker import BARE_KIND, ENGINE_KIND, OUR_KIND, STEPS, enqueue_all, prepare
from tests.postgres_server import PostgresServer

MESSAGES = 2000  # in each run
PROCESSES = (1, 2, 4)
TARGET = 0.8  # of the engine's own rate
PATIENCE = 300.0  # seconds until a run is given up
LOOK_EVERY = 0.05

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table: jobs done per second."""

    database: str
    processes: int
    ours: float
    engine: float
    bare: float

    @property
    def share(self) -> float:
        """Of the engine's own rate."""
        return self.ours / self.engine


def run(tell: Tell, messages: int = MESSAGES, processes: tuple[int, ...] = PROCESSES) -> str:
    """Measure; the section for the page."""
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        lines = [_line(f"sqlite:///{folder}/scale.db", "SQLite", 1, messages, tell)]
        server = PostgresServer(Path(folder), durable=True)
        server.start()
        try:
            lines += [_line(server.new_database(), "PostgreSQL", n, messages, tell) for n in processes]
        finally:
            server.stop()
    return _report(lines, messages)


def _line(url: str, name: str, processes: int, messages: int, tell: Tell) -> Line:
    database = Database(url)
    try:
        asyncio.run(prepare(database))
        rates = {}
        for kind in (ENGINE_KIND, BARE_KIND, OUR_KIND):
            tell(f"{name}, {processes} processes: {kind}")
            rates[kind] = _rate(database, url, kind, processes, messages)
    finally:
        database.close()
    return Line(name, processes, rates[OUR_KIND], rates[ENGINE_KIND], rates[BARE_KIND])


def _rate(database: Database, url: str, kind: str, processes: int, messages: int) -> float:
    """Everything is enqueued before the processes start to work, so that only the work is measured."""
    asyncio.run(enqueue_all(database, kind, messages))
    with _workers(url, processes):
        begun, before = time.perf_counter(), _done(database, kind)
        while (done := _done(database, kind)) < messages:
            if time.perf_counter() - begun > PATIENCE:
                raise TimeoutError(f"{kind}: {done} of {messages} after {PATIENCE:.0f} s")
            time.sleep(LOOK_EVERY)
        return (messages - before) / (time.perf_counter() - begun)


@contextmanager
def _workers(url: str, count: int) -> Iterator[None]:
    """Processes that run jobs, from the moment at which all of them have begun."""
    command = [sys.executable, "-m", "tests.benchmarks.scale_worker", url]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    started = [
        subprocess.Popen([*command, f"bench:{number}"], cwd=ROOT, env=environment, stdout=subprocess.PIPE)
        for number in range(count)
    ]
    try:
        for process in started:
            assert process.stdout is not None
            json.loads(process.stdout.readline())
        yield
    finally:
        for process in started:
            process.terminate()
            process.communicate()


def _done(database: Database, kind: str) -> int:
    schema = "" if database.is_sqlite else "dbos."
    query = f"SELECT count(*) FROM {schema}workflow_status WHERE name = :kind AND status = 'SUCCESS'"  # noqa: S608  # ours
    with database.engine.connect() as connection:
        return int(connection.execute(text(query), {"kind": kind}).scalar() or 0)


def _report(lines: list[Line], messages: int) -> str:
    rows = [
        (
            line.database,
            str(line.processes),
            *(f"{rate:,.0f}" for rate in (line.ours, line.engine, line.bare)),
            f"{line.share:.0%}",
        )
        for line in lines
    ]
    worst = min(line.share for line in lines)
    verdict = "holds everywhere" if worst >= TARGET else f"is missed: {worst:.0%} at worst"
    method = (
        f"{messages:,} messages of {messages // 10:,} conversations, accepted before any process works; the rate is of "
        "jobs that finish, seen in the engine's table. Our flow: the whole conversation job with an empty skill (one "
        "text, always the same) and a platform that takes everything at once: person, memories, steps, rendering, line "
        "of time, delivery list, sending. Engine alone: a job of the same queue, partitions and priorities with as "
        f"many steps ({', '.join(STEPS)}) that do nothing, each kept by the engine. Bare: a job with as many "
        "transactions as ours (one snapshot, two commits) of a single row each. No network, no retrieval, no language "
        "model. Processes, database and counting share this machine: more processes than cores gain little here. "
        f"Target: our flow reaches {TARGET:.0%} of the engine alone; it {verdict}."
    )
    return "\n\n".join(
        [
            method,
            table(["database", "processes", "our flow, messages/s", "engine alone", "bare", "share of engine"], rows),
        ]
    )
