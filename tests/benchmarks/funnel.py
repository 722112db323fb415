"""Two files of the size of a large company, counted: seconds and memory (B11).

.venv/bin/python -m tests.benchmarks.funnel [leads]
"""

from __future__ import annotations

import random
import resource
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from knowledge.funnel.columns import Question
from knowledge.funnel.two_files import count_files

CHANNELS = ("搜索", "展会扫码", "直播", "转介绍", "公众号", "")
REGIONS = ("华东", "华南", "华北", "华中", "西南")


def write(folder: Path, leads: int, won: int) -> tuple[Path, Path]:
    """Random leads, and won deals of some of them."""
    dice = random.Random(5)
    first, second = folder / "leads.csv", folder / "won.csv"
    start = date(2025, 1, 1)
    with first.open("w", encoding="utf-8") as file:
        file.write("线索编号,创建时间,来源渠道,大区\n")
        for number in range(leads):
            day = start + timedelta(days=dice.randrange(500))
            file.write(f"L{number:08d},{day} 10:{number % 60:02d}:00,{dice.choice(CHANNELS)},{dice.choice(REGIONS)}\n")
    with second.open("w", encoding="utf-8") as file:
        file.write("线索编号,赢单日期,金额\n")
        for number in dice.sample(range(leads), won):
            day = start + timedelta(days=500 + dice.randrange(60))
            file.write(f"L{number:08d},{day},{dice.randrange(10**7) / 100:.2f}\n")
    return first, second


def main(leads: int = 1_000_000) -> None:
    """Print what it took."""
    with tempfile.TemporaryDirectory() as folder:
        first, second = write(Path(folder), leads, leads * 3 // 10)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        begun = time.perf_counter()
        question = Question("线索编号", ("来源渠道", "大区"), "金额")
        found = count_files(first, second, question, date(2026, 12, 1), ZoneInfo("Asia/Shanghai"))
        seconds = time.perf_counter() - begun
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    total = found.total
    print(  # noqa: T201  # what a benchmark is for
        f"{total.leads:,} leads, {total.won:,} won, value {total.value}, {len(found.groups)} groups: "
        f"{seconds:.1f} s, peak {after / 1024:.0f} MB (before {before / 1024:.0f} MB)"
    )


if __name__ == "__main__":
    main(*(int(one) for one in sys.argv[1:2]))
