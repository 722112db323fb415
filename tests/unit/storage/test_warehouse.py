"""The columnar copy: what is in it, that it follows the truth, and that nothing half-made is ever read."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest

from storage.database import Database
from storage.store import Store
from storage.tables import ContractRow, DialogueRow, LeadRow, LoadRow, TouchRow
from storage.warehouse import Warehouse, WarehouseUnavailable
from storage.warehouse_copy import Order, copies
from storage.warehouse_state import state_of
from storage.warehouse_tables import FORMAT, copied_tables

AT = datetime(2026, 3, 1, 16, 30, tzinfo=UTC)
TALK = frozenset({"dialogues", "utterances", "signals", "tasks", "prompts"})


def fill(store: Store) -> None:
    store.session.add(TouchRow(id="T1", visitor_id="V1", channel="搜索", at=AT, cost=Decimal("12.34")))
    store.session.add(LeadRow(id="L1", visitor_id="V1", mobile="19900000001", valid=None, created_at=AT))
    store.session.add(ContractRow(id="K1", amount=Decimal("1000000.01"), signed=date(2026, 3, 2)))
    store.session.flush()


def load(store: Store) -> None:
    """Another load ends: the copy is outdated."""
    store.session.add(LoadRow(source="s", version=1, state="done", begun_at=AT))
    store.session.add(TouchRow(id=f"T{uuid4()}", visitor_id="V2", at=AT))
    store.session.flush()


@pytest.fixture
async def warehouse(database: Database, tmp_path: Path) -> AsyncIterator[Warehouse]:
    await database.write(fill)
    warehouse = Warehouse(database, tmp_path / "warehouse", 128)
    yield warehouse
    await warehouse.close()


async def test_it_copies_exactly_and_follows(warehouse: Warehouse, database: Database, tmp_path: Path) -> None:
    """Money in whole 分, moments in UTC, days as days; nothing that no figure needs; a load makes it new (B4).

    And no question changes it.
    """
    import duckdb

    touch = await warehouse.query('SELECT id, "at", cost_fen FROM touches WHERE id = $id', {"id": "T1"})
    assert touch == [{"id": "T1", "at": AT.replace(tzinfo=None), "cost_fen": 1234}]
    assert await warehouse.query("SELECT amount_fen, signed FROM contracts") == [
        {"amount_fen": 100000001, "signed": date(2026, 3, 2)}
    ]
    [lead] = await warehouse.query("SELECT * FROM leads")
    assert lead["valid"] is None
    assert not {"mobile", "email", "contact"} & set(lead)
    await database.write(load)
    before = await warehouse.ready()  # the old one goes on answering while a new one is made
    await warehouse.refresh()
    assert await warehouse.query("SELECT COUNT(*) AS n FROM touches") == [{"n": 2}]
    after = await warehouse.ready()
    assert after.state != before.state
    assert after.at > before.at
    with pytest.raises(duckdb.InvalidInputException, match="read-only"):
        await warehouse.query("DELETE FROM touches")


@pytest.fixture
def lite(migrated_sqlite_url: str) -> Iterator[Database]:
    """For what has nothing to do with the kind of database: each copy takes a process two seconds."""
    database = Database(migrated_sqlite_url)
    yield database
    database.close()


async def test_it_renews_itself_and_others_see_it(lite: Database, tmp_path: Path) -> None:
    """Two processes share a folder: what one makes the other reads; at most two copies are kept. What is spilled by
    the old copy, which may still be read, has a folder of its own: DuckDB's names are the same in both."""
    folder, database, setting = tmp_path / "warehouse", lite, "SELECT current_setting('temp_directory') AS folder"
    await database.write(fill)
    one, other = Warehouse(database, folder, 128), Warehouse(database, folder, 128)
    await asyncio.gather(one.ready(), other.ready())
    [before] = await one.query(setting)
    for _ in range(2):
        await database.write(load)
        await one.ready()  # begins to renew
        assert one._renewal
        await one._renewal
    assert await other.query("SELECT COUNT(*) AS n FROM touches") == [{"n": 3}]
    assert len(copies(folder)) == 2
    [after] = await one.query(setting)
    assert before["folder"] != after["folder"]
    await one.close()
    await other.close()


async def test_talk_waits_for_the_next_ten_minutes(database: Database) -> None:
    """A lively company doesn't copy everything for each message; and no word that was said is in the copy (B9)."""

    def say(store: Store, at: datetime) -> None:
        store.session.add(DialogueRow(id=str(uuid4()), source="chat", created_at=at))
        store.session.flush()

    def state(store: Store) -> str:
        return state_of(store.session)

    before = await database.read(state)
    await database.write(lambda store: say(store, datetime.now(UTC) + timedelta(minutes=1)))
    assert await database.read(state) == before
    await database.write(lambda store: say(store, AT))
    assert await database.read(state) != before
    held = {(table.name, column) for table in copied_tables() for column, _ in table.columns}
    assert not {column for table, column in held if table in TALK} & {"text", "evidence", "summary", "facts", "title"}


def test_what_a_killed_copy_left_is_swept_and_never_read(migrated_sqlite_url: str, tmp_path: Path) -> None:
    """A copy that was killed leaves a draft: nobody opens it, and the next copy removes it; so with older formats."""
    folder = tmp_path / "warehouse"
    folder.mkdir()
    for name in ("draft-1.duckdb", "draft-1.snapshot", f"warehouse-{FORMAT - 1}-000009.duckdb"):
        (folder / name).write_bytes(b"half")
    (folder / "spill-draft-1").mkdir()
    (folder / f"spill-warehouse-{FORMAT}-000000-abc").mkdir()
    assert copies(folder) == []
    child = _child(Order(migrated_sqlite_url, str(folder), 128))
    assert child.returncode == 0, child.stderr
    left = [path.name for path in folder.iterdir() if path.suffix != ".lock"]
    assert left == [f"warehouse-{FORMAT}-000001.duckdb"]


def test_the_live_file_keeps_its_locks(migrated_sqlite_url: str, tmp_path: Path) -> None:
    """A writer in the middle of a transaction is neither waited for nor disturbed."""
    live = sqlite3.connect(migrated_sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    live.execute("BEGIN IMMEDIATE")
    live.execute("INSERT INTO touches VALUES ('T9', 'V', '', '', '', '2026-01-01 00:00:00.000000', NULL)")
    assert _child(Order(migrated_sqlite_url, str(tmp_path / "w"), 128)).returncode == 0
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        sqlite3.connect(migrated_sqlite_url.removeprefix("sqlite:///"), timeout=0.05).execute("BEGIN IMMEDIATE")
    live.execute("COMMIT")
    live.close()


def test_no_password_in_the_reason(tmp_path: Path) -> None:
    """DuckDB quotes the address that it can't open; what it says goes into the log. One line, whatever it was."""
    url = "postgresql+psycopg://xiaoce:p%40ss-w0rd@127.0.0.1:1/none"
    child = _child(Order(url, str(tmp_path / "w"), 128))
    assert child.returncode == 1
    assert "127.0.0.1" in child.stderr
    assert not [said for said in ("p@ss-w0rd", "p%40ss-w0rd") if said in child.stderr]
    assert len(child.stderr.splitlines()) == 1


async def test_when_it_cannot_be_made_the_reason_is_said(lite: Database, tmp_path: Path) -> None:
    (tmp_path / "warehouse").write_text("a file where the folder should be")
    warehouse = Warehouse(lite, tmp_path / "warehouse", 128)
    with pytest.raises(WarehouseUnavailable, match="warehouse"):
        await warehouse.query("SELECT 1")
    await warehouse.close()


def _child(order: Order) -> subprocess.CompletedProcess[str]:
    assert json.loads(order.dump())["url"] == order.url
    return subprocess.run(
        [sys.executable, "-m", "storage.warehouse_copy"],
        input=order.dump(),
        text=True,
        capture_output=True,
        check=False,
    )
