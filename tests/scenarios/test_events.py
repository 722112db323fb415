"""Events through the whole bot to the systems around it and back, over real sockets (C1–C4, C11)."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.app import build
from bot.flows.due import FastClock
from bot.server import free_port
from storage.repositories.events import Asked
from storage.store import Store
from tests.emulators.business.emulator import BusinessSystems
from tests.emulators.business.faults import Fault
from tests.emulators.wecom.emulator import WecomEmulator
from tests.scenarios.company import EAST
from tests.scenarios.plant import connect, event_settings, order, plant, send
from tests.scenarios.world import World, company_data, running, settings_for, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

MANY = 1000
LADDER = (0, 0.05, *([0.1] * 20))  # so many, that nothing is a dead letter by bad luck


@pytest_asyncio.fixture(loop_scope="module")
async def systems() -> AsyncIterator[BusinessSystems]:
    """All four, at the end of a test without anything that a careful sender doesn't do."""
    found = await plant().start()
    found.retry_after = "0"
    yield found
    await found.stop()
    assert found.violations == []


@asynccontextmanager
async def bot(
    workshop: Path, folder: Path, systems: BusinessSystems, emulator: WecomEmulator, **more: Any
) -> AsyncIterator[World]:
    data = company_data(workshop, folder / "data")
    async with running(data, emulator, events=event_settings(systems, **more)) as world:
        await connect(world.app, systems)
        yield world


def states(store: Store) -> Counter[str]:
    """Deliveries by their state."""
    found: Counter[str] = Counter()
    for by_state in store.event_deliveries.counts().values():
        found.update(by_state)
    return found


async def delivered(world: World, count: int) -> None:
    """Wait until so many deliveries are done and none waits."""

    async def done() -> bool:
        found = await world.app.database.read(states)
        return found["done"] == found.total() == count

    await until(done)


async def test_a_thousand_events_to_three_subscribers_that_fail_every_fifth_time(
    workshop: Path, tmp_path: Path, systems: BusinessSystems, emulator: WecomEmulator
) -> None:
    """C3: 500, 429, an error page with 200, and answers that are lost after the effect. All arrive, once each; what is
    sent again carries the id that it had."""
    three = ("erp", "mes", "finance")
    for name in three:
        systems.plans[name].share = 0.2
        systems.plans[name].kinds = (Fault.SERVER, Fault.BUSY, Fault.HTML, Fault.CUT)
    async with bot(workshop, tmp_path, systems, emulator, retry_seconds=LADDER, at_once=60, at_once_each=20) as world:
        began = time.perf_counter()
        status, _ = await send(world.url, [order(number) for number in range(1, MANY + 1)])
        taken = time.perf_counter() - began
        assert status == 202
        await delivered(world, 3 * MANY)
        seconds = time.perf_counter() - began
    wanted = {f"SO{number:05d}" for number in range(1, MANY + 1)}
    for name in three:
        effects = systems.effects[name]
        assert {event["subject"] for event in effects.events} == wanted
        assert len(effects.events) == MANY
        assert effects.repeats > MANY // 10, "the faults were there"
    assert systems.effects["hr"].requests == [], "small orders are none of its business"
    sent = sum(len(systems.effects[name].requests) for name in three)
    repeated = sum(systems.effects[name].repeats for name in three)
    sys.stdout.write(
        f"\n{MANY} events × 3, every fifth request fails: accepted in {taken:.1f} s, delivered after {seconds:.1f} s, "
        f"{sent} requests, {repeated} of them repeats, lost 0, effects twice 0\n"
    )


async def test_one_order_sets_off_the_chain(
    workshop: Path, tmp_path: Path, systems: BusinessSystems, emulator: WecomEmulator
) -> None:
    """C4, C2, C11: purchase order, production, payment forecast, and people for a large one; each answer is an event
    that is noted beside its delivery, and the manager can ask where the order is."""
    async with bot(workshop, tmp_path, systems, emulator) as world:
        await send(world.url, [order(1), order(2, amount=1_600_000)])
        await delivered(world, 7)
        assert [len(systems.effects[name].events) for name in ("erp", "mes", "finance", "hr")] == [2, 2, 2, 1]

        def results(store: Store) -> Counter[str]:
            return Counter(one.type for one in store.events.listing(Asked(key="SO00002"), 100))

        assert await world.app.database.read(results) == {
            "order.confirmed": 1,
            "purchase_order.created": 1,
            "production.scheduled": 1,
            "payment.forecast": 1,
            "staff.assigned": 1,
        }
        heard = await world.say(EAST.wecom, "订单 SO00002 走到哪了")
        assert "下一步" in heard.words
        assert "SO00002" in heard.words


async def test_a_subscriber_that_is_down_for_half_an_hour(
    workshop: Path, tmp_path: Path, systems: BusinessSystems, emulator: WecomEmulator
) -> None:
    """C3: by the real ladder (5 s, 5 min, 30 min …) on a clock that runs 600 times as fast. 0 lost, 0 effects twice."""
    data = company_data(workshop, tmp_path / "data")
    clock = FastClock(600.0, datetime.now(UTC))
    app = build(settings_for(data, emulator, free_port(), events=event_settings(systems)), clock)
    app.migrate()
    await app.start()
    try:
        await app.ready()
        world = World(app, emulator, data)
        await connect(app, systems)
        await systems.stop()
        went_down = clock.now()
        await send(world.url, [order(number, at=went_down) for number in range(1, 51)])

        async def half_an_hour() -> bool:
            return (clock.now() - went_down).total_seconds() >= 1800

        await until(half_an_hour)
        assert (await app.database.read(states))["done"] == 0
        await systems.start()
        await delivered(world, 150)
    finally:
        await app.stop()
    for name in ("erp", "mes", "finance"):
        assert len(systems.effects[name].events) == 50
        assert systems.effects[name].repeats == 0
