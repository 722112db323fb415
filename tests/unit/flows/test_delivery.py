"""Delivery on the real engine and a real database: order, retries, dead letters, replay, pace."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest

from bot.contracts import Address, Attachment, Fetched, Parcel, Payload, Receipt, Receive, Reply, SystemClock
from bot.contracts.errors import FetchFailed, PermanentFailure, TemporaryFailure
from bot.flows.delivery import DeliveryFlow
from bot.flows.engine import Engine
from storage.database import Database

HERE = Address("desk", "user:E1")


@dataclass
class Desk:
    """A platform in memory. It fails as often as it is told."""

    name: str = "desk"
    limit: tuple[int, float] = (1000, 60.0)
    drafts: bool = False
    failures: list[Exception] = field(default_factory=list)
    parcels: list[Parcel] = field(default_factory=list)

    def mount(self, app: object, receive: Receive) -> None:
        """It has no routes."""

    def render(self, reply: Reply) -> list[Payload]:
        return [{"text": reply.text}]

    async def send(self, parcel: Parcel) -> Receipt:
        if self.failures:
            raise self.failures.pop(0)
        self.parcels.append(parcel)
        return Receipt(reference=f"ref-{parcel.id}")

    async def fetch(self, attachment: Attachment, folder: Path, limit: int) -> Fetched:
        raise FetchFailed("nothing to fetch here")

    async def check(self, now: datetime) -> list[str]:
        return []

    async def run(self) -> None:
        """It keeps no connection."""

    async def close(self) -> None:
        """It holds nothing."""


@dataclass
class House:
    database: Database
    flow: DeliveryFlow
    desk: Desk

    async def post(self, *texts: str) -> None:
        for text in texts:
            payload = {"text": text}
            await self.database.write(
                lambda store, text=text, payload=payload: self.flow.post(store, f"m-{text}#0", "", HERE, [payload])
            )

    async def counts(self) -> dict[str, int]:
        return await self.database.read(lambda store: store.deliveries.counts())

    async def until(self, state: str, number: int) -> None:
        async with asyncio.timeout(20):
            while (await self.counts())[state] < number:
                await asyncio.sleep(0.02)


@asynccontextmanager
async def house(folder: Path, desk: Desk) -> AsyncIterator[House]:
    database = Database(f"sqlite:///{folder / 'x.db'}")
    database.migrate()
    engine = Engine(database)
    flow = DeliveryFlow(database, engine, SystemClock(), {"desk": desk}, retry_seconds=(0.01, 0.02))
    engine.register("delivery", flow.deliver)
    await engine.start("test")
    try:
        yield House(database, flow, desk)
    finally:
        await engine.stop()
        database.close()


async def test_parcels_of_one_address_go_in_order_with_the_same_key(tmp_path: Path) -> None:
    async with house(tmp_path, Desk()) as there:
        await there.post(*"abcde")
        await there.until("sent", 5)
        assert [parcel.payload["text"] for parcel in there.desk.parcels] == list("abcde")
        assert len({parcel.id for parcel in there.desk.parcels}) == 5
        assert [parcel.attempt for parcel in there.desk.parcels] == [1] * 5


async def test_a_failing_platform_is_tried_again_and_order_is_kept(tmp_path: Path) -> None:
    desk = Desk(failures=[TemporaryFailure("busy", retry_after=0.01), ValueError("a fault of ours")])
    async with house(tmp_path, desk) as there:
        await there.post("first", "second")
        await there.until("sent", 2)
        assert [(p.payload["text"], p.attempt) for p in desk.parcels] == [("first", 3), ("second", 1)]


async def test_what_can_not_be_delivered_becomes_a_dead_letter_and_can_be_replayed(tmp_path: Path) -> None:
    desk = Desk(failures=[PermanentFailure("60020: add 1.2.3.4 to the trusted addresses")])
    async with house(tmp_path, desk) as there:
        await there.post("lost", "next")
        await there.until("sent", 1)
        dead = await there.database.read(lambda store: store.deliveries.listing("dead"))
        assert [(letter.payload["text"], letter.reason) for letter in dead] == [
            ("lost", "60020: add 1.2.3.4 to the trusted addresses")
        ]
        assert await there.flow.replay(dead[0].id)
        assert not await there.flow.replay(dead[0].id), "only dead letters are replayed"
        await there.until("sent", 2)
        assert desk.parcels[-1].payload["text"] == "lost"


async def test_too_many_failures_end_as_a_dead_letter_with_the_last_reason(tmp_path: Path) -> None:
    desk = Desk(failures=[TemporaryFailure(f"busy {n}") for n in range(3)])
    async with house(tmp_path, desk) as there:
        await there.post("lost")
        await there.until("dead", 1)
        [letter] = await there.database.read(lambda store: store.deliveries.listing("dead"))
        assert (letter.reason, letter.attempts) == ("busy 2", 3)


async def test_an_address_never_gets_more_than_its_limit_within_the_window(tmp_path: Path) -> None:
    window = 0.6
    async with house(tmp_path, Desk(limit=(2, window))) as there:
        await there.post(*"abcdef")
        await there.until("sent", 6)
        rows = await there.database.read(lambda store: store.deliveries.listing("sent"))
        times = sorted(row.sent_at.timestamp() for row in rows if row.sent_at)
        assert all(later - earlier >= window * 0.9 for earlier, later in zip(times, times[2:], strict=False))


async def test_equal_texts_on_purpose_are_marked_so_that_no_platform_drops_the_second(tmp_path: Path) -> None:
    async with house(tmp_path, Desk()) as there:
        for key in ("m1#0", "m2#0"):
            await there.database.write(lambda s, key=key: there.flow.post(s, key, "", HERE, [{"text": "好的"}]))
        await there.until("sent", 2)
        assert [parcel.repeats for parcel in there.desk.parcels] == [False, True]


@pytest.mark.parametrize("times", [1, 4])
async def test_the_same_reply_is_posted_once(tmp_path: Path, times: int) -> None:
    async with house(tmp_path, Desk()) as there:
        for _ in range(times):
            await there.database.write(lambda s: there.flow.post(s, "m1#0", "", HERE, [{"text": "好的"}]))
        await there.until("sent", 1)
        await asyncio.sleep(0.2)
        assert len(there.desk.parcels) == 1
