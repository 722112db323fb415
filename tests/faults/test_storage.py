"""The database is locked or its disk is full; the vectors are gone: nothing accepted is lost."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from storage.database import Database
from tests.emulators.wecom.emulator import WecomEmulator
from tests.scenarios.company import playbook
from tests.scenarios.world import World, running, until

LOCKER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA busy_timeout=10000")
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()
connection.execute("ROLLBACK")
"""
PRICE = "客户说太贵了怎么回"
HEADLINE = "先问贵在和什么比"


async def test_a_locked_database_delays_but_loses_nothing(world: World) -> None:
    """Another process holds the write lock: WeCom gets no 200, sends again, and the answer comes once."""
    rep = world.newcomer().wecom
    with world.listening(rep) as heard:
        async with _locked(world.data / "xiaoce.db"):
            for _ in range(3):
                sent = await world.emulator.callbacks.send_text(
                    rep, "我有几个客户", msg_id=5, created_at=1_800_000_000, retries=0, deadline=0.3
                )
                assert sent.status in {0, 503}, "not acknowledged before it is safe"
        again = await world.emulator.callbacks.send_text(
            rep, "我有几个客户", msg_id=5, created_at=1_800_000_000, deadline=30.0
        )
        assert again.ok
        await world.quiet()
    assert len(heard().entries) == 1


async def test_a_lock_in_the_middle_of_answering_is_waited_out(world: World) -> None:
    """The message is accepted, then the lock comes: the answer waits for it."""
    reps = [world.newcomer().wecom for _ in range(5)]
    sent = [asyncio.create_task(world.emulator.callbacks.send_text(rep, PRICE, deadline=60.0)) for rep in reps]
    await asyncio.wait(sent, return_when=asyncio.FIRST_COMPLETED)
    async with _locked(world.data / "xiaoce.db"):
        assert await world.app.database.read(lambda store: store.messages.get("nothing")) is None, "readers go on"
    assert all(delivery.ok for delivery in await asyncio.gather(*sent))
    await world.quiet()
    for rep in reps:
        assert len(world.emulator.ledger.delivered_to(rep)) == 1


async def test_a_full_disk_refuses_and_everything_sent_again_is_answered(world: World) -> None:
    """503 while nothing can be stored; when there is space again, the platform's repeats are answered, each once."""
    reps = [world.newcomer().wecom for _ in range(40)]
    usual = _page_limit(world.app.database, 1)
    refused = []
    for rep in reps:
        sent = await world.emulator.callbacks.send_text(rep, "我有几个客户" + " 哦" * 3000, retries=0, deadline=60.0)
        assert sent.status in {200, 503}
        if not sent.ok:
            refused.append((rep, sent))
    assert len(refused) >= 5, "the disk was full"
    _page_limit(world.app.database, usual)
    for rep, sent in refused:
        fields = sent.envelope.fields
        how = {"msg_id": fields["MsgId"], "created_at": fields["CreateTime"]}
        assert (await world.emulator.callbacks.send_text(rep, fields["Content"], **how)).ok
    await until(lambda: _all_answered(world, reps))
    await world.quiet()
    assert [len(world.emulator.ledger.delivered_to(rep)) for rep in reps] == [1] * len(reps)


async def test_vectors_that_are_gone_or_broken_are_made_again(data: Path, emulator: WecomEmulator) -> None:
    """SQL is the truth: the bot starts without its vectors folder, or with rubbish in it, and answers the same."""
    shutil.rmtree(data / "vectors")
    async with running(data, emulator) as world:
        assert HEADLINE in (await world.say(world.newcomer().wecom, PRICE)).words
    broken = [path for path in (data / "vectors").rglob("*") if path.is_file()]
    assert broken, "the vectors were made again"
    for path in broken:
        path.write_bytes(b"rubbish")
    async with running(data, emulator) as world:
        assert HEADLINE in (await world.say("rep00002", PRICE)).words


async def test_vectors_deleted_while_running_are_not_missed(data: Path, emulator: WecomEmulator) -> None:
    """Answers go on without the folder; the next start makes it again."""
    async with running(data, emulator) as world:
        rep = world.newcomer().wecom
        shutil.rmtree(data / "vectors")
        for _ in range(3):
            assert HEADLINE in (await world.say(rep, PRICE)).words
        await world.app.playbook.import_folder(_edited(data.parent / "edited"), "operator")
        await until(lambda: _says(world, "先笑一笑"))
    async with running(data, emulator) as world:
        assert "先笑一笑" in (await world.say("rep00003", PRICE)).words


async def test_a_playbook_that_changes_while_questions_come(world: World) -> None:
    """A15: everybody is answered, with the old text or the new one; afterwards with the new one."""
    reps = [world.newcomer().wecom for _ in range(12)]
    asking = [asyncio.create_task(world.emulator.callbacks.send_text(rep, PRICE, deadline=60.0)) for rep in reps[:6]]
    await world.app.playbook.import_folder(_edited(world.data.parent / "edited"), "operator")
    asking += [asyncio.create_task(world.emulator.callbacks.send_text(rep, PRICE, deadline=60.0)) for rep in reps[6:]]
    assert all(delivery.ok for delivery in await asyncio.gather(*asking))
    await until(lambda: _says(world, "先笑一笑"))
    await world.quiet()
    for rep in reps:
        [card] = [entry for entry in world.emulator.ledger.delivered_to(rep) if entry.msgtype == "template_card"]
        title = card.payload["main_title"]["title"]
        assert HEADLINE in title or "先笑一笑" in title


def _edited(folder: Path) -> Path:
    """The same talk-tracks, one of them with a new first line."""
    path = playbook(folder) / "price-too-expensive.md"
    path.write_text(path.read_text(encoding="utf-8").replace(HEADLINE, "先笑一笑"), encoding="utf-8")
    return folder


async def _says(world: World, words: str) -> bool:
    card = world.app.playbook.card("price-too-expensive", "zh")
    return card is not None and words in card.point


async def _all_answered(world: World, reps: list[str]) -> bool:
    return all(world.emulator.ledger.delivered_to(rep) for rep in reps)


def _page_limit(database: Database, pages: int) -> int:
    """Let the database file have so many pages, or what it has now if that is more; returns the limit before.

    This is how SQLite itself is made to find its disk full. The limit belongs to the connection, and on SQLite all
    writers, the engine's included, share one.
    """
    with database.engine.connect() as connection:
        before: int = connection.exec_driver_sql("PRAGMA max_page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    return before


@asynccontextmanager
async def _locked(path: Path) -> AsyncIterator[None]:
    """Another process holds the database's write lock."""
    pipe = asyncio.subprocess.PIPE
    locker = await asyncio.create_subprocess_exec(sys.executable, "-c", LOCKER, str(path), stdin=pipe, stdout=pipe)
    assert locker.stdin
    assert locker.stdout
    assert (await locker.stdout.readline()) == b"locked\n"
    try:
        yield
    finally:
        locker.stdin.close()
        await locker.wait()
