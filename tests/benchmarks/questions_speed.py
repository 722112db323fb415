"""Plans of every kind, from the plan to its result: permissions, SQL, the copy, putting together. Not the chart.

Over the sample company, and over a copy of 1,000,000 leads and 4,000,000 touches. Sizes by QUESTIONS_LEADS ("1000000").
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from bot.contracts import Person, Role
from knowledge.metrics.explaining import explain
from knowledge.metrics.loading import load_registry
from knowledge.metrics.plan import Change, Filter, Order, Plan, Span, Threshold
from knowledge.metrics.running import Sources
from knowledge.metrics.running import run as answer
from knowledge.metrics.supposing import suppose
from storage.database import Database
from storage.store import Store
from storage.tables import CustomerRow, PersonRow
from storage.warehouse import Warehouse
from storage.warehouse_state import state_of
from storage.warehouse_tables import FORMAT, copied_tables
from tests.benchmarks.figures import percentile, seconds, table
from tests.unit.skills.funnel.sample import load

LEADS = int(os.environ.get("QUESTIONS_LEADS", "1000000"))
MEMORY_MB = 1024
ROUNDS = 5  # of each plan
ZONE = ZoneInfo("Asia/Shanghai")
VIEWERS = (
    Person("E4001", "运营", Role.SALES_OPS),
    Person("E3001", "总监", Role.DIRECTOR, "", ("华东", "华南")),
    Person("E2001", "主管", Role.MANAGER, "华东组", ("华东",)),
)

_CHANNELS = "'搜索', '抖音', '官网', '展会扫码', '代理商', '电话外呼', '老客户转介绍', '行业媒体'"

# Four touches a lead; every fifth lead a deal, every third of these won; five quotes for eight deals; a contract for
# each win with two payments; one customer for five leads, one rep for a hundred customers.
_ROWS = (
    """INSERT INTO people BY NAME SELECT 'E' || p AS id, 'P' || p AS name, 'rep' AS role,
       ['华东组', '华南组', '华北组', '中西组'][1 + p % 4] AS team,
       '|华东|' AS regions, 'E2001' AS manager_id, false AS gone FROM RANGE({n} // 500) AS t(p)""",
    """INSERT INTO customers BY NAME SELECT 'C' || c AS id, 'C' || c AS name,
       ['华东', '华南', '华北', '华中'][1 + c % 4] AS region, 'I' || (c % 8) AS industry,
       'P' || (c % 20) AS province, 'E' || (c % ({n} // 500)) AS owner_id,
       ['A', 'B', 'C'][1 + c % 3] AS tier, DATE '2025-01-01' + CAST(c % 600 AS INTEGER) AS created
       FROM RANGE({n} // 5) AS t(c)""",
    """INSERT INTO leads BY NAME SELECT 'L' || l AS id, [{channels}][1 + CAST(HASH(l) % 8 AS INTEGER)] AS channel,
       'K' || (l % 48) AS campaign_id, ['华东', '华南', '华北', '华中'][1 + l % 4] AS region,
       'I' || (l % 8) AS industry, 'P' || (l % 20) AS province,
       TIMESTAMP '2025-06-01' + TO_SECONDS(CAST(HASH(l) % 45000000 AS BIGINT)) AS created_at, l % 3 <> 0 AS valid,
       CASE WHEN l % 4 = 0 THEN created_at + INTERVAL 30 HOUR END AS sql_at FROM RANGE({n}) AS t(l)""",
    """INSERT INTO touches BY NAME SELECT 'T' || t AS id, 'V' || (t // 4) AS visitor_id,
       [{channels}][1 + CAST(HASH(t // 4) % 8 AS INTEGER)] AS channel,
       'K' || (t // 4 % 48) AS campaign_id, '点击' AS action, 100 AS cost_fen,
       TIMESTAMP '2025-06-01' + TO_SECONDS(CAST(HASH(t) % 45000000 AS BIGINT)) AS "at" FROM RANGE({n} * 4) AS t(t)""",
    """INSERT INTO deals BY NAME SELECT 'D' || d AS id, 'C' || d AS customer_id, 'E' || (d % ({n} // 500)) AS owner_id,
       'L' || (d * 5) AS lead_id, ['open', 'won', 'lost'][1 + d % 3] AS result, 'M' || (d % 9) AS product,
       ['discovery', 'quote', 'negotiation'][1 + d % 3] AS stage, 50000000 + d % 1000 AS amount_fen,
       DATE '2025-06-05' + CAST(HASH(d) % 500 AS INTEGER) AS created, created + 40 AS closed,
       created + 20 AS last_followed FROM RANGE({n} // 5) AS t(d)""",
    """INSERT INTO quotes BY NAME SELECT 'Q' || q AS id, 'D' || q AS deal_id, 'C' || q AS customer_id,
       'E' || (q % ({n} // 500)) AS owner_id, 10000 + HASH(q) % 4000 AS amount_fen, 10000 AS competitor_amount_fen,
       q % 2 = 0 AS explained, DATE '2025-06-05' + CAST(HASH(q) % 520 AS INTEGER) AS quoted_on
       FROM RANGE({n} // 8) AS t(q)""",
    """INSERT INTO contracts BY NAME SELECT 'H' || d AS id, 'D' || d AS deal_id, 'C' || d AS customer_id,
       'E' || (d % ({n} // 500)) AS signer_id, 50000000 AS amount_fen, 'M' || (d % 9) AS product,
       DATE '2025-07-15' + CAST(HASH(d) % 480 AS INTEGER) AS signed FROM RANGE(1, {n} // 5, 3) AS t(d)""",
    """INSERT INTO payments BY NAME SELECT id || '-' || n AS id, id AS contract_id, '预付款' AS kind, '华东' AS region,
       signed + CAST(30 * n AS INTEGER) AS due, CASE WHEN HASH(id) % 9 > 0 THEN due + 3 END AS paid,
       20000000 AS amount_fen FROM contracts, RANGE(2) AS t(n)""",
)  # fmt: skip


def run(tell: Callable[[str], None]) -> str:
    """Both tables."""
    with tempfile.TemporaryDirectory() as folder:
        tell("sample company")
        sample = asyncio.run(_sample(Path(folder) / "sample"))
        tell(f"{LEADS:,} leads")
        large = asyncio.run(_large(Path(folder) / "large"))
    head = ("Plan", "sample p50", "p95", f"{LEADS:,} leads p50", "p95")
    rows = [(name, *map(seconds, sample[name]), *map(seconds, large[name])) for name in sample]
    return table(head, rows)


async def _sample(folder: Path) -> dict[str, tuple[float, float]]:
    database = _database(folder)
    with closing(database):
        await load(database, folder / "company")
        return await _measured(database, folder / "warehouse", date(2026, 7, 14))


async def _large(folder: Path) -> dict[str, tuple[float, float]]:
    database = await large(folder)
    with closing(database):
        return await _measured(database, folder / "warehouse", date(2026, 10, 31))


async def large(folder: Path) -> Database:
    """People and customers in the truth, which permissions and names are looked up in; all rows in the copy, which lies
    in `folder`/warehouse."""
    database = _database(folder)

    def keep(store: Store) -> str:
        for one in VIEWERS:
            regions, role = one.regions, one.role.value
            store.session.add(PersonRow(id=one.id, name=one.name, role=role, team=one.team, regions=regions))
        store.session.flush()
        names = ((f"C{at}", f"第{at}精密机械有限公司") for at in range(LEADS // 5))
        rows = [{"id": id_, "name": name, "name_key": name, "region": "华东"} for id_, name in names]
        store.session.execute(insert(CustomerRow), rows)
        return state_of(store.session)

    state = await database.write(keep)
    await asyncio.to_thread(_fill, folder / "warehouse", state)
    return database


def _database(folder: Path) -> Database:
    folder.mkdir(parents=True)
    database = Database(f"sqlite:///{folder / 'xiaoce.db'}")
    database.migrate()
    return database


def _fill(folder: Path, state: str) -> None:
    """A copy as the warehouse makes it, with made-up rows."""
    import duckdb

    folder.mkdir()
    with duckdb.connect(str(folder / f"warehouse-{FORMAT}-000001.duckdb")) as connection:
        for one in copied_tables():
            columns = ", ".join(f'"{name}" {kind}' for name, kind in one.columns)
            connection.execute(f"CREATE TABLE {one.name} ({columns})")
        for sql in _ROWS:
            connection.execute(sql.format(n=LEADS, channels=_CHANNELS))
        connection.execute("CREATE TABLE built (built_at TIMESTAMP, state VARCHAR)")
        connection.execute("INSERT INTO built VALUES (?, ?)", [datetime.now(UTC).replace(tzinfo=None), state])


async def _measured(database: Database, folder: Path, today: date) -> dict[str, tuple[float, float]]:
    """Kind of plan → (p50, p95) seconds, over all viewers that may ask it."""
    warehouse = Warehouse(database, folder, MEMORY_MB)
    sources = Sources(load_registry(), database, warehouse, ZONE)
    now = datetime.combine(today, datetime.min.time(), ZONE)
    await warehouse.ready()
    found = {}
    for name, plan, viewers in _plans(today):
        work = {"why": explain, "what_if": suppose}.get(plan.kind, answer)
        took: list[float] = []
        for viewer in viewers * ROUNDS:
            begun = time.perf_counter()
            await work(plan, viewer, now, sources)
            took.append(time.perf_counter() - begun)
        found[name] = percentile(took, 50), percentile(took, 95)
    await warehouse.close()
    return found


def _plans(today: date) -> Iterator[tuple[str, Plan, tuple[Person, ...]]]:
    year, month = Span(date(today.year, 1, 1), today), Span(today.replace(day=1), today)
    whole, some = VIEWERS[:1], VIEWERS[:2]
    east = (Filter("region", ("华东",)),)
    yield "one number", Plan(metrics=("won_amount",), span=month, against="before"), VIEWERS
    yield "rate by channel", Plan(metrics=("mql_to_sql",), by=("channel",), span=year), some
    yield (
        "two dimensions, filtered",
        Plan(metrics=("win_rate",), by=("team", "product"), where=east, span=year),
        VIEWERS,
    )
    yield "trend against a year ago", Plan(metrics=("leads",), grain="month", span=year, against="year_ago"), some
    top = Plan(metrics=("won_amount",), by=("rep",), span=year, order=Order("won_amount"), limit=3, share=True)
    yield "top three with shares", top, VIEWERS
    yield "three tables by channel", Plan(metrics=("roas", "cost_per_won"), by=("channel",), span=year), whole
    having = (Threshold("unexplained_quotes", ">", 2.0),)
    yield "threshold", Plan(metrics=("unexplained_quotes",), by=("rep",), span=year, having=having), VIEWERS
    dear = (Threshold("amount", ">", 400_000.0),)
    yield "list", Plan(kind="list", rows="deal", where=(Filter("result", ("open",)),), having=dear), VIEWERS
    yield "evidence", Plan(kind="evidence", metrics=("payments_received",), span=month), VIEWERS
    yield "why a rate changed", Plan(kind="why", metrics=("mql_to_sql",), span=month), some
    yield "why an amount changed", Plan(kind="why", metrics=("won_amount",), span=month), VIEWERS
    change = Change(10.0, metric="win_rate")
    yield "what if", Plan(kind="what_if", metrics=("won_amount",), change=change, span=year), VIEWERS
