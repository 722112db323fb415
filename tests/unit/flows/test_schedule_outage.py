"""The clock while the database is away: one line of warning for each attempt, and nothing is left out."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import datetime
from pathlib import Path

import pytest
import structlog
from apscheduler.triggers.cron import CronTrigger

from bot.contracts import SystemClock
from bot.flows import schedule as module
from bot.flows.engine import Engine
from bot.flows.schedule import Schedule, Task
from storage import engines
from storage.database import Database


async def test_a_slot_that_comes_while_the_database_is_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "_PRAGMAS", ("busy_timeout=50", *engines._PRAGMAS[1:]))
    monkeypatch.setattr(module, "AGAIN_SECONDS", 0.05)
    done = asyncio.Event()

    async def work(_slot: datetime) -> None:
        done.set()

    file = tmp_path / "x.db"
    database = Database(f"sqlite:///{file}")
    database.migrate()
    engine = Engine(database)
    schedule = Schedule(database, engine, SystemClock(), "UTC", (Task("often", "* * * * *", work),))
    engine.register("cron", schedule.run_slot)
    await engine.start("test")
    other = sqlite3.connect(file, isolation_level=None)
    with structlog.testing.capture_logs() as logs:
        other.execute("BEGIN EXCLUSIVE")
        tick = asyncio.create_task(schedule._tick("often", CronTrigger.from_crontab("* * * * *", timezone="UTC")))
        async with asyncio.timeout(20):
            while not logs:
                await asyncio.sleep(0.02)
        assert not tick.done()
        other.execute("COMMIT")
        other.close()
        async with asyncio.timeout(20):
            await tick
            await done.wait()
    assert {(line["log_level"], line["task"]) for line in logs if "database is away" in line["event"]} == {
        ("warning", "often")
    }
    assert not [line for line in logs if line["log_level"] == "error"]
    await engine.stop()
    database.close()
