"""What an odd or hostile sender, two processes at once or a broken neighbour must not do to business events (C1–C7)."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from threading import Event as Flag
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.webhooks import translate
from bot.contracts import Event, PageRequest
from bot.contracts.person import OPERATOR
from bot.contracts.verdict import Verdict
from bot.flows.business_event import EventFlow
from bot.flows.due import FastClock
from bot.flows.event_fanout import order_key, proofs, settle
from bot.flows.event_result import DEEPEST, DEPTH, EventResults
from bot.flows.event_systems import systems_in
from knowledge.events import mending
from knowledge.events.system_reading import parse
from knowledge.events.systems import System
from knowledge.events.types import Stored
from storage.database import Database
from storage.repositories import quarantine
from storage.repositories.event_claims import Tried, Want
from storage.repositories.event_deliveries import NewDelivery
from storage.store import Store
from tests.unit.flows import eventing
from tests.unit.flows.event_house import NOW, OPS, OWNER, TOKENS, House, bought, order
from tests.unit.flows.eventing import CATALOG, entry, listening, nerve, subscribing


@pytest.fixture
async def house(migrated_sqlite_url: str) -> AsyncIterator[House]:
    """A CRM and an ERP are connected."""
    database = Database(migrated_sqlite_url)
    house = House(database)
    await house.open()
    yield house
    database.close()


async def test_what_is_accepted_while_the_lock_opens_goes_out(database: Database) -> None:
    """Two transactions at once: whoever opens waits for whoever has just seen it locked."""
    async with subscribing("erp") as there, nerve(database, there, started=False) as bot:
        await bot.apply(entry("erp", listening(there.url("erp"))), live=False)
        await database.write(lambda store: settle(store, systems_in(store, CATALOG), bot.secrets.put_in, NOW))
        inside, go = Flag(), Flag()

        def accept(store: Store) -> None:
            eventing.accept(store, [eventing.order(1)], bot.fan_out, bot.clock, "crm")
            inside.set()
            go.wait(10)

        def let_out(store: Store) -> None:
            proved = " ".join(proofs(systems_in(store, CATALOG)["erp"].listens[0], bot.secrets.put_in))
            store.event_subscriptions.open("erp", "orders", proved, "", "rehearsal", NOW)
            store.event_deliveries.release("erp", "orders", NOW)

        accepting = asyncio.create_task(database.write(accept))
        await asyncio.to_thread(inside.wait, 10)
        opening = asyncio.create_task(database.write(let_out))
        await asyncio.wait([opening], timeout=0.3)
        go.set()
        await asyncio.gather(accepting, opening)
        assert [row.state for row in await bot.deliveries()] == ["waiting"]


async def test_systems_that_answer_each_other_come_to_an_end() -> None:
    """How many answers led to an event goes along with it, whatever a system says itself."""
    taken: list[tuple[Mapping[str, str], str]] = []

    async def accept(given: Sequence[Event], system: System, raw: Sequence[Mapping[str, Any]]) -> Sequence[Verdict]:
        taken.append((given[0].extensions, raw[0][DEPTH]))
        return [Verdict("accepted", "1", "/crm", 7)]

    answers = EventResults(accept, FastClock(1, NOW))
    said, system = json.dumps({**order("1"), DEPTH: "0"}), System("crm", "CRM", "crm", "")
    assert await answers(system, said, {}) == 7
    assert await answers(system, said, {DEPTH: str(DEEPEST - 1)}) == 7
    assert await answers(system, said, {DEPTH: str(DEEPEST)}) is None
    assert taken == [({DEPTH: "1"}, "1"), ({DEPTH: str(DEEPEST)}, str(DEEPEST))]


async def test_the_longest_names_fit_into_every_index(database: Database) -> None:
    """PostgreSQL takes 2,704 bytes: what it refused would be sent again for ever."""
    house = House(database)
    await house.open()
    wide = "".join(chr(0x20000 + 97 * number % 40_000) for number in range(400))
    async with house.door() as door:
        given = order(wide[:256], item=wide) | {"source": f"/crm/{wide[:395]}", "subject": wide}
        assert (await door.post(given))[1]["verdict"] == "accepted"
        assert (await door.post({**given, "data": {"orderno": 1}, "id": wide[1:257]}))[1]["verdict"] == "quarantined"
        assert (await door.post({**given, "source": f"/crm/{wide}"}))[1]["reason"] == "too_long"
    event = Event("1", "/crm", "stock.replenished", NOW, data={"order_no": wide})
    system = parse(entry("erp", listening("https://erp.example/", more="ordered_by: order_no")), "erp.yaml", CATALOG)
    assert len(order_key(system.listens[0], Stored(1, event, 1, "crm", NOW, {}))) == 100


async def test_one_that_makes_the_reader_fail_spoils_no_batch(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of ours: the event is kept, somebody is asked, the others are taken."""
    real = mending.read

    def failing(type_: Any, data: Any, *rest: Any, **more: Any) -> Any:
        if data["order_no"] == "SO2":
            raise ArithmeticError
        return real(type_, data, *rest, **more)

    monkeypatch.setattr(mending, "read", failing)
    async with house.door() as door:
        _, said = await door.post([order("1"), order("2", "SO2")])
    assert [one["verdict"] for one in said["results"]] == ["accepted", "quarantined"]
    [card] = await house.cards()
    assert "读不懂" in card.headline


async def test_one_that_is_too_large_spoils_no_batch(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each subscriber would get it, and many are under way at a time."""
    monkeypatch.setattr(translate, "LARGEST", 1000)
    async with house.door() as door:
        _, said = await door.post([order("1"), order("2", item=["x" * 200] * 6)])
        assert [(one["id"], one["verdict"]) for one in said["results"]] == [("1", "accepted"), ("2", "refused")]
        assert (await door.post(order("3", item=["x" * 200] * 6)))[0] == 422


async def test_said_badly_and_then_well_in_one_batch(house: House) -> None:
    """Taken, as when the good one comes later."""
    async with house.door() as door:
        _, said = await door.post([order("1", order_no=None, number="SO1"), order("1")])
    assert [one["verdict"] for one in said["results"]] == ["duplicate", "accepted"]
    assert [one.id for one in await house.events()] == ["1"]
    assert await house.database.read(lambda store: store.quarantine.open()) == []


async def test_what_somebody_gives_up_while_it_is_released_stays_given_up(house: House) -> None:
    """Two people decide about the same event; its sender may still repeat it well."""
    async with house.door() as door:
        await door.post(order("1", order_no=None, order_number="SO1"))
        [row] = await house.database.read(lambda store: store.quarantine.these([1]))
        await house.database.write(lambda store: store.quarantine.discard([1], OPS.id, NOW))
        system = (await house.made.registry.current())["crm"]
        good = Event("1", row.source, row.type, NOW, data={"order_no": "SO1"})
        flow: EventFlow = house.made.flow
        [verdict] = await flow.accept([good], system, raw=[row.envelope], by=OPS.id)
        assert (verdict.outcome, verdict.seq) == ("duplicate", None)
        assert (await door.post(order("1")))[1]["verdict"] == "accepted"


async def test_a_second_header_unpacks_nothing(house: House) -> None:
    """The parser goes by the last Content-Encoding; so all are looked at."""
    app = web.Application()
    house.made.door.mount(app)
    body = gzip.compress(json.dumps(order("1")).encode())
    head = (
        "POST /events HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/cloudevents+json\r\n"
        f"Authorization: Bearer {TOKENS['crm_token']}\r\nContent-Length: {len(body)}\r\n"
        "Content-Encoding: identity\r\nContent-Encoding: gzip\r\n\r\n"
    )
    async with TestServer(app) as server:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(head.encode() + body)
        assert (await reader.readline()).split()[1] == b"415"
        writer.close()
        await writer.wait_closed()


async def test_a_system_that_makes_up_types_asks_people_a_few_times_only(house: House) -> None:
    """The next ones when these are decided; all are kept."""
    async with house.door() as door:
        await door.post([order(str(number)) | {"type": f"order.odd{number:02}"} for number in range(12)])
    cards = await house.cards()
    assert len(cards) == 5
    await house.press(cards[0], "discard", reason="测试")
    assert ["order.odd05" in one.headline for one in await house.cards()] == [True]


async def test_types_that_somebody_makes_up_are_one_note(house: House) -> None:
    """The audit log holds what one can read (C7)."""
    async with house.door() as door:
        await door.post([order(str(number)) | {"type": f"x.y{number}", "source": "/erp"} for number in range(9)])
    [note] = await house.database.read(lambda store: store.audit.listing(OPERATOR, 99, ["event.refused"]))
    assert (note.detail["type"], note.detail["count"]) == ("?", 9)


async def test_one_with_thousands_hides_nobody(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest of each system are looked at."""
    monkeypatch.setattr(quarantine, "MOST", 2)
    async with house.door() as door:
        await door.post([order(str(number), order_no=None) for number in range(4)])
        await door.post(bought("9") | {"data": {}}, "erp_token")
    found = await house.database.read(lambda store: store.quarantine.open())
    assert [(one.producer, one.id) for one in found] == [("crm", 1), ("crm", 2), ("erp", 5)]


async def test_days_that_no_database_knows(house: House) -> None:
    """Are no days."""
    page: Any = next(one for one in house.made.pages if one.route == "/events")
    for query in ({"since": "0001-01-01"}, {"until": "9999-12-31"}):
        assert (await page.show(PageRequest(OPS, "zh", query=query))).status == 200


async def test_what_others_answered_is_theirs(house: House) -> None:
    """The owner of the system that sent an event sees to whom it went, and not what they said (D9)."""
    async with house.door() as door:
        await door.post(order("1"))

    def deliver(store: Store) -> None:
        store.event_deliveries.add([NewDelivery(1, "erp", "orders", "", "waiting", NOW)])
        want = Want("erp", "orders", frozenset({"p"}), 1)
        store.event_subscriptions.add("erp", "orders", NOW)
        store.event_subscriptions.open("erp", "orders", "p", "", "", NOW)
        [row] = store.event_claims.claim([want], "one", NOW, NOW + timedelta(minutes=1)).rows
        store.event_claims.note([Tried(row, "done", NOW, NOW, 200, answer="inner 42")], "one")

    await house.database.write(deliver)
    page: Any = next(one for one in house.made.pages if "seq" in one.route)
    for viewer, said in ((OPS, "inner 42"), (OWNER, "")):
        found = await page.show(PageRequest(viewer, "zh", path={"seq": "1"}))
        assert [(one.state, one.answer) for one in found.values["one"].deliveries] == [("done", said)]


async def test_an_entry_that_holds_no_longer_loses_nothing(database: Database) -> None:
    """The catalogue has changed: what waits goes on waiting, and nothing has to be rehearsed again."""
    async with subscribing("erp") as there, nerve(database, there, started=False) as bot:
        text = entry("erp", listening(there.url("erp")))
        await bot.apply(text)
        await bot.accept([eventing.order(1)])
        odd = text.replace("order.confirmed", "order.unheard_of")
        await database.write(lambda store: store.systems.save("erp", odd, "test", NOW))

        def state(store: Store) -> tuple[str, list[str]]:
            settle(store, systems_in(store, CATALOG), bot.secrets.put_in, NOW)
            found = store.event_subscriptions.get("erp", "orders")
            return (found.state if found else ""), [row.state for row in store.event_deliveries.listing()]

        assert await database.write(state) == ("live", ["waiting"])
        await database.write(lambda store: store.systems.save("erp", "", "test", NOW))
        assert await database.write(state) == ("", ["dead"])


async def test_a_process_that_stops_gives_back_what_it_had_claimed(database: Database) -> None:
    """Also by a look that was cancelled."""
    async with subscribing("erp") as there, nerve(database, there, started=False) as bot:
        await bot.apply(entry("erp", listening(there.url("erp"))))
        await bot.accept([eventing.order(1)])

        def claim(store: Store) -> int:
            state, now = store.event_subscriptions.get("erp", "orders"), bot.clock.now()
            want = Want("erp", "orders", frozenset(state.proof.split() if state else ()), 10)
            return len(store.event_claims.claim([want], "one", now, now + timedelta(days=9)).rows)

        assert await database.write(claim) == 1
        await bot.pump.stop()
        assert await database.write(claim) == 1
