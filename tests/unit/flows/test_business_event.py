"""Events come in: proved, read, stored once, with whom they concern, on both databases (C1, C2, C6, C7)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook

from adapters.webhooks.translate import STRUCTURED
from bot.contracts.errors import IntakeUnavailable
from bot.contracts.verdict import Verdict
from bot.flows.event_joining import Joining
from storage.database import Database
from storage.errors import StorageUnavailable
from tests.unit.flows.event_house import NOW, REP, SECRET, House, bought, envelope, order


@pytest.fixture
async def house(database: Database) -> House:
    """Connected, and nothing has happened."""
    house = House(database)
    await house.open()
    return house


async def test_an_event_is_stored_once_with_whom_it_concerns(house: House) -> None:
    """Persisted before it is acknowledged; repeated, it is the same (C1)."""
    async with house.door() as door:
        status, said = await door.post(order("1", region="华南"))
        assert (status, said["verdict"]) == (202, "accepted")
        again = await door.post(order("1", amount_cny=7))
        assert again == (202, said | {"verdict": "duplicate"})
        other = await door.post(order("1"), path="/events/crm")
        assert other[1]["verdict"] == "duplicate"
    [event] = await house.events()
    assert (event.seq, event.producer, event.version) == (said["seq"], "crm", 2)
    assert (event.customer_id, event.person_id, event.region) == ("C1", REP.id, "华南")
    keys = await house.database.read(lambda store: store.events.keys_of([event.seq]))
    assert keys[event.seq] == {"order_no": "SO1", "customer_no": "C1"}
    assert [one.seq for one in house.seen] == [event.seq]
    assert house.seen[0].keys == keys[event.seq]


async def test_later_events_of_a_case_concern_whom_the_first_did(house: House) -> None:
    """Also when the order's own event comes last, and within one batch."""
    async with house.door() as door:
        await door.post(bought("1"), "erp_token")
        [early] = await house.events()
        assert early.customer_id == ""
        await door.post([order("1"), order("2", "SO2", customer_no="C-unknown")])
        await door.post([bought("2", "SO2"), bought("3")], "erp_token")
    found = {(one.type, one.id): one.customer_id for one in await house.events()}
    assert found["purchase_order.created", "1"] == "C1"
    assert found["purchase_order.created", "3"] == "C1"
    assert found["purchase_order.created", "2"] == ""


async def test_a_batch_with_a_bad_item_is_taken_but_for_that(house: House) -> None:
    """The rest is taken, the bad one reported by its place."""
    items: list[Any] = [order(str(number), f"SO{number}") for number in range(1200)]
    items[700] = {**items[700], "id": 5}
    items[800] = order("800", "SO800", amount_cny=None)
    async with house.door() as door:
        status, said = await door.post(items)
        assert status == 207
        assert said["counts"] == {"accepted": 1198, "duplicate": 0, "quarantined": 1, "refused": 1}
        assert (said["results"][700]["verdict"], said["results"][800]["verdict"]) == ("refused", "quarantined")
        status, said = await door.post(items)
        assert said["counts"] == {"accepted": 0, "duplicate": 1198, "quarantined": 1, "refused": 1}
    seqs = [one.id for one in await house.events()]
    assert seqs == [str(number) for number in range(1200) if number not in (700, 800)]  # in the order that was sent


async def test_who_may_not_send_it_is_refused_and_noted_once(house: House) -> None:
    """A wrong producer, and a source that is somebody else's (C7)."""
    async with house.door() as door:
        for id_ in "123":
            status, said = await door.post(envelope(id_, "goods.shipped", "/crm", {"order_no": "SO1"}))
            assert (status, said["reason"]) == (403, "producer")
        status, said = await door.post(order("4") | {"source": "/crm-of-others"})
        assert (status, said["reason"]) == (403, "source")
        for source in ("/erp", "/warehouse/east/gate-2"):
            status, _ = await door.post({**bought(source), "source": source}, "erp_token")
            assert status == 202
    noted = await house.database.read(lambda store: store.audit.listing(_admin(), 10, ["event.refused"]))
    assert [(one.subject, one.detail["reason"], one.detail["count"]) for one in noted] == [
        ("crm", "source", 1),
        ("crm", "producer", 1),
    ]


async def test_nobody_is_believed_without_proof(house: House) -> None:
    """A token, or a signature over the bytes; another system's address doesn't help."""
    body = json.dumps(order("1")).encode()
    signed = {
        "webhook-id": "m1",
        "webhook-timestamp": str(int(NOW.timestamp())),
        "webhook-signature": Webhook(SECRET).sign("m1", NOW, body.decode()),
    }
    async with house.door() as door:
        assert [(await door.post(order("1"), token))[0] for token in ("", "wrong", "é")] == [401, 401, 401]
        assert (await door.post(order("1"), "crm_token", path="/events/erp"))[0] == 401
        assert (await door.post(order("1"), "crm_token", path="/events/nobody"))[0] == 401
        assert (await door.post(body + b" ", "", STRUCTURED, **signed))[1]["reason"] == "signature_wrong"
        assert (await door.post(body, "", STRUCTURED, path="/events/erp", **signed))[1]["reason"] == "signature_wrong"
        house.clock.at += timedelta(minutes=6)
        assert (await door.post(body, "", STRUCTURED, **signed))[1]["reason"] == "signature_old"
        house.clock.at = NOW
        assert (await door.post(body, "", STRUCTURED, **signed))[1]["verdict"] == "accepted"
        replayed = await door.post(body, "", STRUCTURED, **signed)
        assert replayed[1]["verdict"] == "duplicate"
    assert len(await house.events()) == 1


async def test_bodies_are_bounded_and_never_unpacked(house: House) -> None:
    """Whatever their length is said to be."""

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(16):
            yield b" " * 65_536

    async with house.door() as door:
        assert (await door.post(b" " * (512 * 1024 + 1)))[0] == 413
        status, said = await door.post(endless())
        assert (status, said["reason"]) == (413, "too_large")
        assert (await door.post(b"x", **{"Content-Encoding": "gzip"}))[0] in {400, 415}


async def test_without_the_database_the_sender_is_asked_to_repeat(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """503 with Retry-After, and nothing is lost by it."""
    async with house.door() as door:
        write = house.database.write

        async def away(*_args: object, **_more: object) -> None:
            raise StorageUnavailable("away")

        monkeypatch.setattr(house.database, "write", away)
        status, said = await door.post(order("1"))
        assert (status, said["reason"]) == (503, "unavailable")
        monkeypatch.setattr(house.database, "write", write)
        assert (await door.post(order("1")))[1]["verdict"] == "accepted"


async def test_many_at_once_are_each_answered_for_themselves(house: House) -> None:
    """Those that come while a transaction is under way share the next one."""
    async with house.door() as door:
        posts = [door.post(order(str(n % 40), f"SO{n % 40}")) for n in range(80)]
        answers = await asyncio.gather(*posts)
    verdicts = sorted(said["verdict"] for _, said in answers)
    assert verdicts == ["accepted"] * 40 + ["duplicate"] * 40
    assert len(await house.events()) == 40
    assert sorted(one.seq for one in house.seen) == [one.seq for one in await house.events()]


async def test_a_consequence_that_fails_leaves_nothing(house: House) -> None:
    """Row, keys, deliveries and deadlines are one transaction (C2)."""

    def fail(_store: object, _stored: object) -> None:
        raise ValueError("a rule is broken")

    house.consequences.append(fail)
    system = (await house.made.registry.current())["crm"]
    event = house.made.flow  # the flow alone: the server would only say 500
    from adapters.webhooks.translate import item_of

    item = item_of(order("1"), NOW)
    assert item.event
    with pytest.raises(ValueError, match="broken"):
        await event.accept([item.event], system)
    assert await house.events() == []
    house.consequences.pop()
    verdicts = await event.accept([item.event], system)
    assert [one.outcome for one in verdicts] == ["accepted"]


async def test_an_entry_that_changes_holds_at_once(house: House) -> None:
    """Taken away, a system can't send any more; its token is nobody's."""
    async with house.door() as door:
        await house.made.registry.remove("crm", "O1")
        assert (await door.post(order("1")))[0] == 401


async def test_one_bad_piece_doesnt_spoil_those_that_share_its_transaction() -> None:
    """Each is then done alone; when storage is away all are told."""
    tried: list[list[int]] = []

    async def write(pieces: list[int]) -> list[int]:
        tried.append(list(pieces))
        await asyncio.sleep(0)
        if 3 in pieces:
            raise ValueError("three")
        if 9 in pieces:
            raise IntakeUnavailable
        return [2 * one for one in pieces]

    joining: Joining[int, int] = Joining(write, most=10)  # type: ignore[arg-type]  # a list is a sequence
    results = await asyncio.gather(*(joining.do(n, 1) for n in (1, 2, 3, 4)), return_exceptions=True)
    assert [str(one) for one in results] == ["2", "4", "three", "8"]
    away = await asyncio.gather(*(joining.do(n, 5) for n in (8, 9)), return_exceptions=True)
    assert [type(one) for one in away] == [IntakeUnavailable, IntakeUnavailable]
    assert max(len(one) for one in tried) <= 4


def _admin() -> Any:
    from bot.contracts.person import OPERATOR

    return OPERATOR


def test_a_verdict_says_whether_the_event_is_here() -> None:
    """Accepted or known before."""
    assert [Verdict(one).is_here for one in ("accepted", "duplicate", "quarantined", "refused")] == [
        True,
        True,
        False,
        False,
    ]
