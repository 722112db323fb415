"""Processes that share the work: each says that it lives; when one falls silent, another takes its work over.

Silence is judged by the observer's own clock: a counter that stood still for `SILENT_SECONDS`. So it does not matter
whether the machines agree about the time. A process that was only frozen finds, when it goes on, that it was
replaced: it then hands nothing more to a platform and stops.
"""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import Awaitable, Callable
from uuid import uuid4

import psutil
import structlog

from bot.contracts import Clock
from bot.contracts.errors import IntakeUnavailable
from storage.database import Database
from storage.repositories.machines import LEFT, Machine

BEAT_SECONDS = 5.0
SILENT_SECONDS = 20.0
RUN = "run"  # the role of a process that does everything

log = structlog.get_logger(__name__)


class Machines:
    """This process among those that share its database."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        take_over: Callable[[str], Awaitable[int]],
        executors: Callable[[], Awaitable[set[str]]] | None = None,
        *,
        beat_seconds: float = BEAT_SECONDS,
        silent_seconds: float = SILENT_SECONDS,
    ) -> None:
        """`take_over(name)` finishes the work of a process, `executors()` names all that have work begun."""
        self._database = database
        self._clock = clock
        self._finish_work_of = take_over
        self._executors = executors
        self._beat_seconds, self._silent_seconds = beat_seconds, silent_seconds
        self._instance = uuid4().hex
        self._host = socket.gethostname()
        self._beaten = self._searched = time.monotonic()
        self._seen: dict[str, tuple[Machine, float]] = {}  # as it was when it last changed, and when that was seen
        self.replaced = asyncio.Event()  # another process has taken over: this one must stop
        self.id = ""

    @property
    def alive(self) -> bool:
        """Whether nobody can have taken this process for dead yet. Asked before anything is sent."""
        return not self.replaced.is_set() and time.monotonic() - self._beaten < self._silent_seconds

    async def join(self, role: str = RUN) -> str:
        """Become one of the machines. Returns the name under which this process runs jobs.

        The role is in the name, because a name is used again after a restart and comes with the work left under it.
        """
        me = psutil.Process(os.getpid())
        now = self._clock.now()
        newcomer = Machine(role, self._instance, self._host, me.pid, me.create_time(), 0, now)
        self.id = await self._database.write(lambda store: store.machines.join(newcomer, gone))
        self._beaten = time.monotonic()
        return self.id

    async def run(self, may_take_over: asyncio.Event | None = None) -> None:
        """Beat and, once that `may` be, look after the others; until cancelled or replaced."""
        async with asyncio.TaskGroup() as both:  # apart, because taking over may last longer than silence may
            both.create_task(self._repeat(self._beat))
            if may_take_over is not None:
                await may_take_over.wait()
            both.create_task(self._repeat(self._look_after_others))

    async def _repeat(self, work: Callable[[], Awaitable[None]]) -> None:
        while not self.replaced.is_set():
            await asyncio.sleep(self._beat_seconds)
            try:
                await work()
            except IntakeUnavailable as error:
                log.warning("no heartbeat: the database is away", error=str(error))
                self._seen.clear()  # nobody could beat, so nobody's silence means anything
            except Exception:  # whatever it is: without a heartbeat this process would be taken for dead
                log.exception("heartbeat failed; trying again")

    async def leave(self) -> None:
        """End in good order, after the engine has stopped: others take over at once what is left."""
        if not self.id:
            return  # the start failed before this process had joined
        try:
            await self._database.write(lambda store: store.machines.leave(self.id, self._instance))
        except IntakeUnavailable as error:
            log.warning("left without a word: the database is away", error=str(error))

    async def _beat(self) -> None:
        began = time.monotonic()
        if not await self._database.write(lambda store: store.machines.beat(self.id, self._instance), urgent=True):
            log.error("another process has taken over this one's work: it was silent for too long and must stop")
            self.replaced.set()
        if self._stood_still(began):
            self._seen.clear()
        self._beaten = began

    def _stood_still(self, now: float) -> bool:
        """Whether this process was the silent one, so that it has no opinion about others."""
        return now - self._beaten > 2 * self._beat_seconds

    async def _look_after_others(self) -> None:
        if self.replaced.is_set() or self._stood_still(time.monotonic()):
            return
        await self._look_around()
        await self._look_for_orphans()

    async def _look_around(self) -> None:
        machines = await self._database.read(lambda store: store.machines.all())
        now = time.monotonic()
        for machine in machines:
            before = self._seen.get(machine.id)
            if before is None or before[0] != machine:
                self._seen[machine.id] = before = (machine, now)
            if machine.id != self.id and (now - before[1] >= self._silent_seconds or self._knows_gone(machine)):
                await self._take_over(machine)

    async def _look_for_orphans(self) -> None:
        """Find work under names that no process has: of one that was replaced, and began more before it noticed."""
        now = time.monotonic()
        if self._executors is None or now - self._searched < self._silent_seconds:
            return
        self._searched = now
        known = {machine.id for machine in await self._database.read(lambda store: store.machines.all())}
        orphans = [
            Machine(name, uuid4().hex, "", 0, 0.0, LEFT, self._clock.now()) for name in await self._executors() - known
        ]
        await self._database.write(lambda store: [store.machines.bury(machine) for machine in orphans])

    def _knows_gone(self, machine: Machine) -> bool:
        return machine.beats == LEFT or (machine.host == self._host and gone(machine))

    async def _take_over(self, machine: Machine) -> None:
        if not await self._database.write(lambda store: store.machines.claim(machine, self._instance)):
            return  # another was quicker, or it lives
        jobs = await self._finish_work_of(machine.id)
        await self._database.write(lambda store: store.machines.forget(machine.id, self._instance))
        (log.warning if jobs else log.info)("took over", machine=machine.id, jobs=jobs)


def gone(machine: Machine) -> bool:
    """Whether a process of this host has ended. A pid that is used again belongs to a younger process."""
    if machine.beats == LEFT:
        return True
    try:
        born: float = psutil.Process(machine.pid).create_time()
    except psutil.Error:
        return True
    return abs(born - machine.born) > 1
