"""Events of a system that can only write into a table (C1)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.flows.event_watch import again
from storage.database import Database
from storage.repositories.systems import WatchState
from tests.unit.flows.event_house import OPS, House

ENTRY = """\
system: wms
title: 仓库
kind: warehouse
owner: O1
produces: [goods.shipped, stock.below_safety]
watch:
  - name: out
    database: ${wms_db}
    table: outbox
    after: id
    id: event_id
    type: kind
    time: at
    data_json: payload
  - name: ships
    database: ${wms_db}
    table: ships
    after: id
    id: no
    type: {const: goods.shipped}
    data: {order_no: so}
"""


class Wms(House):
    """With a warehouse whose database is a file."""

    secrets = {"wms_db": "sqlite:///wms.db"}  # noqa: RUF012 - nobody changes it

    def anew(self) -> Any:
        folder = Path(self.database.file or "").parent
        (folder / "sources").mkdir(exist_ok=True)
        self.file = folder / "sources" / "wms.db"
        self.settings = self.settings.model_copy(update={"data": folder})
        return super().anew()

    def write(self, statement: str, rows: Iterable[tuple[Any, ...]] = ((),)) -> None:
        """As the warehouse does."""
        with closing(sqlite3.connect(self.file)) as connection, connection:
            connection.executemany(statement, rows)


@pytest.fixture
async def house(migrated_sqlite_url: str) -> AsyncIterator[Wms]:
    """The entry holds; both tables are empty."""
    database = Database(migrated_sqlite_url)
    house = Wms(database)
    house.write("CREATE TABLE outbox (id INTEGER PRIMARY KEY, event_id, kind, at, payload)")
    house.write("CREATE TABLE ships (id INTEGER PRIMARY KEY, no, so)")
    await house.made.registry.apply(ENTRY, "wms.yaml", OPS.id)
    yield house
    database.close()


async def states(house: House) -> dict[str, WatchState]:
    """Of each table."""
    found = await house.database.read(lambda store: store.systems.watches())
    return {name: state for (_, name), state in found.items()}


async def test_new_rows_are_events_once(house: Wms) -> None:
    """Times without a zone are the company's; NULL is not given; what can't be read is kept."""
    good = json.dumps({"order_no": "SO1"})
    rows = [("e1", "goods.shipped", "2026-03-04 10:00:00", good), ("e2", "goods.shipped", None, "{cut")]
    house.write("INSERT INTO outbox (event_id, kind, at, payload) VALUES (?, ?, ?, ?)", rows)
    house.write("INSERT INTO ships (no, so) VALUES (?, ?)", [(7, "SO7"), (8, None)])
    await house.made.watch.look(house.clock.at)
    await house.made.watch.look(house.clock.at)
    found = {one.id: one for one in await house.events()}
    assert sorted(found) == ["7", "e1"]
    assert found["e1"].time.isoformat() == "2026-03-04T02:00:00+00:00"
    assert (found["7"].source, found["7"].data) == ("/wms", {"order_no": "SO7"})
    waiting = await house.database.read(lambda store: store.quarantine.these(range(1, 9)))
    assert {one.event_id: one.envelope["data"] for one in waiting} == {"e2": "{cut", "8": {}}
    house.write("INSERT INTO ships (no, so) VALUES (9, 'SO9')")
    await house.made.watch.look(house.clock.at)
    assert len(await house.events()) == 3
    assert (await states(house))["ships"].read_at == house.clock.at


async def test_a_row_that_is_committed_late_is_found(house: Wms) -> None:
    """Its number is lower than one that has been read."""
    house.write("INSERT INTO ships (id, no, so) VALUES (12, 12, 'SO12')")
    await house.made.watch.look(house.clock.at)
    house.write("INSERT INTO ships (id, no, so) VALUES (11, 11, 'SO11')")
    await house.made.watch.look(house.clock.at)
    assert [one.id for one in await house.events()] == ["12", "11"]


async def test_what_cannot_be_read_says_why_and_keeps_nobody_waiting(house: Wms) -> None:
    """A missing table, a missing column, a row without an id, a secret that isn't set."""
    house.write("DROP TABLE outbox")
    house.write("INSERT INTO ships (no, so) VALUES ('', 'SO7'), (8, 'SO8')")
    await house.made.watch.look(house.clock.at)
    found = await states(house)
    assert "outbox" in found["out"].fault
    assert "第 1 行不是事件" in found["ships"].fault
    assert [one.id for one in await house.events()] == ["8"]
    changed = ENTRY.replace("order_no: so", "order_no: sales_order")
    await house.made.registry.apply(changed, "wms.yaml", OPS.id)
    await house.made.watch.look(house.clock.at)
    assert "sales_order" in (await states(house))["ships"].fault
    await house.made.registry.apply(ENTRY.replace("${wms_db}", "${other_db}"), "wms.yaml", OPS.id)
    await house.made.watch.look(house.clock.at)
    assert "XIAOCE_EVENTS__SECRETS__OTHER_DB" in (await states(house))["out"].fault


async def test_odd_rows_and_faults_of_ours_hold_up_nobody(house: Wms, monkeypatch: pytest.MonkeyPatch) -> None:
    """NaN, keys said twice, a time of no year: kept for people, or told; a table that breaks the reader is alone."""
    rows = [
        ("e1", 10**14, '{"order_no": NaN}'),
        ("e2", None, '{"order_no": NaN}'),
        ("e3", None, '{"order_no": "SO1", "order_no": "SO2"}'),
    ]
    house.write("INSERT INTO outbox (event_id, kind, at, payload) VALUES (?, 'goods.shipped', ?, ?)", rows)
    await house.made.watch.look(house.clock.at)
    waiting = await house.database.read(lambda store: store.quarantine.these(range(1, 9)))
    assert [(one.event_id, one.envelope["data"]) for one in waiting] == [("e2", rows[1][2]), ("e3", rows[2][2])]
    assert "第 1 行不是事件" in (await states(house))["out"].fault
    house.write("INSERT INTO ships (no, so) VALUES (8, 'SO8')")
    read = house.made.watch._reader.read

    def failing(origin: Any, *rest: Any) -> Any:
        if origin.options["table"] == "outbox":
            raise ZeroDivisionError
        return read(origin, *rest)

    monkeypatch.setattr(house.made.watch._reader, "read", failing)
    await house.made.watch.look(house.clock.at)
    found = await states(house)
    assert "ZeroDivisionError" in found["out"].fault
    assert found["out"].position == {**found["out"].position, "cursor": 3}, "as far as it came"
    assert [one.id for one in await house.events()] == ["8"]


def test_how_far_is_read_again() -> None:
    """By numbers, by times; other columns from where they ended."""
    assert again({"cursor": 1000, "ended": True})["cursor"] == 800
    assert again({"cursor": "2026-03-04T10:00:00"})["cursor"] == "2026-03-04T09:50:00"
    assert again({"cursor": "abc"}) == {"cursor": "abc"}
    assert again({}) == {}
