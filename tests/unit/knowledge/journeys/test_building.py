"""Journeys from rows, on the warehouse; and the same SQL on PostgreSQL (B4)."""

from __future__ import annotations

import importlib.util
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from sqlalchemy import text

from knowledge.journeys.building import (
    CONVERSIONS,
    REENTRIES,
    Conversion,
    Level,
    Reentry,
    Rules,
    Scope,
    build,
    parameters,
    statements,
    used,
)
from knowledge.journeys.built import Journeys
from knowledge.journeys.spending import Spend, spending
from knowledge.journeys.transpile import transpiled
from storage.database import Database
from storage.warehouse import Warehouse
from tests.unit.knowledge.journeys.journey_rows import NOW, at, keep

pytestmark = pytest.mark.asyncio(loop_scope="module")

ZONE = ZoneInfo("Asia/Shanghai")
WON = Rules("person", "won")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def warehouse(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Warehouse]:
    folder = tmp_path_factory.mktemp("journeys")
    (folder / "xiaoce.db").write_bytes(migrated_sqlite.read_bytes())
    database = Database(f"sqlite:///{folder / 'xiaoce.db'}")
    await database.write(keep)
    warehouse = Warehouse(database, folder / "warehouse", 128)
    yield warehouse
    await warehouse.close()
    database.close()


def told(found: Journeys) -> dict[str, str]:
    """Journey -> its channels."""
    ends = found.paths.starts
    names = [found.paths.channels[token] for token in found.paths.tokens]
    keys = found.keys.to_pylist()
    return {key: ">".join(names[ends[row] : ends[row + 1]]) for row, key in enumerate(keys)}


async def made(warehouse: Warehouse, rules: Rules, scope: Scope | None = None) -> Journeys:
    return await warehouse.run(build(rules, scope or Scope(), NOW, ZONE))


async def test_a_persons_journeys(warehouse: Warehouse) -> None:
    """Ties in one second by id; a touch after the win is a new journey; what didn't convert is kept."""
    found = await made(warehouse, WON)
    assert told(found) == {
        "deal:D1": "搜索>官网>抖音>展会扫码",
        "none:V:V1:2026-03-10 16:00:00": "搜索",
        "none:V:V2:": "行业媒体",
        "none:V:V3:": "代理商",
        "none:V:V4:": "搜索",
        "none:V:V9:": "搜索>搜索",
    }
    row = found.find("deal:D1")
    assert row is not None
    assert found.ids(row) == ["T1", "T2a", "T2b", "T3"]
    assert found.paths.milestones is not None
    assert [int(place[row]) for place in (found.paths.milestones.lead, found.paths.milestones.close)] == [2, 3]
    assert found.paths.hours is not None
    assert found.paths.hours[int(found.paths.starts[row]) + 3] == 6.0  # 18:00 until midnight in Shanghai
    assert (found.untouched.count, found.untouched.amount) == (1, 40.0)  # the repeat order


async def test_values(warehouse: Warehouse) -> None:
    """The contract counts, not the deal's own amount; refunds reduce; nobody ordered again under the same name."""
    found = await made(warehouse, WON)
    row = found.find("deal:D1")
    assert row is not None
    worth = [float(found.valued(value).value[row]) for value in ("count", "amount", "payment", "retention")]
    assert worth == [1.0, 120.0, 50.0, 1.0]  # kept: the merged customer ordered again


async def test_an_accounts_journeys(warehouse: Warehouse) -> None:
    """Both people of the customer are in one journey; the merged customer's repeat order is the next one."""
    found = told(await made(warehouse, Rules("account", "won")))
    assert found["deal:D1"] == "搜索>官网>抖音>行业媒体>展会扫码"
    assert found["deal:D2"] == "搜索"
    assert "none:V:V1:2026-03-10 16:00:00" not in found


@pytest.mark.parametrize(
    ("conversion", "count"),
    [("lead", 3), ("sql", 1), ("opportunity", 1), ("won", 1), ("contract", 1), ("payment", 1)],
)
async def test_every_kind_of_conversion(warehouse: Warehouse, conversion: Conversion, count: int) -> None:
    """A person's that have touches; nothing from the future, nothing that is only due."""
    found = await made(warehouse, Rules("person", conversion, lookback_days=0))
    assert int(found.paths.conversions.sum()) == count


async def test_the_look_back(warehouse: Warehouse) -> None:
    """L4's touch is 170 days old. Counted from the win instead of from the opening, D1 loses its first touches."""
    assert "lead:L4" not in told(await made(warehouse, Rules("person", "lead")))
    assert "lead:L4" in told(await made(warehouse, Rules("person", "lead", lookback_days=0)))
    strict = Rules("person", "won", lookback_days=30, lookback_from="conversion")
    assert told(await made(warehouse, strict))["deal:D1"] == "展会扫码"


async def test_re_entry(warehouse: Warehouse) -> None:
    """never: what came before the first win still belongs to the customer's next order, too."""
    found = told(await made(warehouse, Rules("account", "won", reentry="never")))
    assert found["deal:D2"].startswith("搜索>官网>抖音>行业媒体>展会扫码")


async def test_only_what_the_viewer_may_see(warehouse: Warehouse) -> None:
    """D9: another's conversion is neither counted nor taken for a journey that didn't convert."""
    found = told(await made(warehouse, WON, Scope(False, frozenset({"L2"}), frozenset())))
    assert found == {"none:V:V2:": "行业媒体", "none:V:V9:": "搜索>搜索"}
    seen = told(await made(warehouse, WON, Scope(False, frozenset({"L1"}), frozenset({"D1"}))))
    assert "deal:D1" in seen


async def test_a_span_of_time(warehouse: Warehouse) -> None:
    found = told(await made(warehouse, replace(WON, since=NOW - timedelta(days=60))))
    assert set(found) == {"none:V:V3:", "none:V:V9:"}


async def test_spending_counts_one_book_for_each_campaign(warehouse: Warehouse) -> None:
    """Spends before touches' costs before budgets, which count day by day; a campaign's own alone, if asked."""
    found = await spending(warehouse, at("01-01 00:00"), NOW, ZONE)
    assert found.of == {
        "代理商": Spend(80.0, ("spends",)),
        "搜索": Spend(11.0, ("touches",)),
        "展会扫码": Spend(100.0, ("budget",)),  # 10 of 20 days
    }
    assert found.roas("搜索", 110.0) == 10.0
    assert found.each("官网", 3) is None
    own = await spending(warehouse, at("01-01 00:00"), NOW, ZONE, {"M1"})
    assert set(own.of) == {"代理商"}


@pytest.mark.postgres
async def test_postgres_says_the_same(migrated_postgres_url: str, tmp_path: Path) -> None:
    """The transpiled SQL on the truth itself gives what the warehouse's copy gives, for every choice."""
    database = Database(migrated_postgres_url)
    await database.write(keep)
    warehouse = Warehouse(database, tmp_path / "warehouse", 128)
    choices: list[tuple[Level, Conversion, Reentry]] = [("person", "won", one) for one in REENTRIES]
    choices += [("account", one, "won") for one in CONVERSIONS]
    for level, conversion, reentry in choices:
        values = parameters(Rules(level, conversion, reentry=reentry), Scope(), NOW, ZONE)
        here = await warehouse.run(partial(_duckdb, values))
        assert here, (level, conversion)
        assert _postgres(database, values) == here, (level, conversion, reentry)
    await warehouse.close()
    database.close()


async def test_spark_keeps_the_companys_days() -> None:
    """Spark's times carry no zone: midnight in Shanghai is turned into UTC once, not taken for UTC twice."""
    said = " ".join(sql for _, sql in transpiled("spark", parameters(WON, Scope(), NOW, ZONE)))
    assert "FROM_UTC_TIMESTAMP" not in said
    assert said.count("TO_UTC_TIMESTAMP((CAST(") == 4
    assert said.count("'Asia/Shanghai'") == 4


@pytest.mark.skipif(not importlib.util.find_spec("pyspark"), reason="pyspark isn't installed")
async def test_spark_says_the_same(warehouse: Warehouse) -> None:
    """Optional: where pyspark and a Java are installed."""
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.master("local[1]").config("spark.sql.session.timeZone", "UTC").getOrCreate()
    values = parameters(WON, Scope(), NOW, ZONE)
    kinds = {"VARCHAR": "STRING", "TIMESTAMP": "TIMESTAMP_NTZ"}
    tables = ("customers", "customer_merges", "identities", "leads", "deals", "contracts", "payments")
    for table in (*tables, "touches", "campaigns"):
        rows, columns = await warehouse.run(partial(_rows, table))
        schema = ", ".join(f"`{name}` {kinds.get(kind, kind)}" for name, kind in columns)
        spark.createDataFrame(rows, schema).createOrReplaceTempView(table)
    for table in ("seen_leads", "seen_deals"):
        spark.createDataFrame([], "id STRING").createOrReplaceTempView(table)
    for table, sql in transpiled("spark", values):
        spark.sql(sql).createOrReplaceTempView(table)
    found = sorted(tuple(row) for row in spark.sql(_STEPS).collect())
    assert found == await warehouse.run(partial(_duckdb, values))


_STEPS = """SELECT journey, ROW_NUMBER() OVER (PARTITION BY steps.number ORDER BY steps.moment, touch_id), channel,
    touch_id, hours_before, before_lead, before_opportunity
    FROM steps JOIN journeys ON journeys.number = steps.number"""


def _rows(table: str, connection: Any) -> tuple[list[tuple[Any, ...]], list[tuple[str, str]]]:
    found = connection.sql(f"FROM {table}")
    return found.fetchall(), [(name, str(kind)) for name, kind in zip(found.columns, found.types, strict=True)]


def _duckdb(values: dict[str, Any], connection: Any) -> list[tuple[Any, ...]]:
    for name in ("seen_leads", "seen_deals"):
        connection.execute(f"CREATE TEMP TABLE {name} (id VARCHAR)")
    for table, sql in statements():
        connection.execute(f"CREATE TEMP TABLE {table} AS {sql}", used(sql, values))
    return sorted(connection.execute(_STEPS).fetchall())


def _postgres(database: Database, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with database.engine.connect() as connection:
        connection.execute(text("SET LOCAL TIME ZONE 'UTC'"))
        for name in ("seen_leads", "seen_deals"):
            connection.execute(text(f"CREATE TEMP TABLE {name} (id TEXT) ON COMMIT DROP"))
        for table, sql in transpiled("postgres", values):
            connection.exec_driver_sql(f"CREATE TEMP TABLE {table} ON COMMIT DROP AS {sql}")
        found = sorted(tuple(row) for row in connection.execute(text(_STEPS)))
        connection.rollback()
        return found
