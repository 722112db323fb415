"""B9: subscriptions and asked questions, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.contracts import Person, Role
from storage.database import Database
from storage.repositories.questions import MOST, Asked, Subscription
from storage.store import Store

NOW = datetime(2026, 11, 20, 1, tzinfo=UTC)
OPS = Person("O1", "周敏", Role.SALES_OPS)
REP = Person("E1", "张敏", Role.REP)


def new(id_: str, person: str = "E1") -> Subscription:
    return Subscription(id_, person, ("上周线索", "那华南呢"), {"metrics": ["leads"]}, "week:0", 540, NOW)


async def test_numbers_are_given_once(database: Database) -> None:
    """The lowest free one; whoever has all of them gets no more; another person has numbers of their own."""
    kept = [await database.write(lambda store, at=at: store.questions.subscribe(new(f"s{at}"))) for at in range(MOST)]
    assert [one.number for one in kept if one] == list(range(1, MOST + 1))
    assert await database.write(lambda store: store.questions.subscribe(new("more"))) is None
    other = await database.write(lambda store: store.questions.subscribe(new("theirs", "E2")))
    assert other == replace(new("theirs", "E2"), number=1)
    assert not await database.write(lambda store: store.questions.end("s4", "E2", "stopped", NOW))
    assert await database.write(lambda store: store.questions.end("s4", "E1", "stopped", NOW))
    again = await database.write(lambda store: store.questions.subscribe(new("again")))
    assert again
    assert again.number == 5
    assert len(await database.read(lambda store: store.questions.running())) == MOST + 1
    assert len(await database.read(lambda store: store.questions.subscriptions_of("E2"))) == 1


async def test_a_time_is_claimed_once(database: Database) -> None:
    await database.write(lambda store: store.questions.subscribe(new("s")))
    later = NOW + timedelta(days=7)

    async def claim(slot: datetime, before: datetime | None) -> bool:
        return await database.write(lambda store: store.questions.claim("s", slot, before))

    assert [await claim(NOW, None), await claim(NOW, None)] == [True, False]
    assert [await claim(later, NOW), await claim(later, NOW)] == [True, False]
    await database.write(lambda store: store.questions.end("s", "E1", "left", NOW))
    assert not await claim(later + timedelta(days=7), later)


async def test_what_was_asked(database: Database) -> None:
    """D9: everybody's for sales ops, else one's own; old ones go, with subscriptions that ended long ago."""

    def fill(store: Store) -> None:
        for person, text, outcome in (("E1", "甲", "unknown"), ("E2", "乙", "asked_back"), ("E1", "丙", "answered")):
            store.questions.note(Asked(NOW, person, text, outcome, {}))
        store.questions.note(Asked(NOW - timedelta(days=100), "E1", "旧", "unknown", {}))
        store.questions.subscribe(new("s"))
        store.questions.end("s", "E1", "stopped", NOW - timedelta(days=100))

    await database.write(fill)
    since = NOW - timedelta(days=200)

    async def seen(viewer: Person) -> list[str]:
        found = await database.read(lambda store: store.questions.not_understood(viewer, since, 10))
        return [one.text for one in found]

    assert await seen(OPS) == ["乙", "甲", "旧"]
    assert await seen(REP) == ["甲", "旧"]
    await database.write(lambda store: store.questions.forget(NOW - timedelta(days=90)))
    assert await seen(OPS) == ["乙", "甲"]
