"""Jobs: what fails is run again, what a dead process had begun is taken over."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.flows import engine as engine_module
from bot.flows.engine import Engine, Job
from storage.database import Database

ORPHAN = """
import asyncio, sys
from bot.flows.engine import Engine, Job
from storage.database import Database

async def main():
    database = Database(sys.argv[1])
    database.migrate()
    engine = Engine(database)

    async def work(subject):
        print("begun", flush=True)
        await asyncio.sleep(600)

    engine.register("work", work)
    await engine.start("other")
    await database.write(lambda store: engine.enqueue(store, Job("work", "work:1", "1", "p")))
    await asyncio.sleep(600)

asyncio.run(main())
"""


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    database.migrate()
    yield database
    database.close()


async def test_a_job_that_raises_is_run_again_before_what_waits_behind_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D10: a locked database or a fault of ours must not leave a message unanswered, nor change the order.

    Afterwards the history of both jobs can be forgotten, though a page holds only one.
    """
    seen: list[str] = []
    done = asyncio.Event()

    async def work(subject: str) -> None:
        seen.append(subject)
        if seen == ["first"]:
            raise OSError("the disk is full")
        if subject == "second":
            done.set()

    engine = Engine(database, again_seconds=(0.05,))
    engine.register("work", work)
    await engine.start("me")
    for order, subject in enumerate(("first", "second"), 1):
        job = Job("work", subject, subject, partition="p", order=order)
        await database.write(lambda store, job=job: engine.enqueue(store, job))
    async with asyncio.timeout(20):
        await done.wait()
        while await engine.waiting():
            await asyncio.sleep(0.05)
    monkeypatch.setattr(engine_module, "FORGOTTEN_AT_ONCE", 1)
    await engine.forget_finished(days=-1)  # whatever began before tomorrow
    assert await _history(database) == 0
    await engine.stop()
    assert seen == ["first", "first", "second"]


async def _history(database: Database) -> int:
    """How many jobs the engine remembers."""
    query = text("SELECT count(*) FROM workflow_status")
    return int(await database.read(lambda store: store.session.connection().execute(query).scalar_one()))


async def test_what_a_killed_process_had_begun_is_taken_over(database: Database, tmp_path: Path) -> None:
    """The survivor has another name, so the engine alone would leave the job waiting for its owner."""
    command = [sys.executable, "-c", ORPHAN, f"sqlite:///{tmp_path / 'x.db'}"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    process.kill()
    process.wait()
    process.stdout.close()
    finished = asyncio.Event()

    async def work(subject: str) -> None:
        finished.set()

    engine = Engine(database)
    engine.register("work", work)
    await engine.start("survivor")
    assert await engine.take_over("nobody") == 0
    assert await engine.take_over("other") == 1
    async with asyncio.timeout(20):
        await finished.wait()
    assert await engine.take_over("other") == 0
    await engine.stop()
