"""D1: tokens of the language model, counted by all machines together."""

from __future__ import annotations

import asyncio
from datetime import date

from storage.database import Database

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


async def test_each_day_counts_for_itself_and_what_was_reserved_in_vain_comes_back(database: Database) -> None:
    for day, tokens in ((MONDAY, 700), (MONDAY, -200), (TUESDAY, 5)):
        await database.write(lambda store, day=day, tokens=tokens: store.usage.add_tokens(day, tokens))
    spent = await database.read(lambda store: [store.usage.tokens(day) for day in (MONDAY, TUESDAY, date.max)])
    assert spent == [500, 5, 0]


async def test_more_than_a_small_integer_holds(database: Database) -> None:
    await database.write(lambda store: store.usage.add_tokens(MONDAY, 2**40))
    await database.write(lambda store: store.usage.add_tokens(MONDAY, 1))
    assert await database.read(lambda store: store.usage.tokens(MONDAY)) == 2**40 + 1


async def test_machines_that_add_at_once_lose_nothing(database: Database) -> None:
    """Two connections to the same database, the first row of the day included."""
    other = Database(database.engine.url.render_as_string(hide_password=False))
    try:
        adding = (
            where.write(lambda store, tokens=number: store.usage.add_tokens(MONDAY, tokens))
            for number in range(1, 31)
            for where in (database, other)
        )
        await asyncio.gather(*adding)
        assert await other.read(lambda store: store.usage.tokens(MONDAY)) == 2 * sum(range(1, 31))
    finally:
        other.close()
