"""Deliveries move only as they may, and are stored once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from bot.contracts import Address
from storage.database import Database
from storage.repositories.deliveries import Delivery
from storage.store import Store
from storage.tables import DeliveryRow
from tests.unit.storage.company import NOW, PLACE

LATER = NOW + timedelta(minutes=1)


async def add(database: Database, delivery_id: str = "d1", text: str = "你好") -> int:
    return await database.write(lambda store: store.deliveries.add(delivery_id, "", PLACE, {"text": text}, NOW))


async def get(database: Database, delivery_id: str = "d1") -> Delivery:
    delivery = await database.read(lambda store: store.deliveries.get(delivery_id))
    assert delivery
    return delivery


async def test_same_id_is_the_same_row(database: Database) -> None:
    """A workflow that is run again after a crash adds nothing."""
    assert await add(database) == await add(database, text="另一句")
    assert (await get(database)).payload == {"text": "你好"}
    assert await database.read(lambda store: store.deliveries.counts()) == {
        "waiting": 1,
        "sending": 0,
        "sent": 0,
        "dead": 0,
    }


async def test_numbers_rise_within_an_address(database: Database) -> None:
    """Replies are sent in this order."""
    numbers = [await add(database, f"d{n}") for n in range(5)]
    assert numbers == sorted(set(numbers))


async def test_from_waiting_to_sent(database: Database) -> None:
    """Attempts are counted; the reason of a failure is kept until it is sent."""
    await add(database)
    await database.write(lambda store: store.deliveries.begin("d1", NOW))
    assert (await get(database)).attempts == 1
    await database.write(lambda store: store.deliveries.failed("d1", "busy", NOW))
    waiting = await get(database)
    assert (waiting.state, waiting.reason, waiting.sent_at) == ("waiting", "busy", None)
    await database.write(lambda store: store.deliveries.begin("d1", LATER))
    assert (await get(database)).attempts == 2
    await database.write(lambda store: store.deliveries.sent("d1", "msg-7", LATER))
    sent = await get(database)
    assert (sent.state, sent.reason, sent.reference, sent.sent_at) == ("sent", "", "msg-7", LATER)
    assert (sent.created_at, sent.address) == (NOW, PLACE)


async def test_sent_stays_sent(database: Database) -> None:
    """A late failure, a second attempt or a replay can't send twice."""
    await add(database)

    def everything(store: Store) -> None:
        store.deliveries.begin("d1", NOW)
        store.deliveries.sent("d1", "msg-7", NOW)
        store.deliveries.begin("d1", LATER)
        begun = store.deliveries.get("d1")
        assert begun is not None
        assert (begun.state, begun.attempts) == ("sent", 1)
        store.deliveries.failed("d1", "late", LATER)
        store.deliveries.dead("d1", "late", LATER)
        assert store.deliveries.replay("d1", LATER) is None

    await database.write(everything)
    sent = await get(database)
    assert (sent.state, sent.attempts, sent.sent_at) == ("sent", 1, NOW)


async def test_dead_letters_can_be_replayed(database: Database) -> None:
    """An operator sees them, the latest first, and sends them again."""
    for n in range(3):
        await add(database, f"d{n}")
        await database.write(
            lambda store, n=n: store.deliveries.dead(f"d{n}", "refused", NOW + timedelta(seconds=n))  # type: ignore[misc]  # a default only fixes the loop's value
        )
    dead = await database.read(lambda store: store.deliveries.listing("dead", limit=2))
    assert [letter.id for letter in dead] == ["d2", "d1"]
    again = await database.write(lambda store: store.deliveries.replay("d1", LATER))
    assert again
    assert (again.state, again.replays, again.seq) == ("waiting", 1, dead[1].seq)
    assert [d.id for d in await database.read(lambda store: store.deliveries.listing())] == ["d2", "d0"]
    assert await database.write(lambda store: store.deliveries.replay("d1", LATER)) is None


async def test_what_was_sent_lately(database: Database) -> None:
    """For rate limits and for the platform's own filter of copies: per address, since a moment."""
    await add(database)
    await add(database, "d2")

    def work(store: Store) -> None:
        store.deliveries.begin("d1", NOW)
        store.deliveries.sent("d1", "", NOW)

    await database.write(work)
    elsewhere = Address("console", "E9")

    def facts(store: Store) -> list[object]:
        deliveries = store.deliveries
        return [
            deliveries.sent_since(PLACE, NOW),
            deliveries.sent_since(PLACE, LATER),
            deliveries.sent_since(elsewhere, NOW),
            deliveries.same_payload_since(PLACE, {"text": "你好"}, NOW, "d2"),
            deliveries.same_payload_since(PLACE, {"text": "你好"}, NOW, "d1"),
            deliveries.same_payload_since(PLACE, {"text": "别的"}, NOW, "d2"),
            deliveries.same_payload_since(PLACE, {"text": "你好"}, LATER, "d2"),
            deliveries.same_payload_since(elsewhere, {"text": "你好"}, NOW, "d2"),
        ]

    assert await database.read(facts) == [[NOW], [], [], True, False, False, False, False]


async def test_unknown_delivery(database: Database) -> None:
    """It must have been added with its workflow."""
    with pytest.raises(LookupError, match="no delivery"):
        await database.write(lambda store: store.deliveries.begin("nothing", NOW))


async def test_states_are_a_constraint(company: Database) -> None:
    """No code path can invent a state."""
    await add(company)

    def invent(store: Store) -> None:
        store.session.execute(update(DeliveryRow).values(state="lost"))

    with pytest.raises(IntegrityError):
        await company.write(invent)
