"""B1: sources load incrementally, restartably, all at once; a refused row is kept with its reason and can be mended."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.contracts.errors import BadInput, ConfigurationError, IntakeUnavailable, SourceRefused, SourceUnavailable
from bot.contracts.sources import Batch
from bot.flows.sources_due import due_sources, is_due
from bot.flows.sources_guard import batches
from bot.flows.sources_mending import as_csv
from bot.flows.sources_turn import Turn, TurnLost
from storage.database import Database
from tests.unit.adapters.sources.service import running
from tests.unit.flows.loading import PAYMENTS, Killed, Loading, counts, rows
from tests.unit.storage.company import OTHER, REP, record


@pytest.fixture
async def both(database: Database, tmp_path: Path) -> Loading:
    """Payments in a file that is not there yet, on both databases: where SQL does the work."""
    made = Loading(database, tmp_path)
    await made.apply()
    return made


@pytest.fixture
async def loading(migrated_sqlite_url: str, tmp_path: Path) -> AsyncIterator[Loading]:
    """The same on SQLite."""
    database = Database(migrated_sqlite_url)
    made = Loading(database, tmp_path)
    await made.apply()
    yield made
    database.close()


async def test_again_adds_only_what_is_new(both: Loading) -> None:
    """B1: re-run adds only what is new; nothing is deleted because a file lacks it."""
    both.write("payments.csv", rows(range(1, 6)))
    assert counts(await both.load()) == (5, 0, 0, 0)
    assert counts(await both.load()) == (0, 0, 0, 0), "the file is as it was: it isn't even read"
    both.write("payments.csv", rows(range(1, 8)).replace("P2,HT2,200", "P2,HT2,250"))
    assert counts(await both.load()) == (2, 1, 4, 0)
    both.write("payments.csv", rows([7]))
    last = await both.load()
    assert counts(last) == (0, 0, 1, 0)
    assert [note.note for note in last.notes] == ["shrunk"]
    assert len(await both.records()) == 7
    row = (await both.database.read(lambda store: store.landing.rows_of("payment", "P2")))[0]
    assert (row.source, row.line, row.data["金额"]) == ("payments", 3, "250"), "B3: down to the source's row"
    assert [one.added for one in both.heard] == [5, 0, 2, 0]


@pytest.mark.parametrize("after", range(1, 9))
async def test_killed_after_any_batch_the_result_is_the_same(loading: Loading, after: int) -> None:
    """B1: killed in the middle it goes on; nobody saw half of it; each row is read once."""
    loading.batch_rows = 1
    loading.write("payments.csv", rows(range(1, 8)) + "P9,HT9,5,2026-99-01\n")

    def die(read: int) -> None:
        if read == after:
            raise Killed

    with pytest.raises(Killed):
        await loading.load(tell=die)
    assert await loading.records() == {}
    told: list[int] = []
    end = await loading.load(tell=told.append)
    assert (end.id, counts(end)) == (1, (7, 0, 0, 1))
    assert told[0] in (after, after + 1), "it went on where it was"
    assert len(await loading.records()) == 7
    assert await loading.reasons() == [("no_such_day",)]


async def test_a_file_that_changes_meanwhile_is_read_from_its_beginning(loading: Loading) -> None:
    """A place in one file means nothing in another."""
    loading.write("payments.csv", rows(range(1, 8)))

    def die(_read: int) -> None:
        raise Killed

    with pytest.raises(Killed):
        await loading.load(tell=die)
    loading.write("payments.csv", rows(range(3, 6)))
    assert (await loading.load()).state == "done"
    assert set(await loading.records()) == {"P3", "P4", "P5"}, (
        "nothing of a file that was replaced before it was loaded"
    )


async def test_gbk_title_lines_and_dirty_headers(loading: Loading) -> None:
    """B1: any encoding and delimiter, a title above the header, spaces and marks in headers, an empty column."""
    text = "回款台账\n导出：2026-03-01\n编号 ;\u3000合同;金额;日期;;\nP1;HT1;1,200.50;2026/1/3;;\n"
    loading.write("payments.csv", text, "gbk")
    assert counts(await loading.load()) == (1, 0, 0, 0)
    assert str((await loading.records())["P1"]["amount"]) == "1200.50"


async def test_a_key_twice(loading: Loading) -> None:
    """Of two rows with one key the later counts, and it is said."""
    loading.write("payments.csv", rows([1, 2]) + "P1,HT1,999,2026-01-09\n")
    end = await loading.load()
    assert (counts(end), [note.details for note in end.notes]) == ((2, 0, 0, 0), [{"count": 1}])
    assert str((await loading.records())["P1"]["amount"]) == "999.00"


async def test_a_changed_header_is_refused_as_a_whole(loading: Loading) -> None:
    """Nothing is loaded, the missing and the similar column are named; the last good state stays."""
    loading.write("payments.csv", rows([1]))
    await loading.load()
    loading.write("payments.csv", rows([1, 2]).replace("金额", "金额(元)"))
    end = await loading.load()
    assert (end.state, await loading.reasons()) == ("failed", [])
    assert "金额 → 金额(元)" in end.fault
    assert list(await loading.records()) == ["P1"]
    loading.write("payments.csv", rows([1, 2]).replace("日期", "日期,经手人").replace("2026-01-02", "2026-01-02,王"))
    end = await loading.load()
    assert [note.details for note in end.notes if note.note == "new_columns"] == [{"columns": "经手人"}]


async def test_a_file_that_breaks_off(both: Loading) -> None:
    """A half-written last line is kept with that reason, not taken; whole again, its reason is gone."""
    both.write("payments.csv", rows([1, 2]) + "P3,HT3")
    assert counts(await both.load()) == (2, 0, 0, 1)
    assert await both.reasons() == [("cut_off",)]
    both.write("payments.csv", rows([1, 2, 3]))
    assert counts(await both.load()) == (1, 0, 2, 0)
    assert await both.reasons() == []
    both.write("payments.csv", rows([1, 2]) + "P3,HT3")
    assert (await both.load()).rejected == 1, "the same broken line again is no secret"


async def test_what_is_mended_while_a_load_is_under_way_is_not_lost(both: Loading) -> None:
    """That load took the row up as it was; what somebody wrote meanwhile holds, and is tried right after it."""
    both.write("payments.csv", rows([1]) + "P2,HT2,一百,2026-01-05\n")
    await both.load()
    both.write("payments.csv", rows([1, 3]) + "P2,HT2,一百,2026-01-05\n")

    def die(_read: int) -> None:
        raise Killed

    with pytest.raises(Killed):
        await both.load(tell=die)
    [waiting] = await both.database.read(lambda store: store.refusals.open("payments"))
    await both.mending.edit(waiting.id, {"金额": "100"}, "E9")
    assert counts(await both.load()) == (1, 0, 1, 1)
    assert await both.reasons() == []
    assert str((await both.records())["P2"]["amount"]) == "100.00"


async def test_several_rows_that_make_one_record_are_said(loading: Loading) -> None:
    """A mapping whose id isn't one loses rows: no number silently wrong."""
    await loading.apply(PAYMENTS.replace("id: 编号", "id: 合同", 1))
    loading.write("payments.csv", rows([1, 2]) + "P3,HT2,300,2026-01-05\n")
    end = await loading.load()
    assert [(note.note, note.details) for note in end.notes] == [("same_record", {"count": 1})]


VIEW = """source: view
from: {kind: database, url: "sqlite:///ledger.db", table: seen}
key: id
to: touch
fields: {id: id, visitor_id: id, at: at}
"""


@pytest.mark.parametrize("cursor", ["", ", cursor: at", ", cursor: none"], ids=["whole", "ties", "no values"])
async def test_a_view_has_no_place_to_go_on_from(loading: Loading, cursor: str) -> None:
    """More rows than one load holds, no key, one time for all: still all of them, once, and it ends."""
    loading.load_rows = 3
    with closing(sqlite3.connect(loading.folder / "ledger.db")) as ledger:
        ledger.execute("CREATE TABLE t (id TEXT, at TEXT, none TEXT)")
        ledger.executemany("INSERT INTO t VALUES (?, '2026-01-01 08:00:00', NULL)", [(f"T{n}",) for n in range(9)])
        ledger.execute("CREATE VIEW seen AS SELECT * FROM t")
        ledger.commit()
    await loading.apply(VIEW.replace(", table: seen", f", table: seen{cursor}"))
    await asyncio.wait_for(loading.load("view"), 30)
    assert len(await loading.records("touch")) == 9
    assert len(await loading.database.read(lambda store: store.loads.history("view"))) <= 2


async def test_a_refused_row_is_mended_and_stays_so(both: Loading) -> None:
    """B1: fixed and replayed; the source's own faulty row doesn't come back over it, a new version of it does."""
    both.write("payments.csv", rows([1]) + "P2,HT2,一百,2026-01-05\nP3,HT3,300,2026-99-05\n")
    assert counts(await both.load()) == (1, 0, 0, 2)
    waiting = await both.database.read(lambda store: store.refusals.open("payments"))
    table = as_csv(waiting, "zh")
    assert "金额" in table.splitlines()[0]
    done = await both.mending.take(
        [{"#": str(waiting[0].id), "金额": "100"}, {"#": str(waiting[1].id), "日期": "2026-9-5"}, {"#": "999"}], "E9"
    )
    assert (done.sources, done.unknown) == ({"payments": 2}, ["999"])
    end = await both.flow.run("payments", "replay")
    assert counts(end) == (1, 0, 0, 1), "the ninth of September hasn't been yet"
    await both.mending.edit(waiting[1].id, {"日期": "2026-01-05"}, "E9")
    assert counts(await both.flow.run("payments", "replay")) == (1, 0, 0, 0)
    both.write("payments.csv", rows([1]) + "P2,HT2,一百,2026-01-05\nP3,HT3,300,2026-99-05\n")
    assert counts(await both.load()) == (0, 0, 3, 0)
    assert str((await both.records())["P2"]["amount"]) == "100.00"
    both.write("payments.csv", rows([1]) + "P2,HT2,二百,2026-01-05\n")
    assert counts(await both.load()) == (0, 0, 1, 1)
    assert str((await both.records())["P2"]["amount"]) == "100.00", "the last good row holds meanwhile"


async def test_a_dropped_row_stays_away_until_it_changes(both: Loading) -> None:
    """Never mind a row, as long as it is just so."""
    text = rows([1]) + "P2,HT2,一百,2026-01-05\n"
    both.write("payments.csv", text)
    await both.load()
    ids = [one.id for one in await both.database.read(lambda store: store.refusals.open("payments"))]
    assert await both.mending.drop("payments", ids, "E9") == 1
    both.write("payments.csv", text + "P3,HT3,3,2026-01-03\n")
    assert counts(await both.load()) == (1, 0, 2, 0)
    both.write("payments.csv", text.replace("一百", "二百"))
    assert (await both.load()).rejected == 1


async def test_another_mapping_maps_everything_again(both: Loading) -> None:
    """From what landed: the file needn't be there. Reverting is a version more."""
    both.write("payments.csv", rows([1, 2]))
    await both.load()
    (both.folder / "payments.csv").unlink()
    await both.apply(PAYMENTS.replace("unit: 元", "unit: 万元"))
    assert counts(await both.flow.run("payments", "replay")) == (0, 2, 0, 0)
    assert str((await both.records())["P2"]["amount"]) == "2000000.00"
    done = await both.definitions.revert("payments", 1, "E9")
    assert (done.version, done.outcome) == (3, "changed")
    assert counts(await both.flow.run("payments", "replay")) == (0, 2, 0, 0)
    versions = await both.database.read(lambda store: [one.version for one in store.sources.versions("payments")])
    assert versions == [3, 2, 1]


async def test_another_key_or_id_leaves_nothing_twice(both: Loading) -> None:
    """No number silently doubled: records that no row makes any more go."""
    both.write("payments.csv", rows([1, 2]))
    await both.load()
    await both.apply(PAYMENTS.replace("key: 编号", "key: [合同, 日期]").replace("id: 编号", "id: 合同", 1))
    end = await both.flow.run("payments", "replay")
    assert [note.details for note in end.notes if note.note == "records_gone"] == [{"count": 2}]
    assert set(await both.records()) == {"HT1", "HT2"}
    assert await both.database.read(lambda store: store.loop.count("payment")) == 2
    assert await both.database.read(lambda store: store.landing.count()) == {"payments": 2}


async def test_a_large_source_comes_in_several_loads(loading: Loading) -> None:
    """Each of them whole; the last one has come to the end."""
    loading.load_rows = 4
    loading.write("payments.csv", rows(range(1, 11)))
    assert (await loading.load()).state == "done"
    loads = await loading.database.read(lambda store: store.loads.history("payments"))
    assert [load.added for load in reversed(loads)] == [4, 4, 2]
    assert len(await loading.records()) == 10


async def test_a_deal_waits_for_its_customer(both: Loading) -> None:
    """A row that refers to a customer who hasn't come is tried again by itself when customers come."""
    people = [record(REP), record(OTHER)]
    await both.database.write(lambda store: store.people.upsert_all(people))
    kinds = {
        "deals": ("deal", "id: 编号\n  name: 名\n  customer_id: 客户"),
        "customers": ("customer", "id: 编号\n  name: 名"),
    }
    for name, (entity, fields) in kinds.items():
        await both.apply(
            f"source: {name}\nfrom: {{kind: file, path: {name}.csv}}\nkey: 编号\nto: {entity}\nfields:\n  {fields}\n"
        )
    both.write("deals.csv", "编号,名,客户\nD1,一号,C1\n")
    both.write("customers.csv", "编号,名\nC1,甲公司\n")
    assert (await both.load("deals")).rejected == 1
    assert await both.reasons("deals") == [("unknown_customer",)]
    await both.load("customers")
    assert await both.reasons("deals") == []
    assert await both.database.read(lambda store: store.loop.count("deal")) == 1


async def test_by_the_clock(loading: Loading) -> None:
    """A source is due when its time has come; one that was away sooner."""
    loading.write("payments.csv", rows([1]))
    await loading.flow.tick(loading.clock.now())
    first = await loading.database.read(lambda store: store.loads.running())
    await loading.flow.load(str(first[0].id))
    done = await loading.database.read(lambda store: store.loads.latest("payments"))
    assert done is not None
    assert not is_due(done, 3600, done.begun_at + timedelta(minutes=59))
    assert is_due(done, 3600, done.begun_at + timedelta(minutes=60))
    (loading.folder / "payments.csv").unlink()
    away = await loading.load()
    assert (away.state, [note.note for note in away.notes]) == ("failed", ["unavailable"])
    assert away.ended_at is not None
    assert is_due(away, 86_400, away.ended_at + timedelta(minutes=15))
    await loading.definitions.remove("payments", "E9")
    loading.clock.at += timedelta(days=2)
    await loading.flow.tick(loading.clock.now())
    assert await loading.database.read(lambda store: store.loads.running()) == []


async def test_neither_a_replay_nor_a_broken_definition_delays_the_others(loading: Loading) -> None:
    """A row that is tried again is no reading; a definition that holds no more stops its own source only."""
    loading.write("payments.csv", rows([1]))
    await loading.load()
    loading.clock.at += timedelta(minutes=59)
    await loading.flow.run("payments", "replay")
    loading.clock.at += timedelta(minutes=1)
    bad = PAYMENTS.replace("source: payments", "source: a").replace("contract_id", "gone")
    await loading.database.write(lambda store: store.sources.save("a", bad, "E9", loading.clock.now()))
    assert await loading.database.read(lambda store: due_sources(store, loading.clock.now())) == ["payments"]
    assert (await loading.load("a")).state == "failed"


async def test_only_sound_definitions_hold(loading: Loading) -> None:
    """A secret in the definition, an unknown option or source: said with the remedy, and nothing holds."""
    with pytest.raises(SourceRefused, match="XIAOCE_SOURCES__SECRETS"):
        await loading.apply(
            PAYMENTS.replace("kind: file, path: payments.csv", 'kind: database, url: "postgresql://a:b@c/d", table: t')
        )
    with pytest.raises(SourceRefused, match="delimiter"):
        await loading.apply(PAYMENTS.replace("path: payments.csv", "path: payments.csv, delimeter: x"))
    with pytest.raises(SourceRefused, match=r"sources\.folders"):
        await loading.apply(PAYMENTS.replace("payments.csv", "../payments.csv"))
    with pytest.raises(ConfigurationError, match=r"test\.yaml:"):
        await loading.apply(PAYMENTS.replace("to: payment", "to: paymint"))
    with pytest.raises(BadInput, match="payments"):
        await loading.load("payment")
    with pytest.raises(BadInput, match="payments"):
        await loading.definitions.apply(PAYMENTS + "# new\n", "test.yaml", "E9", after=0)
    assert await loading.database.read(lambda store: store.sources.last_version("payments")) == 1


async def test_two_at_once_are_one_after_the_other(loading: Loading) -> None:
    """A server and a command, or two servers: one load, counted once."""
    loading.write("payments.csv", rows(range(1, 8)))
    ends = await asyncio.gather(loading.load(), loading.load())
    assert sum(load.added for load in {load.id: load for load in ends}.values()) == 7
    assert await loading.database.read(lambda store: store.loop.count("payment")) == 7


async def test_who_was_silent_too_long_publishes_nothing(both: Loading) -> None:
    """A frozen process wakes after another has begun: the database itself says no, within the transaction."""
    async with Turn(both.database, "payments") as frozen:
        name = "load payments"
        await both.database.write(lambda store: store.leases.give_back(name, frozen._holder))
        async with Turn(both.database, "payments"):
            with pytest.raises(TurnLost):
                await both.database.write(frozen.assure)


async def test_a_definition_that_reads_elsewhere_begins_anew(loading: Loading) -> None:
    """The place in one file means nothing in another; what landed stays."""
    loading.write("payments.csv", rows([1, 2]))
    await loading.load()
    loading.write("other.csv", rows([2, 3]))
    await loading.apply(PAYMENTS.replace("payments.csv", "other.csv"))
    assert counts(await loading.load()) == (1, 0, 2, 0)
    assert set(await loading.records()) == {"P1", "P2", "P3"}


async def test_nothing_is_lost_while_the_disk_is_full(loading: Loading) -> None:
    """A load that meets a full disk stays under way, and goes on when there is room."""
    database, loading.batch_rows = loading.database, 50
    loading.write("payments.csv", rows(range(1, 2000)))

    def limit(pages: int) -> None:
        with database.engine.connect() as connection:
            now = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {now + pages}")

    limit(12)
    with pytest.raises(IntakeUnavailable):
        await loading.load()
    assert [load.source for load in await database.read(lambda store: store.loads.running())] == ["payments"]
    limit(1_000_000)
    assert counts(await loading.load()) == (1999, 0, 0, 0)


REST = """source: items
from: {kind: rest, url: "URL", path: number, records: items, pages: {kind: number, param: page, first: 1}}
key: id
to: touch
fields: {id: id, visitor_id: of.no, at: at}
"""


async def test_a_service_that_fails_halfway(loading: Loading) -> None:
    """500 on the second page: nothing is visible, the first page is kept, the same load goes on at the second."""
    with running() as service:
        await loading.apply(REST.replace("URL", service.url))
        service.broken = {2: 1}
        away = await loading.load("items")
        assert (away.state, away.read, await loading.records("touch")) == ("failed", 3, {})
        assert "500" in away.fault
        service.calls.clear()
        done = await loading.load("items")
        assert (done.id, counts(done), done.notes) == (away.id, (7, 0, 0, 0), ())
        assert not any("page=1" in call for call in service.calls)


async def test_a_source_that_hangs() -> None:
    """Whatever hangs, in whatever driver: after the agreed time the load ends, and the thread is left alone."""
    wakes = threading.Event()

    def hang() -> Iterator[Batch]:
        yield Batch([])
        wakes.wait()

    read = batches(hang, 0.1)
    assert await anext(read) == Batch([])
    with pytest.raises(SourceUnavailable):
        await anext(read)
    wakes.set()


async def test_an_unforeseen_fault_of_a_driver() -> None:
    """It becomes a sentence; the log has the rest."""

    def fail() -> Iterator[Batch]:
        yield from ()
        raise LookupError("geheim")

    with pytest.raises(SourceRefused, match="LookupError") as caught:
        await anext(batches(fail, 1))
    assert "geheim" not in str(caught.value)


async def test_one_page_that_is_more_than_a_load(loading: Loading) -> None:
    """A service without pages hands out everything at once: it is asked once."""
    loading.load_rows = 2
    with running() as service:
        one = REST.replace("URL", service.url).replace(
            "{kind: number, param: page, first: 1}", "none, params: {page: 1}"
        )
        await loading.apply(one)
        assert (await asyncio.wait_for(loading.load("items"), 30)).added == 3
        assert len(service.calls) == 1
