"""The clock: cron slots become durable jobs, so that each slot is done once however many machines tick."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from bot.contracts import Clock
from bot.contracts.errors import IntakeUnavailable
from bot.flows.engine import Engine, Job
from storage.database import Database

MISFIRE_SECONDS = 3600  # a tick this late still counts; older ones are caught up at start
CATCH_UP = timedelta(days=32)  # at start: even a monthly slot that fell into an outage is done
AGAIN_SECONDS = 10  # before a slot is offered again to a database that was away
LATENESS = timedelta(days=1)  # at a tick: its slot is never older
NEAREST = timedelta(minutes=2)  # how far back a slot is looked for at first

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do at fixed times. `cron` is a crontab line in the company's time zone."""

    name: str
    cron: str
    work: Callable[[datetime], Awaitable[None]]  # gets the slot


class Schedule:
    """Ticks in memory; every tick enqueues the job `cron:{task}:{slot}`, whose key makes it run once."""

    def __init__(self, database: Database, engine: Engine, clock: Clock, zone: str, tasks: tuple[Task, ...]) -> None:
        self._database = database
        self._engine = engine
        self._clock = clock
        self._zone = ZoneInfo(zone)
        self._tasks: Mapping[str, Task] = {task.name: task for task in tasks}
        self._scheduler: Any = None

    async def start(self) -> None:
        """Catch up on the last slot of each task, then tick."""
        from apscheduler.schedulers.asyncio import AsyncIOScheduler
        from apscheduler.triggers.cron import CronTrigger

        self._scheduler = AsyncIOScheduler(timezone=self._zone)
        for task in self._tasks.values():
            trigger = CronTrigger.from_crontab(task.cron, timezone=self._zone)
            if slot := last_slot(trigger, self._clock.now(), CATCH_UP):
                await self._enqueue(task.name, slot)
            self._scheduler.add_job(
                self._tick, trigger, [task.name, trigger], misfire_grace_time=MISFIRE_SECONDS, coalesce=True
            )
        self._scheduler.start()

    async def run_slot(self, subject: str) -> None:
        """The job: do one slot of one task."""
        name, _, slot = subject.partition("@")
        if task := self._tasks.get(name):
            await task.work(datetime.fromisoformat(slot))

    async def stop(self) -> None:
        """Stop ticking."""
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)

    async def _tick(self, name: str, trigger: Any) -> None:
        """Enqueue the slot that has come, however long the database is away."""
        while slot := last_slot(trigger, self._clock.now(), LATENESS):
            try:
                return await self._enqueue(name, slot)
            except IntakeUnavailable as error:
                log.warning("task waits: the database is away", task=name, error=str(error))
                await asyncio.sleep(AGAIN_SECONDS)

    async def _enqueue(self, name: str, slot: datetime) -> None:
        subject = f"{name}@{slot.isoformat()}"
        job = Job("cron", f"cron:{subject}", subject, partition=name)
        await self._database.write(lambda store: self._engine.enqueue(store, job))


def last_slot(trigger: Any, now: datetime, look_back: timedelta) -> datetime | None:
    """The latest time at or before `now` at which the trigger fires; None if it didn't within `look_back`.

    A trigger only tells what comes next. So a short time back is tried first, then ever longer ones: a task of every
    minute would else be asked for each minute of a month.
    """
    back = min(NEAREST, look_back)
    while (latest := _last_since(trigger, now - back, now)) is None and back < look_back:
        back = min(4 * back, look_back)
    return latest


def _last_since(trigger: Any, since: datetime, now: datetime) -> datetime | None:
    latest: datetime | None = None
    slot = trigger.get_next_fire_time(None, since)
    while slot is not None and slot <= now:
        latest, slot = slot, trigger.get_next_fire_time(slot, slot)
    return latest
