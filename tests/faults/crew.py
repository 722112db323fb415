"""Several processes that share the work, under load: one is killed or frozen, and no member may notice."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.server import free_port
from storage.database import Database
from storage.repositories.machines import LEFT, Machine
from tests.emulators.wecom.emulator import WecomEmulator
from tests.faults.kill import PER_LIFE, Figures, KillTest
from tests.faults.lines import WecomLine
from tests.faults.process import BotProcess
from tests.scenarios.company import STAFF, TEXTS, Employee, load, reps, wecom_users
from tests.scenarios.world import settings_for

QUICK = {"MACHINES__BEAT_SECONDS": "0.5", "MACHINES__SILENT_SECONDS": "5"}
PATIENCE = 90.0
BUSY_SECONDS = 1.0  # under load before something happens


@dataclass
class Crew(KillTest):
    """One web process, and workers, with the load of the kill test."""

    web: BotProcess
    workers: list[BotProcess]
    database: Database
    emulator: WecomEmulator
    members: Sequence[Employee]
    seconds: dict[str, float] = field(default_factory=dict)  # what was measured

    def __post_init__(self) -> None:
        super().__init__(self.web, WecomLine(self.emulator), self.members, seed=1)

    async def talk(self, meanwhile: Callable[[], Awaitable[None]]) -> Figures:
        """Members talk from before until after something happens; then everything is counted."""
        talking = [asyncio.create_task(self._load())]
        await asyncio.sleep(BUSY_SECONDS)
        await meanwhile()
        talking.append(asyncio.create_task(self._load()))
        await asyncio.gather(*talking)
        await self._settle()
        return self._reckon()

    async def kill(self, worker: BotProcess) -> None:
        """kill -9, and wait until another has its work."""
        me = await self.machine_of(worker)
        await worker.kill()
        self.figures.kills += 1
        self.seconds["killed: taken over"] = await self._taken_over(me)

    async def freeze(self, worker: BotProcess) -> int:
        """SIGSTOP until another has its work, then SIGCONT; the status with which it then ends."""
        me, process = await self.machine_of(worker), worker.process
        assert process
        process.send_signal(signal.SIGSTOP)
        self.seconds["frozen: taken over"] = await self._taken_over(me)
        process.send_signal(signal.SIGCONT)
        begun = time.perf_counter()
        status = await asyncio.to_thread(process.wait, PATIENCE)
        self.seconds["revived: ended"] = time.perf_counter() - begun
        worker.process = None
        return status

    async def machine_of(self, worker: BotProcess) -> Machine:
        """Its row."""
        assert worker.process
        machines = await self.database.read(lambda store: store.machines.all())
        [mine] = [machine for machine in machines if machine.pid == worker.process.pid and machine.beats != LEFT]
        return mine

    async def _taken_over(self, gone: Machine) -> float:
        begun = time.perf_counter()
        async with asyncio.timeout(PATIENCE):
            while gone.instance in await self.database.read(lambda store: [m.instance for m in store.machines.all()]):
                await asyncio.sleep(0.02)
        return time.perf_counter() - begun

    def __str__(self) -> str:
        told = ", ".join(f"{what} after {seconds:.1f} s" for what, seconds in self.seconds.items())
        figures = self.figures
        return (
            f"sent {len(figures.sent)}, sent again {figures.repeats}, accepted {len(figures.accepted)}, "
            f"answered {figures.answered}, lost {len(figures.lost)}, seen twice {len(figures.twice)}, "
            f"{figures.prevented}; {told}"
        )


@asynccontextmanager
async def crew(
    tmp_path: Path, url: str, loads: int, workers: int = 2, more: Mapping[str, str] = QUICK
) -> AsyncIterator[Crew]:
    """Started and ready; `loads`: how many loads of the kill test are to come."""
    members = reps(loads * PER_LIFE)
    settings = {"DATABASE__URL": url, **more}
    async with WecomEmulator(users=wecom_users(members)) as emulator:
        data = tmp_path / "data"
        people = [*STAFF, *members]
        await load(settings_for(data, emulator, free_port(), database={"url": url}), tmp_path, people, TEXTS[:1])
        web, *crew = (
            BotProcess(data, emulator, free_port(), settings, role=role) for role in ("web", *["worker"] * workers)
        )
        database = Database(url)
        try:
            for process in (web, *crew):
                await process.start()
            for process in (web, *crew):
                await process.ready()
            yield Crew(web, crew, database, emulator, members)
            assert emulator.violations == []
        finally:
            for process in (web, *crew):
                await process.kill()
            database.close()
