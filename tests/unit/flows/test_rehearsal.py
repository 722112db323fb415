"""The sandbox: a subscriber is tried with generated events and faults; production opens only when it passed (C8)."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from adapters.webhooks.addresses import Allowed
from adapters.webhooks.client import WebhookClient
from bot.contracts import Clock, Person, Role, SystemClock
from bot.contracts.errors import BadInput
from bot.flows.event_systems import EventSecrets, systems_in
from bot.flows.rehearsal import RehearsalFlow, faults_in
from bot.flows.rehearsal_faults import FAULTS
from bot.flows.rehearsal_run import Plan, RehearsalRun, new_folder
from config.groups.events import Events as Rules
from skills.sandbox.telling import why
from storage.database import Database
from storage.repositories.rehearsals import Rehearsal
from storage.store import Store
from tests.emulators.business.emulator import BusinessSystems
from tests.emulators.business.faults import Fault
from tests.unit.flows.eventing import CATALOG, entry, listening, nerve, order, subscribing

ADMIN = Person("E0001", "管理员", Role.ADMIN)
SMALL = Plan(60, FAULTS, 7)


@dataclass
class Sandbox:
    """What a test drives."""

    database: Database
    flow: RehearsalFlow

    async def rehearse(self, plan: Plan = SMALL) -> Rehearsal:
        """From the beginning to the end."""
        id_ = await self.flow.begin("erp", "", "E0034", plan, {})
        ended = await self.flow.perform(id_)
        assert ended
        return ended

    async def state(self) -> str:
        """Of production."""
        found = await self.database.read(lambda store: store.event_subscriptions.get("erp", "orders"))
        return found.state if found else "none"


@asynccontextmanager
async def sandbox(
    database: Database, there: BusinessSystems, text: str = "", clock: Clock | None = None
) -> AsyncIterator[Sandbox]:
    """One system in the entries, and everything real."""
    clock = clock or SystemClock()
    secrets = EventSecrets({name: SecretStr(value) for name, value in there.secrets.items()})
    client = WebhookClient(Allowed(["127.0.0.0/8"]), 2, 65_536)
    run = RehearsalRun(client, secrets.put_in, CATALOG, Rules(), speed=100_000)
    flow = RehearsalFlow(database, clock, lambda store: systems_in(store, CATALOG), run)
    said = text or entry("erp", listening(there.url("erp"), more="ordered_by: order_no"))
    await database.write(lambda store: store.systems.save("erp", said, "test", clock.now()))
    try:
        yield Sandbox(database, flow)
    finally:
        await client.close()


@pytest.fixture
def small(migrated_sqlite_url: str) -> Any:
    """SQLite alone."""
    database = Database(migrated_sqlite_url)
    yield database
    database.close()


def failed(report: Mapping[str, Any]) -> set[str]:
    """The required checks that failed."""
    return {one["key"] for one in report["checks"] if one["required"] and one["ok"] is False}


async def test_a_good_subscriber_passes_whatever_happens_on_the_way(small: Database) -> None:
    """Nothing lost, repeats recognised, order kept, forged signatures refused; then production opens."""
    async with subscribing("erp") as there, sandbox(small, there) as box:
        ended = await box.rehearse()
        report = ended.report
        assert (ended.state, failed(report)) == ("passed", set())
        assert (report["delivered"], report["lost"]) == (60, 0)
        assert report["repeats"] == report["repeats_taken"] > 0
        assert report["retried"] > 0
        assert set(report["injected"]) <= set(FAULTS)
        assert await box.state() == "live"
        marks = {one.event.get("xiaocerehearsal") for one in there.effects["erp"].requests}
        assert marks == {ended.id}
        real = await small.read(lambda store: store.event_deliveries.listing())
        assert real == [], "the store of a rehearsal is its own"


async def test_what_came_before_goes_out_when_it_passed(small: Database) -> None:
    """Kept back while locked; nothing is dropped."""
    async with (
        subscribing("erp") as there,
        nerve(small, there) as bot,
        sandbox(small, there, clock=bot.clock) as box,
    ):
        await bot.accept([order(1), order(2)])
        await bot.until(lambda rows: [row.state for row in rows] == ["held", "held"])
        await box.rehearse(Plan(20))
        bot.pump.wake()
        await bot.until(lambda rows: all(row.state == "done" for row in rows))


class Gullible(BusinessSystems):
    """Answers 200 to everything, signed or not; and 500 to what it has seen."""

    async def _receive(self, request: Any) -> Any:
        from aiohttp import web

        await request.read()
        seen = request.headers["webhook-id"] in self.strangers
        self.strangers.append(request.headers["webhook-id"])
        return web.json_response({}, status=500 if seen else 200)


async def test_one_that_checks_nothing_fails_and_stays_locked(small: Database) -> None:
    """The report says what to mend."""
    there = await Gullible(names=("erp",)).start()
    try:
        async with sandbox(small, there) as box:
            ended = await box.rehearse()
            assert ended.state == "failed"
            assert {"forged", "repeats"} <= failed(ended.report)
            assert await box.state() in {"none", "locked"}
    finally:
        await there.stop()


@pytest.mark.parametrize(
    ("fault", "stopped"), [(Fault.SERVER, "down"), (Fault.GONE, "gone")], ids=["always 500", "410"]
)
async def test_one_that_is_down_is_not_tried_to_the_end(small: Database, fault: Fault, stopped: str) -> None:
    """It says so."""
    async with subscribing("erp") as there, sandbox(small, there) as box:
        there.plans["erp"].always = fault
        ended = await box.rehearse(Plan(60))
        assert (ended.state, ended.report["stopped"]) == ("failed", stopped)


async def test_another_secret_locks_again(small: Database) -> None:
    """Passed with one; what isn't proved goes to nobody."""
    async with subscribing("erp", "mes") as there, sandbox(small, there) as box, nerve(small, there) as bot:
        await box.rehearse(Plan(20))
        text = entry("erp", listening(there.url("erp"), secrets="mes"))
        await small.write(lambda store: store.systems.save("erp", text, "test", bot.clock.now()))
        await bot.accept([order(1)])
        await bot.until(lambda rows: [row.state for row in rows] == ["held"])
        assert await box.state() == "locked"


async def test_an_admin_may_open_the_lock_and_must_say_why(small: Database) -> None:
    """Who, when and why stay with the subscription and in the audit log."""
    async with subscribing("erp") as there, sandbox(small, there) as box:
        with pytest.raises(BadInput):
            await box.flow.open_lock("erp", "orders", ADMIN, "  ")
        await box.flow.open_lock("erp", "orders", ADMIN, "老系统，已在用")

        def look(store: Store) -> Any:
            return store.event_subscriptions.get("erp", "orders"), store.audit.listing(ADMIN, 5)

        state, audit = await small.read(look)
        assert (state.state, state.by, state.reason) == ("live", "E0001", "老系统，已在用")
        assert "event_lock.opened" in {one.action for one in audit}


@pytest.mark.parametrize(
    ("system", "subscription", "plan"),
    [("crm", "", SMALL), ("erp", "none", SMALL), ("erp", "", Plan(1))],
    ids=["unknown system", "unknown subscription", "too few"],
)
async def test_what_cannot_be_rehearsed(small: Database, system: str, subscription: str, plan: Plan) -> None:
    """A sentence says what to do."""
    async with subscribing("erp") as there, sandbox(small, there) as box:
        with pytest.raises(BadInput):
            await box.flow.begin(system, subscription, "E0034", plan, {})


async def test_one_at_a_time_and_conditions_that_contradict_each_other(small: Database) -> None:
    """The second is refused; what can't be made is said."""
    async with subscribing("erp") as there:
        more = 'where: {amount_cny: {">": 10, "<": 5}}'
        async with sandbox(small, there, entry("erp", listening(there.url("erp"), more=more))) as box:
            id_ = await box.flow.begin("erp", "orders", "E0034", SMALL, {})
            with pytest.raises(BadInput):
                await box.flow.begin("erp", "orders", "E0034", SMALL, {})
            ended = await box.flow.perform(id_)
            assert ended
            assert (ended.state, ended.report["fault"]) == ("broken", "nothing_fits")


async def test_one_whose_process_is_gone_blocks_nobody(small: Database) -> None:
    """A command that was killed says nothing more; after ten minutes another may begin."""
    async with subscribing("erp") as there, sandbox(small, there, clock=Standing()) as box:
        id_ = await box.flow.begin("erp", "", "E0034", SMALL, {})
        with pytest.raises(BadInput):
            await box.flow.begin("erp", "", "E0034", SMALL, {})
        Standing.at += timedelta(minutes=10)
        assert (await box.rehearse(Plan(20, (), 7))).state == "passed"
        former = await small.read(lambda store: store.rehearsals.get(id_))
        assert former
        assert (former.state, why(former.state, former.report, "zh")) == (
            "broken",
            "跑演练的进程中途没了，请重新演练。",
        )


def test_what_a_killed_process_left_goes(tmp_path: Path) -> None:
    """With the next rehearsal, hours later; one that is under way stays."""
    left, current = (new_folder(tmp_path) for _ in "12")
    os.utime(left, (0, 0))
    assert set(tmp_path.iterdir()) == {current, left}
    latest = new_folder(tmp_path)
    assert set(tmp_path.iterdir()) == {latest, current}


class Standing:
    """A clock that is moved by hand."""

    at = datetime(2026, 7, 31, 9, tzinfo=UTC)

    def now(self) -> datetime:
        """Where it was put."""
        return self.at


def test_faults_are_named() -> None:
    """all, none, or some of them."""
    assert faults_in("all") == FAULTS
    assert faults_in("none") == ()
    assert faults_in("timeouts,5xx") == ("timeouts", "5xx")
    with pytest.raises(BadInput):
        faults_in("timeouts,fire")
