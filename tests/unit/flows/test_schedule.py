"""The clock: each slot is done once, however often it is asked for, also after an outage."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from apscheduler.triggers.cron import CronTrigger

from bot.contracts import SystemClock
from bot.flows.engine import Engine
from bot.flows.schedule import CATCH_UP, Schedule, Task, last_slot
from storage.database import Database

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # Monday, 12:00 in Shanghai


def slot(crontab: str, now: datetime) -> datetime | None:
    return last_slot(CronTrigger.from_crontab(crontab, timezone="Asia/Shanghai"), now, CATCH_UP)


def test_the_last_slot_is_the_latest_one_not_after_now() -> None:
    assert slot("30 8 * * *", NOON) == datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
    assert slot("0 12 * * *", NOON) == NOON, "a slot at this very moment counts"
    assert slot("0 12 * * *", NOON - timedelta(seconds=1)) == NOON - timedelta(days=1)
    assert slot("0 9 1 * *", NOON) == datetime(2026, 11, 1, 1, 0, tzinfo=UTC)
    assert slot("0 9 29 2 *", NOON) is None, "the 29th of February is further away than an outage lasts"


@dataclass
class Asked:
    """A trigger that counts how often it was asked."""

    trigger: CronTrigger
    times: int = 0

    def get_next_fire_time(self, before: datetime | None, now: datetime) -> datetime | None:
        self.times += 1
        fires: datetime | None = self.trigger.get_next_fire_time(before, now)
        return fires


@pytest.mark.parametrize("crontab", ["* * * * *", "*/10 8-20 * * mon-fri", "17 * * * *", "*/5 9-18 * * sat"])
def test_no_start_asks_for_every_minute_of_a_month(crontab: str) -> None:
    asked = Asked(CronTrigger.from_crontab(crontab, timezone="Asia/Shanghai"))
    found = last_slot(asked, NOON, CATCH_UP)
    assert found is not None
    assert found <= NOON < (asked.trigger.get_next_fire_time(found, found) or NOON)
    assert asked.times < 400, "a month has 43,000 minutes"


async def test_a_slot_is_done_once_though_two_processes_start(tmp_path: Path) -> None:
    done: list[datetime] = []
    finished = asyncio.Event()

    async def work(slot: datetime) -> None:
        done.append(slot)
        finished.set()

    for _ in range(2):  # the second start finds the slot done
        database = Database(f"sqlite:///{tmp_path / 'x.db'}")
        database.migrate()
        engine = Engine(database)
        schedule = Schedule(database, engine, SystemClock(), "Asia/Shanghai", (Task("daily", "0 0 1 1-12 *", work),))
        engine.register("cron", schedule.run_slot)
        await engine.start("test")
        await schedule.start()
        async with asyncio.timeout(20):
            await finished.wait()
            while await engine.waiting():
                await asyncio.sleep(0.05)
        await schedule.stop()
        await engine.stop()
        database.close()
    assert len(done) == 1
