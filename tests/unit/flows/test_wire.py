"""What processes hand to each other through the database: each test has two of them, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.contracts import Message, Role, SystemClock
from bot.flows.lease import DatabaseLease
from bot.flows.news import Newsroom
from bot.flows.open_answers import OpenAnswerDesk
from bot.flows.relay import DatabaseRelay
from storage.database import Database
from storage.repositories.people import PersonRecord
from storage.upsert import _upsert

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
STREAM = "5" * 32


@pytest.fixture
def desks(database: Database) -> tuple[OpenAnswerDesk, OpenAnswerDesk]:
    """Of two processes."""
    return OpenAnswerDesk(database), OpenAnswerDesk(database)


async def test_an_answer_grows_in_one_process_and_is_told_by_another(
    desks: tuple[OpenAnswerDesk, OpenAnswerDesk],
) -> None:
    worker, web = desks
    await web.begin(STREAM, {"response_url": "secret"}, NOW)
    assert await worker.put(STREAM, "正在想", False)
    await web.begin(STREAM, {"response_url": "other"}, NOW + timedelta(seconds=5))
    drafted = await web.take(STREAM)
    assert drafted
    assert (drafted.content, drafted.finish, drafted.taken) == ("正在想", False, False)
    assert (drafted.about, drafted.opened_at) == ({"response_url": "secret"}, NOW), "a repeated callback opens nothing"
    assert await worker.put(STREAM, "想好了", True, {"card_type": "button_interaction"}, "parcel-1")
    told = await web.take(STREAM)
    assert told
    assert (told.content, told.card, told.finish, told.taken, told.owner) == (
        "想好了",
        {"card_type": "button_interaction"},
        True,
        True,
        "parcel-1",
    )


async def test_an_answer_ends_once(desks: tuple[OpenAnswerDesk, OpenAnswerDesk]) -> None:
    one, other = desks
    await one.begin(STREAM, {}, NOW)
    ended = await asyncio.gather(
        *(desk.put(STREAM, desk_name, True, None, desk_name) for desk, desk_name in ((one, "a"), (other, "b")))
    )
    assert sorted(ended) == [False, True]
    state = await one.get(STREAM)
    assert state
    winner, loser = ("a", "b") if state.owner == "a" else ("b", "a")
    assert state.content == winner
    assert await other.put(STREAM, "again", True, None, winner), "the same parcel, sent again"
    assert not await other.put(STREAM, "late", False), "a draft after the end"
    assert not await one.withdraw(STREAM, loser, "没有了")
    assert not await one.put("6" * 32, "?", True, None, "a"), "never opened"
    assert (await one.get(STREAM)) == state


async def test_an_end_is_withdrawn_only_before_it_was_handed_out(desks: tuple[OpenAnswerDesk, OpenAnswerDesk]) -> None:
    one, other = desks
    for stream, taken in (("1" * 32, False), ("2" * 32, True)):
        await one.begin(stream, {}, NOW)
        await one.put(stream, "答", True, {"a": 1}, "p")
        if taken:
            await other.take(stream)
        assert await one.withdraw(stream, "p", "见下一条") is not taken
    state = await other.get("1" * 32)
    assert state
    assert (state.content, state.card, state.owner, state.finish) == ("见下一条", None, "-", True)


async def test_the_secret_address_is_one_parcels(desks: tuple[OpenAnswerDesk, OpenAnswerDesk]) -> None:
    one, other = desks
    await one.begin(STREAM, {}, NOW)
    first = await asyncio.gather(one.spend(STREAM, "a"), other.spend(STREAM, "b"))
    assert sorted(first) == [False, True]
    assert await asyncio.gather(one.spend(STREAM, "a"), other.spend(STREAM, "b")) == first, "asked again: as before"


class Holder:
    """The process with the connection."""

    def __init__(self) -> None:
        self.handled: list[str] = []

    async def handle(self, parcel_id: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Tell the payload back, after a while."""
        self.handled.append(parcel_id)
        if payload.get("fail"):
            raise RuntimeError("no such thing")
        await asyncio.sleep(payload.get("seconds", 0))
        return {"heard": payload["words"]}


@pytest.fixture
async def holder(database: Database) -> AsyncIterator[Holder]:
    """Serving beside whoever asks."""
    holder = Holder()
    serving = asyncio.create_task(DatabaseRelay(database, SystemClock(), "bot").serve(holder.handle))
    yield holder
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)


async def test_the_holder_does_what_others_ask(database: Database, holder: Holder) -> None:
    """Several at a time, each with its own result; nothing stays behind."""
    relays = [DatabaseRelay(database, SystemClock(), "bot") for _ in range(2)]
    asked = [relays[n % 2].ask(f"p{n}", {"words": str(n), "seconds": 0.2}) for n in range(6)]
    assert await asyncio.gather(*asked) == [{"heard": str(n)} for n in range(6)]
    assert sorted(holder.handled) == [f"p{n}" for n in range(6)]
    assert await database.read(lambda store: store.errands.waiting("bot", NOW - timedelta(days=999))) == []


async def test_who_asks_too_long_gives_up_and_it_is_not_begun_later(database: Database) -> None:
    """Nobody holds the connection; a holder that comes afterwards finds nothing to do."""
    with pytest.raises(TimeoutError):
        await DatabaseRelay(database, SystemClock(), "bot", ask_seconds=0.3).ask("p", {"words": "?"})
    late = Holder()
    serving = asyncio.create_task(DatabaseRelay(database, SystemClock(), "bot").serve(late.handle))
    await asyncio.sleep(0.5)
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    assert late.handled == []


async def test_a_fault_of_the_holder_is_not_waited_out(database: Database, holder: Holder) -> None:
    begun = asyncio.get_running_loop().time()
    with pytest.raises(TimeoutError):
        await DatabaseRelay(database, SystemClock(), "bot").ask("p", {"fail": True})
    assert asyncio.get_running_loop().time() - begun < 5
    assert await DatabaseRelay(database, SystemClock(), "bot").ask("q", {"words": "on"}) == {"heard": "on"}


async def test_connections_are_kept_apart(database: Database, holder: Holder) -> None:
    with pytest.raises(TimeoutError):
        await DatabaseRelay(database, SystemClock(), "other", ask_seconds=0.4).ask("p", {"words": "?"})
    assert holder.handled == []


async def test_one_process_has_the_lease(database: Database) -> None:
    """Until it stops asking, or gives it back. Asking, for as long as the process lives, takes no more memory."""
    one, other = (DatabaseLease(database, "bot", held_seconds=2.5) for _ in range(2))
    assert sorted(await asyncio.gather(one(), other())) == [False, True]
    statements = _upsert.cache_info().currsize
    holder, waiter = (one, other) if await one() else (other, one)
    assert not await waiter()
    await asyncio.sleep(1.5)
    assert await holder(), "asking renews it"
    await asyncio.sleep(1.5)
    assert not await waiter()
    await holder.give_back()
    assert await waiter()
    assert not await holder()
    assert _upsert.cache_info().currsize == statements


async def test_a_lease_of_a_process_that_died_is_free_after_a_while(database: Database) -> None:
    assert await DatabaseLease(database, "bot", held_seconds=0.1)()
    async with asyncio.timeout(10):
        while not await DatabaseLease(database, "bot")():
            await asyncio.sleep(0.1)


async def test_news_wakes_those_concerned_whoever_wrote(database: Database) -> None:
    """A15: an answer of another process is seen within a second; nobody else is woken for it. A look that fails is not
    the last one."""
    people = [PersonRecord(id=id_, name=id_, role=Role.REP, accounts={"console": id_}) for id_ in ("E1", "E2")]
    await database.write(lambda store: store.people.upsert_all(people))
    woken: list[str] = []
    faults = [ValueError("a window that is closing")]

    def wake(person: str) -> None:
        if faults:
            raise faults.pop()
        woken.append(person)

    watching = asyncio.create_task(Newsroom(database, "console").watch(lambda: {"E1", "E2"}, wake))
    async with asyncio.timeout(5):
        while len(woken) < 2:
            await asyncio.sleep(0.01)
    assert sorted(woken) == ["E1", "E2"], "once, for what came before"
    await asyncio.sleep(1.1)
    assert len(woken) == 2, "nothing new"
    begun = asyncio.get_running_loop().time()
    await database.write(lambda store: store.messages.add(_said("E2"), NOW))
    async with asyncio.timeout(5):
        while len(woken) < 3:
            await asyncio.sleep(0.01)
    assert asyncio.get_running_loop().time() - begun < 1
    await asyncio.sleep(1.1)
    assert woken[2:] == ["E2"], "once"
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)


def _said(person: str) -> Message:
    return Message(
        id=f"console:{person}:1",
        channel="console",
        conversation=f"user:{person}",
        sender=person,
        kind="text",
        at=NOW,
        text="你好",
    )
