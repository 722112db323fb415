"""Who died is noticed, who was frozen stops, and the work of each is taken over once."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog

from bot.contracts import SystemClock
from bot.flows.machines import Machines
from bot.flows.roll_call import roll_call
from storage.database import Database
from storage.repositories.machines import Machine

BEAT, SILENT = 0.02, 0.2
NOW = datetime(2026, 11, 23, tzinfo=UTC)
ELSEWHERE = Machine("elsewhere:run:1", "i", "elsewhere", 1, 0.0, 7, NOW)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    database.migrate()
    yield database
    database.close()


class Survivor:
    """A machine, and whose work it took over."""

    def __init__(
        self, database: Database, silent: float = SILENT, executors: Callable[[], Awaitable[set[str]]] | None = None
    ) -> None:
        self.taken: list[str] = []
        self.machines = Machines(
            database, SystemClock(), self._take_over, executors, beat_seconds=BEAT, silent_seconds=silent
        )
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Survivor:
        await self.machines.join()
        self._task = asyncio.create_task(self.machines.run())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _take_over(self, executor: str) -> int:
        self.taken.append(executor)
        return 1


async def _until(condition: object) -> None:
    assert callable(condition)
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.01)


async def _beats(database: Database) -> int:
    """Of the machine of this host."""
    machines = await database.read(lambda store: store.machines.all())
    return sum(machine.beats for machine in machines if machine.host == socket.gethostname())


async def _join(database: Database, machine: Machine) -> None:
    await database.write(lambda store: store.machines.join(replace(machine, id="run"), lambda _: False))


async def test_machines_of_one_host_get_names_of_their_own(database: Database) -> None:
    async with Survivor(database) as one, Survivor(database) as two:
        host = socket.gethostname()
        assert [one.machines.id, two.machines.id] == [f"{host}:run:1", f"{host}:run:2"]


async def test_a_silent_machine_is_taken_over_once(database: Database) -> None:
    """Of two survivors one takes the work, and the row is gone."""
    await _join(database, ELSEWHERE)
    async with Survivor(database) as one, Survivor(database) as two:
        await _until(lambda: one.taken or two.taken)
        await asyncio.sleep(2 * SILENT)
        assert one.taken + two.taken == ["elsewhere:run:1"]
        left = await database.read(lambda store: [machine.id for machine in store.machines.all()])
        assert left == sorted([one.machines.id, two.machines.id])


async def test_a_machine_that_beats_is_left_alone(database: Database) -> None:
    await _join(database, ELSEWHERE)
    async with Survivor(database) as one:
        for _ in range(20):
            await database.write(lambda store: store.machines.beat("elsewhere:run:1", "i"))
            await asyncio.sleep(SILENT / 8)
        assert one.taken == []


async def test_a_process_of_this_host_that_ended_is_taken_over_at_once(database: Database) -> None:
    """Its pid tells, also when another process has that pid now."""
    here = replace(ELSEWHERE, host=socket.gethostname())
    await _join(database, replace(here, born=1.0))  # pid 1 is running, but was born at another time
    async with Survivor(database, silent=600) as one:
        assert one.machines.id == f"{here.host}:run:1", "the slot of a dead process is used again"
        await _join(database, replace(here, pid=2**22 + 1))
        await _until(lambda: one.taken == [f"{here.host}:run:2"])


async def test_nobody_is_warned_of_a_process_that_left_no_work(database: Database) -> None:
    """Every restart by the service manager would look like a fault."""
    for jobs, level in ((0, "info"), (1, "warning")):
        await _join(database, ELSEWHERE)
        await database.write(lambda store: store.machines.leave("elsewhere:run:1", "i"))

        async def finish(_: str, jobs: int = jobs) -> int:
            return jobs

        machines = Machines(database, SystemClock(), finish)
        with structlog.testing.capture_logs() as logs:
            await machines._look_around()
        assert [(line["event"], line["jobs"], line["log_level"]) for line in logs] == [("took over", jobs, level)]


async def test_who_leaves_in_good_order_is_taken_over_at_once(database: Database) -> None:
    await _join(database, ELSEWHERE)
    await database.write(lambda store: store.machines.leave("elsewhere:run:1", "i"))
    async with Survivor(database, silent=600) as one:
        await _until(lambda: one.taken)


async def test_a_frozen_machine_finds_that_it_was_replaced(database: Database) -> None:
    """After SIGCONT it must not send: another has its work."""
    async with Survivor(database) as frozen, Survivor(database) as other:
        assert frozen.machines.alive
        task = frozen._task
        assert task is not None
        task.cancel()  # it beats no more
        await _until(lambda: other.taken == [frozen.machines.id])
        assert not frozen.machines.alive, "by its own clock, before it has asked anybody"
        frozen._task = asyncio.create_task(frozen.machines.run())
        await _until(frozen.machines.replaced.is_set)
        assert frozen.taken == [], "it looks after nobody"


async def test_work_under_a_name_that_nobody_has_is_taken_over_once(database: Database) -> None:
    """A replaced process may begin more before it notices; its name is forgotten by then."""
    survivors: list[Survivor] = []

    async def executors() -> set[str]:
        return {"elsewhere:run:9"}.difference(*(survivor.taken for survivor in survivors))

    async with Survivor(database, executors=executors) as one, Survivor(database, executors=executors) as two:
        survivors += [one, two]
        await _until(lambda: one.taken or two.taken)
        await asyncio.sleep(2 * SILENT)
        assert one.taken + two.taken == ["elsewhere:run:9"]


async def test_a_name_is_used_again_by_the_same_role_only(database: Database) -> None:
    """Else a web process, which runs no jobs, would bear the name under which a dead worker's jobs wait."""
    here = replace(ELSEWHERE, host=socket.gethostname(), pid=2**22 + 1, id="worker")
    await database.write(lambda store: store.machines.join(here, lambda _: False))
    machines = Machines(database, SystemClock(), Survivor(database)._take_over)
    assert await machines.join("web") == f"{here.host}:web:1"
    assert (
        await Machines(database, SystemClock(), Survivor(database)._take_over).join("worker") == f"{here.host}:worker:1"
    )


async def test_the_roll_call_knows_who_lives(database: Database) -> None:
    """By its pid on this host, by its beat elsewhere; who left is not called."""
    await _join(database, ELSEWHERE)
    await _join(database, replace(ELSEWHERE, host="silent"))
    await _join(database, replace(ELSEWHERE, host="left"))
    await database.write(lambda store: store.machines.leave("left:run:1", "i"))
    async with Survivor(database, silent=600) as one:
        calling = asyncio.create_task(roll_call(database, 0.1))
        await asyncio.sleep(0.5)
        await database.write(lambda store: store.machines.beat("elsewhere:run:1", "i"))
        assert await calling == {one.machines.id: True, "elsewhere:run:1": True, "silent:run:1": False}


async def test_a_fault_in_looking_after_others_stops_no_heartbeat(database: Database) -> None:
    """Without it this process would be taken for dead, with its work under way."""

    async def executors() -> set[str]:
        raise RuntimeError("the engine's tables are locked")

    async with Survivor(database, executors=executors):
        await asyncio.sleep(2 * SILENT)
        before = await _beats(database)
        async with asyncio.timeout(20):
            while await _beats(database) <= before + 2:
                await asyncio.sleep(0.01)


async def test_a_process_that_is_still_starting_beats_already(database: Database) -> None:
    """A start may take longer than silence may; it takes over nothing before it can."""
    await _join(database, ELSEWHERE)
    able, starting = asyncio.Event(), Survivor(database)
    await starting.machines.join("worker")
    beating = asyncio.create_task(starting.machines.run(able))
    await asyncio.sleep(3 * SILENT)
    assert starting.taken == []
    assert await _beats(database) > 0
    able.set()
    await _until(lambda: starting.taken)
    beating.cancel()
    await asyncio.gather(beating, return_exceptions=True)
