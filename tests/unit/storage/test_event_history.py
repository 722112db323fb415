"""How long events stay, what goes with a consent, and whom they concern, on both databases (A18, D9, D10)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from storage.database import Database
from storage.repositories.customers import Customer
from storage.repositories.deadlines import Deadline, Note
from storage.repositories.event_deliveries import NewDelivery
from storage.repositories.events import Asked
from storage.retention import count_old, delete_old
from storage.store import Store
from tests.unit.storage.company import REP

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


def row(number: int, type_: str = "order.confirmed", days: int = 0, **data: Any) -> dict[str, Any]:
    """One event, received so many days ago."""
    at = NOW - timedelta(days=days)
    return {
        "id": f"e{number}",
        "source": "/crm",
        "type": type_,
        "version": 1,
        "producer": "crm",
        "subject": "",
        "time": at,
        "received_at": at,
        "data": data,
        "original": {"old": 1},
        "mended": [],
        "extensions": {},
        "customer_id": "C1",
        "contract_id": "",
        "person_id": "",
        "region": "",
    }


async def test_old_events_go_with_all_that_hangs_on_them(company: Database) -> None:
    """None that somebody still waits for; decided ones of the quarantine, too."""

    def fill(store: Store) -> None:
        seqs = store.events.add([row(1, days=500), row(2, days=500), row(3, days=1)])
        old, waited, fresh = (seqs["/crm", f"e{number}"] for number in (1, 2, 3))
        store.events.add_keys([(seq, "order_no", f"SO{seq}") for seq in (old, waited, fresh)])
        new = [(old, "held"), (waited, "waiting"), (fresh, "held")]
        store.event_deliveries.add([NewDelivery(seq, "erp", "orders", "", state, NOW) for seq, state in new])
        store.quarantine.add([_waiting(number) for number in (1, 2)])
        store.quarantine.discard([1], "O1", NOW - timedelta(days=500))

    await company.write(fill)
    before = NOW - timedelta(days=400)
    counted = await company.read(lambda store: count_old(store, "events", before))
    assert counted == await company.write(lambda store: delete_old(store, "events", before, 500)) == 1
    assert await company.write(lambda store: delete_old(store, "quarantined_events", before, 500)) == 1
    left = await company.read(lambda store: store.events.listing(Asked(), 10))
    assert [one.id for one in left] == ["e3", "e2"]
    seqs = {one.seq for one in left}
    assert set(await company.read(lambda store: store.events.keys_of(range(1, 10)))) == seqs
    assert set(await company.read(lambda store: store.event_deliveries.of_events(range(1, 10)))) == seqs
    assert [one.event_id for one in await company.read(lambda store: store.quarantine.these([1, 2]))] == ["q2"]


async def test_deadlines_that_are_over_go_with_what_was_said_about_them(company: Database) -> None:
    """One that is still open stays, however old."""
    old, states = NOW - timedelta(days=500), ("met", "cancelled", "late")
    ends = [Deadline(0, "s", 1, state, at, old, old, state=state) for at, state in enumerate(states, 1)]

    def fill(store: Store) -> None:
        store.deadlines.add_all(ends)
        for number in (1, 2, 3):
            store.deadlines.note(Note(number, old, "nudge", 0, 0, REP.id))

    await company.write(fill)
    before = NOW - timedelta(days=400)
    assert await company.read(lambda store: count_old(store, "deadlines", before)) == 2
    assert await company.write(lambda store: delete_old(store, "deadlines", before, 500)) == 2
    assert list(await company.read(lambda store: store.deadlines.notes([1, 2, 3]))) == [3]


async def test_what_customers_said_goes_with_their_consent(company: Database) -> None:
    """Orders stay: they are the company's own records."""

    def fill(store: Store) -> None:
        store.customers.upsert_all([Customer("C1", "恒锐精密", owner_id=REP.id)])
        rows = [
            row(1, amount_cny=5),
            row(2, "feedback.received", comment="太慢了", score=3),
            row(3, "store.visited", member_no="V1", store_no="ST1"),
        ]
        store.events.add(rows)
        store.purging.revoke("customer", "C1", by="O1", at=NOW, source="test")

    await company.write(fill)
    found = {one.id: one for one in await company.read(lambda store: store.events.listing(Asked(), 10))}
    assert found["e1"].data == {"amount_cny": 5}
    assert found["e2"].data == {"comment": "", "score": 3}
    assert (found["e3"].data, found["e3"].original) == ({"member_no": "", "store_no": "ST1"}, None)


async def test_an_event_is_known_by_source_and_id(company: Database) -> None:
    """Both, by constraint; two at once keep one."""

    def fill(store: Store) -> tuple[int, int]:
        first = store.events.add([row(1), row(2), {**row(1), "source": "/erp"}])
        second = store.events.add([row(2), row(3)])
        return len(first), len(second)

    assert await company.write(fill) == (3, 1)
    known = await company.read(lambda store: store.events.known([("/crm", "e1"), ("/erp", "e1"), ("/erp", "e2")]))
    assert set(known) == {("/crm", "e1"), ("/erp", "e1")}


def _waiting(number: int) -> dict[str, Any]:
    return {
        "producer": "crm",
        "source": "/crm",
        "event_id": f"q{number}",
        "type": "order.confirmed",
        "reason": "invalid",
        "faults": [],
        "envelope": {},
        "proposal": [],
        "state": "open",
        "received_at": NOW,
        "decided_by": "",
        "decided_at": None,
        "event_seq": None,
    }
