"""Attribution at 10k to 5M journeys beside the published packages, on the same files in one run.

Sizes by ATTRIBUTION_SIZES ("10000,100000"; above 5,000,000 only what we make of touches is measured), channels by
ATTRIBUTION_CHANNELS; packages are looked for with ATTRIBUTION_PYTHON, an interpreter that has
`requirements-bench.lock`, else with our own.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from tests.benchmarks.attribution_accuracy import equal_accuracy
from tests.benchmarks.attribution_data import PART
from tests.benchmarks.attribution_ours import TASKS
from tests.benchmarks.attribution_packages import CONTESTANTS
from tests.benchmarks.figures import seconds, table
from tests.benchmarks.machine import ROOT

SIZES = (10_000, 100_000, 1_000_000, 5_000_000)
CHANNELS = (12, 100)
ROUNDS = 3
SLOW_SECONDS = 25.0  # what takes longer runs once
LIMIT_SECONDS = 600.0
TOO_SLOW = f"> {LIMIT_SECONDS:.0f} s"
FLOOR, EVERYTHING, TOUCHES, PATHS = list(TASKS)[:4]
OF_TOUCHES = {FLOOR, EVERYTHING, TOUCHES}
THEIR_MARKOV, THEIR_SLOW = "ChannelAttribution Markov order 1", "marketing-attribution-models Markov"

Tell = Callable[[str], None]
Runs = dict[str, list[dict[str, float]]]


@dataclass
class Measured:
    """Runs of every contestant on one set of files; `missing` says why one has none."""

    journeys: int
    channels: int
    runs: Runs = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)

    def of(self, name: str, what: str = "seconds") -> float:
        """Median; NaN where nothing was measured."""
        values = [run[what] for run in self.runs.get(name, []) if what in run]
        return median(values) if values else float("nan")


def run(tell: Tell) -> str:
    """Measure; the section for the page."""
    sizes, widths = _listed("ATTRIBUTION_SIZES", SIZES), _listed("ATTRIBUTION_CHANNELS", CHANNELS)
    found = [one for channels in widths for one in _growing(sizes, channels, tell)]
    tables = (_times(found, channels) for channels in widths)
    return "\n\n".join((_method(), *tables, _goals(found), equal_accuracy(tell)))


def _listed(variable: str, usual: tuple[int, ...]) -> list[int]:
    return [int(one) for one in os.environ.get(variable, "").split(",") if one] or list(usual)


def _growing(sizes: list[int], channels: int, tell: Tell) -> list[Measured]:
    """All sizes, from the smallest; what was too slow at one isn't tried at a larger one."""
    found: list[Measured] = []
    for size in sorted(sizes):
        before = found[-1].missing if found else {}
        slow = {
            name: f"not tried: {why.removeprefix('not tried: ')}"
            for name, why in before.items()
            if why.endswith(TOO_SLOW)
        }
        without_paths = {name: "not run" for name in (*TASKS, *CONTESTANTS) if size > PART and name not in OF_TOUCHES}
        found.append(_measure(Measured(size, channels, missing=slow | without_paths), tell))
    return found


def _measure(measured: Measured, tell: Tell) -> Measured:
    journeys, channels = measured.journeys, measured.channels
    with tempfile.TemporaryDirectory() as folder:
        tell(f"writing {journeys:,} journeys, {channels} channels")
        _run([sys.executable, "-m", "tests.benchmarks.attribution_data", folder, str(journeys), str(channels)])
        for number in range(ROUNDS):
            for name in (*TASKS, *CONTESTANTS):
                if name in measured.missing or _is_slow(measured, name):
                    continue
                tell(f"{journeys:,} journeys, {channels} channels, round {number + 1}: {name}")
                _once(measured, name, Path(folder))
    return measured


def _is_slow(measured: Measured, name: str) -> bool:
    return bool(measured.runs.get(name)) and measured.of(name) > SLOW_SECONDS


def _once(measured: Measured, name: str, folder: Path) -> None:
    if name in TASKS:
        command = [sys.executable, "-m", "tests.benchmarks.attribution_ours", name, str(folder)]
    else:
        python = os.environ.get("ATTRIBUTION_PYTHON", sys.executable)
        script = ROOT / "tests" / "benchmarks" / "attribution_packages.py"
        command = [python, str(script), name, str(folder / "paths.csv")]
    try:
        found = json.loads(_run(command))
    except subprocess.TimeoutExpired:
        measured.missing[name] = f"{measured.journeys:,} took {TOO_SLOW}"
    except subprocess.CalledProcessError as error:
        measured.missing[name] = f"failed ({error.returncode})"
    else:
        if "missing" in found:
            measured.missing[name] = "not installed"
        else:
            measured.runs.setdefault(name, []).append(found)


def _run(command: list[str]) -> str:
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=LIMIT_SECONDS)
    return done.stdout


def _method() -> str:
    return (
        f"Synthetic journeys of four touches on average, 5–35 % of which convert. Medians of {ROUNDS} interleaved runs "
        f"(one above {SLOW_SECONDS:.0f} s), each in a process of its own, reading the file included, loading libraries "
        "not; in brackets the peak memory of the process. Paths: a CSV file with a row for each journey, the same for "
        "everybody; touches: a Parquet file clustered by journey, and a second one of outcomes. ChannelAttribution "
        "simulates, the others and ours are exact."
    )


def _times(found: list[Measured], channels: int) -> str:
    here = [one for one in found if one.channels == channels]
    head = [f"{channels} channels", *(f"{one.journeys:,}" for one in here)]
    rows = [[name, *(_cell(one, name) for one in here)] for name in (*TASKS, *CONTESTANTS)]
    drawn = (seconds(one.of(EVERYTHING, "bootstrap")) for one in here)
    rows.append(["ours: 1000 draws for every model, extra", *drawn])
    rows.append(["ours: Markov asked again", *(f"{one.of(EVERYTHING, 'again') * 1000:.2f} ms" for one in here)])
    return table(head, rows)


def _cell(one: Measured, name: str) -> str:
    if name in one.missing:
        return one.missing[name]
    return f"{seconds(one.of(name))} ({one.of(name, 'peak_mb'):,.0f} MB)"


def _goals(found: list[Measured]) -> str:
    widths = dict.fromkeys(one.channels for one in found)
    by_channels = [[one for one in found if one.channels == width and one.journeys <= PART] for width in widths]
    by_channels = [some for some in by_channels if some]
    largest = [max(some, key=lambda one: one.journeys) for some in by_channels]
    head = ["Goal", *(f"{one.journeys:,} journeys, {one.channels} channels" for one in largest)]
    goals: Mapping[str, Callable[[Measured], str]] = {
        "every model ≤ 6 × the scan": lambda one: _times_of(one.of(EVERYTHING), one.of(FLOOR)),
        "Markov ≥ 4 × ChannelAttribution, same file": lambda one: _times_of(one.of(THEIR_MARKOV), one.of(PATHS)),
        "Markov ≥ 10 × from clustered touches": lambda one: _times_of(one.of(THEIR_MARKOV), one.of(TOUCHES)),
        "≥ 20 × marketing-attribution-models": lambda one: _times_of(one.of(THEIR_SLOW), one.of(PATHS)),
        "… at a fifth of its memory": lambda one: _times_of(
            one.of(PATHS, "peak_mb"), one.of(THEIR_SLOW, "peak_mb"), " of it"
        ),
        "1000 draws ≤ 1 s extra": lambda one: seconds(one.of(EVERYTHING, "bootstrap")),
        "asked again ≤ 5 ms": lambda one: f"{one.of(EVERYTHING, 'again') * 1000:.2f} ms",
    }
    rows = [[goal, *(value(one) for one in largest)] for goal, value in goals.items()]
    growth = [_growth(some) for some in by_channels]
    return table(head, [*rows, ["growth: microseconds a journey, every model", *growth]])


def _times_of(one: float, other: float, unit: str = " ×") -> str:
    return f"{one / other:.2f}{unit}" if not math.isnan(one) and not math.isnan(other) else "–"


def _growth(found: list[Measured]) -> str:
    return ", ".join(f"{one.of(EVERYTHING) / one.journeys * 1e6:.2f}" for one in found)
