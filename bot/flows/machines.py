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

log = structlog.get_logger(__name__)


class Machines:
    """This process among those that share its database."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        take_over: Callable[[str], Awaitable[int]],
        *,
        beat_seconds: float = BEAT_SECONDS,
        silent_seconds: float = SILENT_SECONDS,
    ) -> None:
        self._database = database
        self._clock = clock
        self._finish_work_of = take_over
        self._beat_seconds, self._silent_seconds = beat_seconds, silent_seconds
        self._instance = uuid4().hex
        self._host = socket.gethostname()
        self._beaten = time.monotonic()
        self._seen: dict[str, tuple[Machine, float]] = {}  # as it was when it last changed, and when that was seen
        self.replaced = asyncio.Event()  # another process has taken over: this one must stop
        self.id = ""

    @property
    def alive(self) -> bool:
        """Whether nobody can have taken this process for dead yet. Asked before anything is sent."""
        return not self.replaced.is_set() and time.monotonic() - self._beaten < self._silent_seconds

    async def join(self) -> str:
        """Become one of the machines. Returns the name under which this process runs jobs."""
        me = psutil.Process(os.getpid())
        now = self._clock.now()
        newcomer = Machine("", self._instance, self._host, me.pid, me.create_time(), 0, now)
        self.id = await self._database.write(lambda store: store.machines.join(newcomer, _gone))
        self._beaten = time.monotonic()
        return self.id

    async def run(self) -> None:
        """Beat and look after the others, until cancelled or replaced."""
        while not self.replaced.is_set():
            await asyncio.sleep(self._beat_seconds)
            try:
                await self._beat()
                await self._look_around()
            except IntakeUnavailable as error:
                log.warning("no heartbeat: the database is away", error=str(error))
                self._seen.clear()  # nobody could beat, so nobody's silence means anything

    async def leave(self) -> None:
        """End in good order, after the engine has stopped: others take over at once what is left."""
        try:
            await self._database.write(lambda store: store.machines.leave(self.id, self._instance))
        except IntakeUnavailable as error:
            log.warning("left without a word: the database is away", error=str(error))

    async def _beat(self) -> None:
        began = time.monotonic()
        if not await self._database.write(lambda store: store.machines.beat(self.id, self._instance), urgent=True):
            log.error("another process has taken over this one's work: it was silent for too long and must stop")
            self.replaced.set()
        if began - self._beaten > 2 * self._beat_seconds:
            self._seen.clear()  # this process was the one that stood still
        self._beaten = began

    async def _look_around(self) -> None:
        if self.replaced.is_set():
            return
        machines = await self._database.read(lambda store: store.machines.all())
        now = time.monotonic()
        for machine in machines:
            before = self._seen.get(machine.id)
            if before is None or before[0] != machine:
                self._seen[machine.id] = before = (machine, now)
            if machine.id != self.id and (now - before[1] >= self._silent_seconds or self._knows_gone(machine)):
                await self._take_over(machine)

    def _knows_gone(self, machine: Machine) -> bool:
        return machine.beats == LEFT or (machine.host == self._host and _gone(machine))

    async def _take_over(self, machine: Machine) -> None:
        if not await self._database.write(lambda store: store.machines.claim(machine, self._instance)):
            return  # another was quicker, or it lives
        jobs = await self._finish_work_of(machine.id)
        await self._database.write(lambda store: store.machines.forget(machine.id, self._instance))
        log.warning("took over", machine=machine.id, jobs=jobs)


def _gone(machine: Machine) -> bool:
    """Whether a process of this host has ended. A pid that is used again belongs to a younger process."""
    if machine.beats == LEFT:
        return True
    try:
        born: float = psutil.Process(machine.pid).create_time()
    except psutil.Error:
        return True
    return abs(born - machine.born) > 1
