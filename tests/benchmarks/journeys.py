"""Journeys from rows by SQL, then all models with intervals: seconds and peak memory from 10,000 journeys up.

Sizes by JOURNEYS_SIZES ("10000,100000").
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from storage.warehouse_tables import copied_tables
from tests.benchmarks.figures import table
from tests.benchmarks.machine import peak_mb

SIZES = (10_000, 100_000, 1_000_000, 5_000_000)
MEMORY_MB = 1024
NOW = datetime(2026, 6, 30, tzinfo=UTC)

# Four touches a visitor on average, twelve channels; every tenth visitor leaves a lead, every fifth lead is won.
_ROWS = (
    """INSERT INTO touches BY NAME SELECT 'T' || v || '-' || s AS id, 'V' || v AS visitor_id,
       'ch' || (HASH(v * 31 + s) % 12) AS channel, '' AS campaign_id, '' AS action,
       TIMESTAMP '2025-06-01' + TO_SECONDS(CAST(HASH(v) % 25000000 + s * 40000 AS BIGINT)) AS "at", 100 AS cost_fen
       FROM RANGE({n}) AS visitors(v), RANGE(7) AS steps(s) WHERE s <= HASH(v, 7) % 7""",
    """INSERT INTO leads BY NAME SELECT 'L' || v AS id, 'V' || v AS visitor_id,
       TIMESTAMP '2025-06-01' + TO_SECONDS(CAST(HASH(v) % 25000000 + 280000 AS BIGINT)) AS created_at
       FROM RANGE(0, {n}, 10) AS visitors(v)""",
    """INSERT INTO customers BY NAME SELECT 'C' || v AS id, 'C' || v AS name FROM RANGE(0, {n}, 50) AS visitors(v)""",
    """INSERT INTO deals BY NAME SELECT 'D' || v AS id, 'C' || v AS customer_id, 'L' || v AS lead_id, 'won' AS result,
       CAST(TIMESTAMP '2025-06-05' + TO_SECONDS(CAST(HASH(v) % 25000000 AS BIGINT)) AS DATE) AS created,
       CAST(TIMESTAMP '2025-06-30' + TO_SECONDS(CAST(HASH(v) % 25000000 AS BIGINT)) AS DATE) AS closed,
       1000000 AS amount_fen FROM RANGE(0, {n}, 50) AS visitors(v)""",
)


def fill(file: Path, journeys: int) -> None:
    """A copy as the warehouse makes it, with random rows."""
    import duckdb

    with duckdb.connect(str(file)) as connection:
        for table in copied_tables():
            columns = ", ".join(f'"{name}" {kind}' for name, kind in table.columns)
            connection.execute(f"CREATE TABLE {table.name} ({columns})")
        for sql in _ROWS:
            connection.execute(sql.format(n=journeys))


def measure(file: Path) -> dict[str, float]:
    """In a process of its own, so that its peak is its own."""
    import duckdb

    from knowledge.journeys.building import Rules, Scope, build
    from knowledge.journeys.model_settings import ModelSettings
    from skills.attribution.answer import answer

    options: dict[str, str | bool | int | float | list[str]]
    options = {"memory_limit": f"{MEMORY_MB}MB", "temp_directory": str(file.parent / "spill")}
    with duckdb.connect(str(file), read_only=True, config=options) as connection:
        begun = time.perf_counter()
        made = build(Rules(), Scope(), NOW, ZoneInfo("Asia/Shanghai"))(connection)
        built = time.perf_counter()
        answer(made, "amount", ModelSettings(), 1000)
        done = time.perf_counter()
    peak = peak_mb()
    found = {"journeys": len(made.keys), "touches": len(made.touches), "conversions": made.paths.conversions.sum()}
    return {**found, "build": built - begun, "answer": done - built, "peak_mb": peak}


def run(tell: Callable[[str], None]) -> str:
    """A row for each number of visitors; the section for the page."""
    sizes = [int(one) for one in os.environ.get("JOURNEYS_SIZES", "").split(",") if one] or SIZES
    head = ("visitors", "journeys", "touches", "wins", "journeys by SQL", "all models + intervals", "peak")
    return table(head, [_row(size, tell) for size in sizes])


def _row(visitors: int, tell: Callable[[str], None]) -> list[str]:
    tell(f"{visitors:,} visitors")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "warehouse.duckdb"
        fill(file, visitors)
        child = [sys.executable, "-m", "tests.benchmarks.journeys", str(file)]
        one = json.loads(subprocess.run(child, check=True, capture_output=True, text=True).stdout)
    counts = [f"{visitors:,}", *(f"{one[what]:,.0f}" for what in ("journeys", "touches", "conversions"))]
    return [*counts, f"{one['build']:.2f} s", f"{one['answer']:.2f} s", f"{one['peak_mb']:,.0f} MB"]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(Path(sys.argv[1]))))
