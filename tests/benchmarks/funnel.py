"""Two files of the size of a large company, counted: seconds and memory (B11)."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from knowledge.funnel.columns import Question
from knowledge.funnel.two_files import count_files
from tests.benchmarks.figures import table
from tests.benchmarks.machine import peak_mb

SIZES = (10_000, 100_000, 1_000_000)
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


def run(tell: Callable[[str], None]) -> str:
    """A row for each number of leads; the section for the page."""
    head = ("leads", "won deals", "groups", "counted in", "peak", "of it before counting")
    return table(head, [_row(leads, tell) for leads in SIZES])


def _row(leads: int, tell: Callable[[str], None]) -> list[str]:
    tell(f"{leads:,} leads")
    child = [sys.executable, "-m", "tests.benchmarks.funnel", str(leads)]
    one = json.loads(subprocess.run(child, check=True, capture_output=True, text=True).stdout)
    counts = [f"{one[what]:,}" for what in ("leads", "won", "groups")]
    return [*counts, f"{one['seconds']:.1f} s", *(f"{one[what]:,.0f} MB" for what in ("peak_mb", "before_mb"))]


def measure(leads: int) -> dict[str, float]:
    """In a process of its own, so that its peak is its own."""
    with tempfile.TemporaryDirectory() as folder:
        first, second = write(Path(folder), leads, leads * 3 // 10)
        before = peak_mb()
        begun = time.perf_counter()
        question = Question("线索编号", ("来源渠道", "大区"), "金额")
        found = count_files(first, second, question, date(2026, 12, 1), ZoneInfo("Asia/Shanghai"))
        seconds = time.perf_counter() - begun
    peak = peak_mb()
    counts = {"leads": found.total.leads, "won": found.total.won, "groups": len(found.groups)}
    return {**counts, "seconds": seconds, "peak_mb": peak, "before_mb": before}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(int(sys.argv[1]))))
