"""Loading a source: rows per second, and how long somebody else's message waits for its turn to write meanwhile."""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from adapters.sources.adapter import Limits, SourceReaders
from bot.contracts import SystemClock
from bot.flows.sources import SourcesFlow
from bot.flows.sources_definitions import Definitions
from config.groups.sources import Sources
from storage.database import Database
from storage.imports.files import ImportedTables
from tests.benchmarks.figures import table

ROWS = (20_000, 200_000)
WRITES_SECONDS = 0.05  # between two messages of the others
DEFINITION = """source: touches
from: {kind: file, path: touches.csv}
key: touch_id
to: touch
fields:
  id: touch_id
  visitor_id: visitor_id
  channel: channel
  action: action
  at: touched_at
  cost: cost_cny
"""

Tell = Callable[[str], None]


def run(tell: Tell) -> str:
    """Measure; the section for the page."""
    rows = [asyncio.run(_measured(count, tell)) for count in ROWS]
    heads = [
        "Rows",
        "First load (s)",
        "Rows/s",
        "Unchanged again (s)",
        "1 % changed (s)",
        "Longest wait of a writer (s)",
    ]
    return f"CSV into touches on SQLite, one process; others write a row every {WRITES_SECONDS:.2f} s.\n\n" + table(
        heads, rows
    )


async def _measured(count: int, tell: Tell) -> list[str]:
    with tempfile.TemporaryDirectory(prefix="bench") as name:
        folder = Path(name)
        database = Database(f"sqlite:///{folder}/sources.db")
        database.migrate()
        readers = SourceReaders([folder], ImportedTables(5_000_000), {}, Limits())
        clock = SystemClock()
        await Definitions(database, clock, readers).apply(DEFINITION, "touches.yaml", "bench")
        flow = SourcesFlow(database, None, clock, readers, Sources(), "Asia/Shanghai")
        tell(f"{count} rows")
        waits: list[float] = []
        others = asyncio.create_task(_others(database, waits))
        seconds = []
        for changed in (0, None, count // 100):
            if changed is not None:
                await asyncio.to_thread(_write, folder / "touches.csv", count, changed)
            else:
                (folder / "touches.csv").touch()  # the same rows, in a file that has to be read
            begun = time.monotonic()
            await flow.run("touches")
            seconds.append(time.monotonic() - begun)
        others.cancel()
        database.close()
    figures = [f"{seconds[0]:.1f}", f"{count / seconds[0]:,.0f}", f"{seconds[1]:.1f}", f"{seconds[2]:.1f}"]
    return [f"{count:,}", *figures, f"{max(waits):.1f}"]


async def _others(database: Database, waits: list[float]) -> None:
    """Somebody who writes all the time, as chats do."""
    while True:
        begun = time.monotonic()
        await database.write(lambda store: store.leases.hold("others", "bench", 1.0), urgent=True)
        waits.append(time.monotonic() - begun)
        await asyncio.sleep(WRITES_SECONDS)


def _write(path: Path, count: int, changed: int) -> None:
    dice, first = random.Random(1), datetime(2025, 1, 1)  # noqa: DTZ001 - sources write times without a zone
    channels = [f"渠道{number}" for number in range(12)]
    with path.open("w", encoding="utf-8") as file:
        file.write("touch_id,visitor_id,channel,action,touched_at,cost_cny\n")
        for number in range(count):
            at = first + timedelta(seconds=number * 60 + dice.randrange(60))
            cost = 999 if number < changed else number % 90
            file.write(f"T{number},V{dice.randrange(count // 4)},{dice.choice(channels)},点击,{at},{cost}\n")
