"""Deliveries of events: everybody gets theirs, once in effect, in order where asked, whatever fails (C2, C3)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from knowledge.events.systems import Listening, System
from storage.database import Database
from storage.repositories.event_claims import Want
from storage.store import Store
from tests.emulators.business.faults import Fault
from tests.unit.flows.eventing import START, all_are, entry, listening, nerve, order, subscribing

DONE = all_are("done")
ORDERS = [order(number) for number in range(20)]


@pytest.fixture
def small(migrated_sqlite_url: str) -> Iterator[Database]:
    """SQLite alone, for what doesn't depend on the database."""
    database = Database(migrated_sqlite_url)
    yield database
    database.close()


async def test_everybody_gets_everything_once_in_effect(database: Database) -> None:
    """Two processes send to three subscribers of whom each fails one request in five."""
    names = ("erp", "mes", "finance")
    async with subscribing(*names) as there, nerve(database, there) as bot, nerve(database, there, name="two") as other:
        there.retry_after = "0"
        for name in names:
            there.plans[name].share = 0.2
            there.plans[name].kinds = (Fault.SERVER, Fault.CUT, Fault.BUSY, Fault.UNAVAILABLE)
        await bot.apply(*(entry(name, listening(there.url(name), secrets=name)) for name in names))
        await bot.accept([order(number) for number in range(60)])
        other.pump.wake()
        for name in names:
            rows = await bot.until(DONE, name)
            effects = there.effects[name]
            assert len(rows) == len(effects.events) == 60
            assert sum(row.attempts for row in rows) == len(effects.requests) > 60
    assert there.violations == []


async def test_down_for_half_an_hour(small: Database) -> None:
    """Nothing is lost, nothing takes effect twice, and the ladder is as agreed."""
    async with subscribing("erp") as there, nerve(small, there, speed=600) as bot:
        await bot.apply(entry("erp", listening(there.url("erp"))))
        await there.stop()
        await bot.accept(ORDERS)
        await bot.until(lambda rows: bot.clock.now() >= START + timedelta(minutes=30))
        await there.start()
        rows = await bot.until(DONE)
        effects = there.effects["erp"]
        assert len(effects.events) == len(rows) == len(ORDERS)
        tries = await small.read(lambda store: store.event_deliveries.attempts(rows[0].id))
        waits = [(later.at - sooner.at).total_seconds() for sooner, later in pairwise(tries)]
        assert {one.reason.partition("|")[0] for one in tries} == {"unreachable"}
        assert len(tries) == rows[0].attempts - 1 >= 2
        assert all(wait >= agreed for wait, agreed in zip(waits, (5, 300, 1800), strict=False))
    assert there.violations == []


async def test_order_is_kept_where_asked(database: Database) -> None:
    """Of one order, the second waits for the first, however often that fails; other orders don't wait."""
    async with subscribing("erp") as there, nerve(database, there) as bot:
        there.plans["erp"].queue.extend([Fault.SERVER] * 3)
        await bot.apply(entry("erp", listening(there.url("erp"), more="ordered_by: order_no")))
        await bot.accept([order(number, order_no=f"SO{number % 3}") for number in range(30)])
        await bot.until(DONE)
        taken = [(event["data"]["order_no"], event["id"]) for event in there.effects["erp"].events]
        for name in ("SO0", "SO1", "SO2"):
            mine = [int(id_[1:]) for key, id_ in taken if key == name]
            assert mine == sorted(mine)
            assert len(mine) == 10
    assert there.violations == []


async def test_a_slow_subscriber_holds_up_nobody(small: Database) -> None:
    """One hangs with every request; the other has everything long before."""
    async with subscribing("erp", "mes") as there, nerve(small, there, seconds=30, at_once=10) as bot:
        there.plans["erp"].always = Fault.HANG
        texts = [entry(name, listening(there.url(name), secrets=name)) for name in ("erp", "mes")]
        await bot.apply(*texts)
        await bot.accept([order(number) for number in range(60)])
        await bot.until(DONE, "mes")
        assert not any(row.state == "done" for row in await bot.deliveries("erp"))


async def test_after_the_last_attempt_it_is_a_dead_letter_and_can_be_sent_again(small: Database) -> None:
    """Under the same webhook-id, with all attempts anew."""
    async with subscribing("erp") as there, nerve(small, there, retry_seconds=(0, 5, 5)) as bot:
        there.plans["erp"].always = Fault.REFUSED
        await bot.apply(entry("erp", listening(there.url("erp"))))
        await bot.accept(ORDERS[:2])
        rows = await bot.until(all_are("dead"))
        assert [(row.attempts, row.status, row.reason) for row in rows] == [(3, 422, "status|422")] * 2
        assert "422" in rows[0].answer
        there.plans["erp"].always = None

        def again(store: Store) -> int:
            ids = store.event_deliveries.ids(["dead"], system="erp")
            return store.event_deliveries.replay(ids, "waiting", bot.clock.now())

        assert await small.write(again) == 2
        bot.pump.wake()
        rows = await bot.until(DONE)
        assert [row.replays for row in rows] == [1, 1]
        assert len({one.webhook_id for one in there.effects["erp"].requests}) == 2
    assert there.violations == []


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault.HTML, "web_page"),
        (Fault.MOVED, "redirect"),
        (Fault.HANG, "timeout"),
        (Fault.CUT, "broken"),
    ],
    ids=["an error page with 200", "a redirect", "never answers", "cuts the connection"],
)
async def test_what_is_no_answer(small: Database, fault: Fault, reason: str) -> None:
    """It is tried again, and the reason is kept."""
    async with subscribing("erp") as there, nerve(small, there, seconds=0.3) as bot:
        there.plans["erp"].queue.append(fault)
        await bot.apply(entry("erp", listening(there.url("erp"))))
        await bot.accept(ORDERS[:1])
        rows = await bot.until(DONE)
        tries = await small.read(lambda store: store.event_deliveries.attempts(rows[0].id))
        assert [one.reason.partition("|")[0] for one in tries] == [reason]
    assert there.violations == []


@pytest.mark.parametrize("fault", [Fault.ENDLESS, Fault.BOMB], ids=["3 GB", "a packed bomb"])
async def test_a_large_answer_is_read_no_further_than_agreed(small: Database, fault: Fault) -> None:
    """It arrived: what is said beyond the limit isn't heard."""
    async with subscribing("erp") as there, nerve(small, there) as bot:
        there.plans["erp"].queue.append(fault)
        await bot.apply(entry("erp", listening(there.url("erp"))))
        await bot.accept(ORDERS[:1])
        rows = await bot.until(DONE)
        assert len(rows[0].answer) <= 2000
        assert rows[0].attempts == 1


async def test_gone_is_disabled_at_once_and_its_owner_told_once(small: Database) -> None:
    """What is for it is kept back, and sent in order when somebody enables it."""
    told: list[tuple[str, str, str]] = []

    def tell(_store: Store, system: System, one: Listening, reason: str, _at: datetime) -> None:
        told.append((system.name, one.name, reason))

    async with subscribing("erp") as there, nerve(small, there, tell=tell) as bot:
        there.plans["erp"].queue.extend([Fault.GONE] * 2)
        await bot.apply(entry("erp", listening(there.url("erp"), more="rate: 100")))
        await bot.accept(ORDERS[:2])
        await bot.until(all_are("held"))
        await bot.accept(ORDERS[2:5])
        assert {row.state for row in await bot.deliveries()} == {"held"}
        assert told == [("erp", "orders", "gone")]
        there.plans["erp"].queue.clear()

        def enable(store: Store) -> None:
            assert store.event_subscriptions.enable("erp", "orders", "E0001", bot.clock.now())
            assert store.event_deliveries.release("erp", "orders", bot.clock.now()) == 5

        await small.write(enable)
        bot.pump.wake()
        await bot.until(DONE)
        assert len(there.effects["erp"].events) == 5
    assert there.violations == []


async def test_failing_for_days_is_disabled(small: Database) -> None:
    """Five by default; one that worked in between isn't failing."""
    async with subscribing("erp") as there, nerve(small, there, speed=20_000, disable_days=0.01) as bot:
        there.plans["erp"].always = Fault.SERVER
        await bot.apply(entry("erp", listening(there.url("erp"))))
        await bot.accept(ORDERS[:3])
        await bot.until(all_are("held"))
        state = await small.read(lambda store: store.event_subscriptions.get("erp", "orders"))
        assert state
        assert (state.state, state.reason) == ("disabled", "failing")


async def test_nothing_goes_out_before_the_rehearsal_nor_to_another_endpoint(small: Database) -> None:
    """Locked; opened for one endpoint; locked again when the entry names another (C8)."""
    async with subscribing("erp", "mes") as there, nerve(small, there) as bot:
        await bot.apply(entry("erp", listening(there.url("erp"))), live=False)
        await bot.accept(ORDERS[:1])
        assert [row.state for row in await bot.deliveries()] == ["held"]
        await bot.apply(entry("erp", listening(there.url("erp"))))
        await small.write(lambda store: store.event_deliveries.release("erp", "orders", bot.clock.now()))
        bot.pump.wake()
        await bot.until(DONE)
        text = entry("erp", listening(there.url("mes"), secrets="mes"))
        await small.write(lambda store: store.systems.save("erp", text, "test", bot.clock.now()))
        await bot.accept(ORDERS[1:2])
        await bot.until(lambda rows: rows[-1].state == "held")
        assert there.effects["mes"].requests == []


async def test_a_secret_is_changed_without_a_gap(small: Database) -> None:
    """While two hold, both sign; the subscriber knows only one of them."""
    async with subscribing("erp", "mes") as there, nerve(small, there) as bot:
        await bot.apply(entry("erp", listening(there.url("erp"), secrets="mes erp")))
        await bot.accept(ORDERS[:1])
        await bot.until(DONE)
        assert len(there.effects["erp"].requests[0].headers["webhook-signature"].split()) == 2
    assert there.violations == []


async def test_a_subscriber_gets_the_version_that_it_reads(small: Database) -> None:
    """Binary or structured; the envelope says which version the data are (C6)."""
    async with subscribing("erp") as there, nerve(small, there) as bot:
        await bot.apply(entry("erp", listening(there.url("erp"), more="version: 1, format: binary")))
        await bot.accept([order(1, amount_cny=1_285_000)])
        await bot.until(DONE)
        received = there.effects["erp"].requests[0]
        assert received.headers["ce-dataschema"] == "urn:xiaoce:event:order.confirmed:1"
        assert (received.event["data"]["order_id"], received.event["data"]["amount_wan"]) == ("SO00001", 128.5)
    assert there.violations == []


async def test_only_what_fits_and_never_back_to_its_sender(small: Database) -> None:
    """Conditions on data; a system doesn't hear its own events."""
    async with subscribing("erp") as there, nerve(small, there) as bot:
        await bot.apply(entry("erp", listening(there.url("erp"), more='where: {amount_cny: {">=": 1010}}')))
        await bot.accept(ORDERS)
        await bot.accept([order(99)], producer="erp")
        rows = await bot.until(DONE)
        assert len(rows) == 10


async def test_a_rate_is_shared_by_all_processes(database: Database) -> None:
    """20 a second, of which a second's worth at once: 40 take at least one second, whoever sends."""
    async with subscribing("erp") as there, nerve(database, there, speed=1, seconds=15) as bot:
        async with nerve(database, there, speed=1, seconds=15, name="two") as other:
            await bot.apply(entry("erp", listening(there.url("erp"), more="rate: 20")))
            await bot.accept([order(number) for number in range(40)])
            other.pump.wake()
            await bot.until(DONE)
        times = [one.at for one in there.effects["erp"].requests]
        assert times[-1] - times[0] >= 0.8


async def test_what_a_dead_process_had_claimed_is_sent_by_its_successor(database: Database) -> None:
    """Claimed, then gone: one of the same name has it at once, another when the claim ends."""
    async with subscribing("erp") as there, nerve(database, there, started=False) as bot:
        await bot.apply(entry("erp", listening(there.url("erp"))))
        await bot.accept(ORDERS[:3])

        def claim(store: Store) -> int:
            now = bot.clock.now()
            state = store.event_subscriptions.get("erp", "orders")
            assert state
            want = Want("erp", "orders", frozenset(state.proof.split()), 10)
            first, second = (store.event_claims.claim([want], "one", now, now + timedelta(days=1)) for _ in "12")
            assert second.rows == [], "claimed already"
            return len(first.rows)

        assert await database.write(claim) == 3
        async with nerve(database, there, name="another") as other:
            await asyncio.sleep(0.1)
            assert there.effects["erp"].requests == [], "the claim holds"
            del other
        async with nerve(database, there, name="one") as successor:
            await successor.until(DONE)
    assert there.violations == []


async def test_a_process_that_was_replaced_sends_nothing(small: Database) -> None:
    """Another has its work."""
    async with subscribing("erp") as there, nerve(small, there, alive=lambda: False) as bot:
        await bot.apply(entry("erp", listening(there.url("erp"))))
        await bot.accept(ORDERS[:3])
        await asyncio.sleep(0.2)
        assert there.effects["erp"].requests == []
