"""Journeys from rows by SQL, then all models with intervals: seconds and peak memory from 10,000 journeys up.

.venv/bin/python -m tests.benchmarks.journeys [journeys …]      (default: 10000 100000 1000000)
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from storage.warehouse_tables import copied_tables

SIZES = (10_000, 100_000, 1_000_000)
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
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found = {"journeys": len(made.keys), "touches": len(made.touches), "conversions": made.paths.conversions.sum()}
    return {**found, "build": built - begun, "answer": done - built, "peak_mb": peak}


def main(sizes: tuple[int, ...]) -> None:
    """Print a table."""
    _say("| visitors | journeys | touches | wins | journeys by SQL, s | all models + intervals, s | peak, MB |")
    _say("|---|---|---|---|---|---|---|")
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "warehouse.duckdb"
            fill(file, size)
            child = [sys.executable, "-m", "tests.benchmarks.journeys", "--measure", str(file)]
            one = json.loads(subprocess.run(child, check=True, capture_output=True, text=True).stdout)
        counts = f"{one['journeys']:,} | {one['touches']:,} | {one['conversions']:,.0f}"
        _say(f"| {size:,} | {counts} | {one['build']:.2f} | {one['answer']:.2f} | {one['peak_mb']:.0f} |")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        _say(json.dumps(measure(Path(sys.argv[2]))))
    else:
        main(tuple(int(one) for one in sys.argv[1:]) or SIZES)
