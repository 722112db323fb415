"""Transactions, worker threads, and what operators read when the database can't be used."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from bot.contracts.errors import ConfigurationError, IntakeUnavailable
from storage import engines
from storage.database import Database
from storage.errors import SchemaOutdated, StorageUnavailable, border
from storage.store import Store
from storage.tables import SignInRow
from tests.postgres_server import PostgresServer
from tests.unit.storage.company import NOW, PLACE, REP, message


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")


def _break(store: Store) -> None:
    store.messages.add(message(1), NOW)
    raise RuntimeError("half-way")


async def test_all_or_nothing(company: Database) -> None:
    """An error inside leaves no trace, and is not renamed."""
    with pytest.raises(RuntimeError, match="half-way"):
        await company.write(_break)
    assert await company.read(lambda store: store.messages.get("m1")) is None
    assert await company.read(lambda store: store.messages.history(REP)) == []


async def test_reading_cannot_change_anything(company: Database) -> None:
    """`read` is for reading: the database itself refuses the rest."""
    with pytest.raises(Exception, match=r"read-?only"):
        await company.read(lambda store: store.messages.add(message(1), NOW))
    assert await company.read(lambda store: store.messages.get("m1")) is None


async def test_readers_never_wait_for_writers(company: Database) -> None:
    """All writers busy: a reader still answers, from the last commit."""
    release = threading.Event()

    def hold(store: Store) -> None:
        store.messages.add(message(1), NOW)
        assert release.wait(10)

    writers = [asyncio.create_task(company.write(hold)) for _ in range(6)]
    await asyncio.sleep(0.1)
    started = time.perf_counter()
    assert await company.read(lambda store: store.messages.get("m1")) is None
    assert time.perf_counter() - started < 1
    release.set()
    await asyncio.gather(*writers)
    assert await company.read(lambda store: store.messages.get("m1"))


async def test_work_runs_off_the_loop(company: Database) -> None:
    """In the database's own threads; the loop stays free."""
    name = await company.write(lambda _: threading.current_thread().name)
    assert name.startswith("storage-write")
    assert (await company.read(lambda _: threading.current_thread().name)).startswith("storage-read")


async def test_what_a_transaction_reads_is_fresh(company: Database) -> None:
    """Statements and reads inside one transaction agree."""

    def work(store: Store) -> tuple[int, int]:
        store.deliveries.add("d", "", PLACE, {}, NOW)
        first = store.deliveries.get("d")
        store.deliveries.begin("d", NOW)
        second = store.deliveries.get("d")
        assert first
        assert second
        return first.attempts, second.attempts

    assert await company.write(work) == (0, 1)


def test_sqlite_is_opened_safely(sqlite_url: str) -> None:
    """WAL, synchronous=FULL, foreign keys, patient; readers can't write."""
    database = Database(sqlite_url)
    database.migrate()
    for engine, query_only in ((database.engine, 0), (database._reader, 1)):
        with engine.connect() as connection:
            names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "query_only")
            found = [connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in names]
        assert found == ["wal", 2, 1, 30_000, query_only]
    database.close()


async def test_locked_database_is_named(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program holds the file: the platform is told to send again."""
    monkeypatch.setattr(engines, "_PRAGMAS", ("busy_timeout=50", "journal_mode=WAL"))
    monkeypatch.setattr(engines, "BUSY_MILLISECONDS", 50)
    database = Database(sqlite_url)
    database.migrate()
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(IntakeUnavailable, match="locked by another program"):
        await database.write(lambda store: store.messages.add(message(1), NOW))
    other.execute("ROLLBACK")
    other.close()
    assert await database.write(lambda store: store.messages.add(message(1), NOW))
    database.close()


async def test_a_writer_that_waits_too_long_is_told_why(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits behind the other writers of this process gets our error too: the platform then repeats."""
    monkeypatch.setattr(engines, "POOL_SECONDS", 0.1)
    database, release = Database(sqlite_url), threading.Event()
    first = asyncio.create_task(database.write(lambda _: release.wait(10)))
    await asyncio.sleep(0.1)
    with pytest.raises(StorageUnavailable, match="busy"):
        await database.write(lambda _: None, urgent=True)
    release.set()
    assert await first
    database.close()


async def test_full_disk_is_named(sqlite_url: str) -> None:
    """No room: nothing is half stored, and it goes on when there is room again."""
    database = Database(sqlite_url)
    database.migrate()

    def fill(store: Store) -> None:
        pages = store.session.execute(text("PRAGMA page_count")).scalar_one()
        store.session.execute(text(f"PRAGMA max_page_count={pages}"))
        store.messages.add(message(1, text="长" * 100_000), NOW)

    with pytest.raises(StorageUnavailable, match="free space"):
        await database.write(fill)
    assert await database.read(lambda store: store.messages.get("m1")) is None
    await database.write(lambda store: store.session.execute(text("PRAGMA max_page_count=1000000")))
    assert await database.write(lambda store: store.messages.add(message(1), NOW))
    database.close()


async def test_unusable_files_are_named(tmp_path: Path) -> None:
    """No folder, no SQLite file, no tables: each sentence names the remedy."""
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"this is no database, but long enough to look at" * 50)
    cases = {
        tmp_path / "missing" / "x.db": (StorageUnavailable, "create its folder"),
        broken: (StorageUnavailable, "no SQLite database"),
        tmp_path / "empty.db": (SchemaOutdated, "start Xiaoce again"),
    }
    for path, (kind, remedy) in cases.items():
        database = Database(f"sqlite:///{path}")
        with pytest.raises(kind, match=remedy):
            await database.read(lambda store: store.messages.get("m1"))
        database.close()


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "sqlite:///:memory:", "nonsense"])
def test_other_databases_are_refused(url: str) -> None:
    """Only what the guarantees hold for; a password in the URL is never repeated."""
    with pytest.raises(ConfigurationError, match=r"database\.url"):
        Database(url)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ('connection to server at "10.0.0.1", port 5433 failed: Connection refused', "10.0.0.1 的端口 5433"),
        ('FATAL:  database "sales" does not exist', "没有名为 sales 的数据库"),
        ('FATAL:  role "xiaoce" does not exist', "没有用户 xiaoce"),
        ('FATAL:  password authentication failed for user "xiaoce"', "用户 xiaoce 的密码"),
        ("failed to resolve host 'db': [Errno -2] Name or service not known", "主机名"),
        ("connection timeout expired", "主机和端口"),
        ("the dog ate it", "现在用不了数据库"),
    ],
)
def test_what_postgres_refuses_is_said_by_kind(said: str, sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each names the setting to look at; none promises that it passes by itself."""
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    with pytest.raises(StorageUnavailable, match=rf"{sentence}.*database\.url|database\.url.*{sentence}"), border():
        raise OperationalError("", {}, Exception(said))


@pytest.mark.postgres
async def test_postgres_comes_and_goes(tmp_path: Path) -> None:
    """Killed and started again: unavailable meanwhile, and afterwards everything acknowledged is there."""
    server = PostgresServer(tmp_path)
    server.start()
    database = Database(server.new_database())
    database.migrate()
    await database.write(lambda store: store.messages.add(message(1), NOW))
    server.kill()
    with pytest.raises(StorageUnavailable):
        await database.write(lambda store: store.messages.add(message(2), NOW))
    server.start()
    assert await database.read(lambda store: store.messages.get("m1"))
    assert await database.write(lambda store: store.messages.add(message(2), NOW))
    database.close()
    server.stop()


@pytest.mark.postgres
async def test_postgres_missing_tables_are_named(postgres_url: str) -> None:
    """As on SQLite."""
    database = Database(postgres_url)
    with pytest.raises(SchemaOutdated, match="start Xiaoce again"):
        await database.read(lambda store: store.messages.get("m1"))
    database.close()


@pytest.mark.postgres
async def test_writers_that_wait_for_each_other_are_run_again(postgres_url: str) -> None:
    """Two batches touch the same conversations in opposite order; both are stored."""
    database = Database(postgres_url)
    database.migrate()
    both = threading.Barrier(2)
    runs: list[str] = []

    def batch(first: str, second: str) -> Callable[[Store], None]:
        def work(store: Store) -> None:
            runs.append(first)
            store.messages.add(message(1, id=f"{first}1", conversation=first), NOW)
            if len(runs) <= 2:
                both.wait(10)
            store.messages.add(message(1, id=f"{first}2", conversation=second), NOW)

        return work

    await asyncio.gather(database.write(batch("a", "b")), database.write(batch("b", "a")))
    assert len(runs) > 2, "one of them was undone and run again"
    for id_ in ("a1", "a2", "b1", "b2"):
        assert await database.read(lambda store, id_=id_: store.messages.get(id_))  # type: ignore[misc]  # a default only fixes the loop's value
    database.close()


async def test_objects_are_kept_without_being_flushed(company: Database) -> None:
    """A8: what work adds to the session is part of the transaction; what fails is not."""

    def add(store: Store) -> None:
        store.session.add(SignInRow(token_hash="t", person_id=REP.id, issued_at=NOW))

    def fail(store: Store) -> None:
        store.session.add(SignInRow(token_hash="u", person_id=REP.id, issued_at=NOW))
        raise RuntimeError("half-way")

    await company.write(add)
    with pytest.raises(RuntimeError, match="half-way"):
        await company.write(fail)
    assert await company.read(lambda store: store.session.exec(select(SignInRow.token_hash)).all()) == ["t"]


@pytest.mark.postgres
async def test_postgres_gives_up_connections_that_died_at_rest(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A8: a connection that a firewall or the server has closed meanwhile is replaced before it is used."""
    database = Database(postgres_url)
    database.migrate()
    name = "SELECT pg_backend_pid()"
    before = await database.read(lambda store: store.session.connection().exec_driver_sql(name).scalar())
    with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [before])
    monkeypatch.setattr(engines, "RESTED_SECONDS", 0.0)
    assert await database.read(lambda store: store.session.connection().exec_driver_sql(name).scalar()) != before
    database.close()
