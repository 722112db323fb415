"""More than one process: whichever dies or freezes, another finishes its work, and nobody is answered twice."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
import pytest_asyncio

from tests.faults.crew import Crew, crew
from tests.faults.process import BotProcess
from tests.faults.visitor import Visitor
from tests.postgres_server import PostgresServer
from tests.scenarios.company import MIN

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(600), pytest.mark.asyncio(loop_scope="module")]
TAKE_OVER_SECONDS = 60.0  # at most, with the defaults


def _judge(crew: Crew) -> None:
    sys.stdout.write(f"\n{crew}\n")
    figures = crew.figures
    assert len(figures.accepted) > 60, "the load was there"
    assert figures.lost == []
    assert figures.twice == []
    assert figures.answered == len(figures.accepted)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def all_(tmp_path_factory: pytest.TempPathFactory, postgres_server: PostgresServer) -> AsyncIterator[Crew]:
    """A web process and three workers for the tests of this file, in their order: two workers are lost in the end."""
    url = postgres_server.new_database()
    async with crew(tmp_path_factory.mktemp("crew"), url, loads=6, workers=3) as all_:
        yield all_
    postgres_server.drop(url)


async def test_an_answer_of_a_worker_is_in_the_browser_at_once(all_: Crew) -> None:
    """A15: the browser is connected to the web process, which computes nothing; and that process stays small."""
    shown = re.search(r"http\S+token=(\S+)", await all_.web.command("people", "token", MIN.id))
    assert shown
    seconds = []
    async with Visitor(all_.web.url, shown[1]) as visitor:
        for number in range(5):
            seconds.append(await visitor.ask(f"我有几个客户 {number}"))
            await asyncio.sleep(0.3)
    web, *workers = (_megabytes(process) for process in (all_.web, *all_.workers))
    sys.stdout.write(f"\nin the browser after {', '.join(f'{s:.2f}' for s in seconds)} s; ")
    sys.stdout.write(f"web {web:.0f} MB, workers {', '.join(f'{worker:.0f}' for worker in workers)} MB\n")
    assert sorted(seconds)[2] < 1.5
    assert web < min(workers) * 0.7
    folders = sorted(path.name for path in all_.web.data.glob("vectors*") if path.is_dir())
    assert folders == ["vectors", "vectors-2", "vectors-3"], "the workers'; the web process needs none"


async def test_migrations_run_while_others_work(all_: Crew) -> None:
    """A process of the next version starts first: its migration adds to tables that the others are using."""

    async def migrate() -> None:
        await all_.web.command("people", "list")  # migrates first, as every command does
        for table in ("messages", "deliveries", "timeline"):
            await asyncio.to_thread(_widen, all_, table)

    await all_.talk(migrate)
    _judge(all_)
    assert all_.figures.repeats == 0, "nobody had to send again"


async def test_a_worker_is_killed_under_load(all_: Crew) -> None:
    """D10: another worker takes its work over; every accepted message is answered, every slot done, once."""
    await all_.talk(lambda: all_.kill(all_.workers[0]))
    _judge(all_)
    _judge_slots(all_)


async def test_a_worker_is_frozen_and_revived_after_its_work_was_taken_over(all_: Crew) -> None:
    """It finds that it was replaced, hands nothing more to a platform, says so and ends with status 1."""
    frozen, statuses = all_.workers[1], []

    async def freeze() -> None:
        statuses.append(await all_.freeze(frozen))

    await all_.talk(freeze)
    _judge(all_)
    assert statuses == [1]
    assert "another process has taken over" in frozen.log.read_text()


@pytest.mark.long
async def test_both_with_the_waits_of_an_installation(tmp_path: Path, postgres_url: str) -> None:
    """What an operator sees: a frozen machine's work is taken over within a minute."""
    async with crew(tmp_path, postgres_url, loads=2, workers=3, more={}) as all_:

        async def both() -> None:
            await all_.kill(all_.workers[0])
            await all_.freeze(all_.workers[1])

        await all_.talk(both)
        _judge(all_)
        assert all_.seconds["frozen: taken over"] < TAKE_OVER_SECONDS


async def test_postgres_is_restarted_under_load(tmp_path: Path) -> None:
    """The database dies as in a power cut and comes back: what was accepted is answered, nobody restarts anything."""
    server = PostgresServer(tmp_path, durable=True)
    await asyncio.to_thread(server.start)
    try:
        async with crew(tmp_path, server.new_database(), loads=2, workers=1) as all_:

            async def restart() -> None:
                server.kill()
                await asyncio.sleep(2)
                await asyncio.to_thread(server.start)

            await all_.talk(restart)
            _judge(all_)
            assert all(process.process and process.process.poll() is None for process in (all_.web, *all_.workers))
    finally:
        await asyncio.to_thread(server.stop)


def _judge_slots(all_: Crew) -> None:
    """Both workers tick; the job's key is the slot."""
    with all_.database.engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT workflow_uuid, status FROM dbos.workflow_status WHERE name = 'cron'"
        ).all()
    assert rows, "the slot that fell into the time before the start is caught up"
    assert len({row[0] for row in rows}) == len(rows)
    assert {row[1] for row in rows} <= {"SUCCESS", "PENDING", "ENQUEUED"}
    slots = [re.sub(r".*@", "", row[0]) for row in rows if row[0].startswith("cron:")]
    assert len(slots) == len(rows)


def _megabytes(process: BotProcess) -> float:
    assert process.process
    return float(psutil.Process(process.process.pid).memory_info().rss) / 1024**2


def _widen(all_: Crew, table: str) -> None:
    with all_.database.engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN of_the_next_version TEXT")
