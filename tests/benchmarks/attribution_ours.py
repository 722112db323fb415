"""One of our tasks on the same files, in a process of its own: prints seconds and peak memory as JSON."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from knowledge.journeys.bootstrap import bootstrap
from knowledge.journeys.counts import Counts
from knowledge.journeys.model_settings import ModelSettings
from knowledge.journeys.models import USUAL, attribute
from knowledge.journeys.reading.path_file import PathFile
from knowledge.journeys.reading.touch_file import TouchFile

AGAIN = 20


def touches(folder: Path, hours: bool = True) -> TouchFile:
    return TouchFile(folder / "touches.parquet", folder / "journeys.parquet", hours=hours)


def scan(folder: Path) -> dict[str, float]:
    """The floor: DuckDB reads three columns."""
    import duckdb

    with duckdb.connect() as connection:
        file = folder / "touches.parquet"
        query = f"SELECT max(journey_id), max(channel), max(hours_before) FROM '{file}'"  # noqa: S608  # our own folder
        connection.execute("SELECT 1").fetchall()
        begun = time.perf_counter()
        connection.execute(query).fetchall()
        return {"seconds": time.perf_counter() - begun}


def every_model(folder: Path) -> dict[str, float]:
    """Collect and answer all models, counts and value; then 1000 draws for each; then ask Markov again."""
    begun = time.perf_counter()
    counts = Counts.from_paths(touches(folder))
    for model in USUAL:
        attribute(counts, model)
    answered = time.perf_counter()
    bootstrap(counts, USUAL)
    drawn = time.perf_counter()
    for _ in range(AGAIN):
        attribute(counts, "markov")
    again = (time.perf_counter() - drawn) / AGAIN
    return {"seconds": answered - begun, "bootstrap": drawn - answered, "again": again}


def markov(order: int, from_paths: bool) -> Callable[[Path], dict[str, float]]:
    def work(folder: Path) -> dict[str, float]:
        source: Any = PathFile(folder / "paths.csv") if from_paths else touches(folder, hours=False)
        begun = time.perf_counter()
        counts = Counts.from_paths(source, ModelSettings(order=order), ["markov"], grouped=False)
        attribute(counts, "markov")
        return {"seconds": time.perf_counter() - begun}

    return work


TASKS: dict[str, Callable[[Path], dict[str, float]]] = {
    "DuckDB scan of three columns (the floor)": scan,
    "ours: every model, count and value, from touches": every_model,
    "ours: Markov order 1 from touches": markov(1, False),
    "ours: Markov order 1 from paths": markov(1, True),
    "ours: Markov order 2 from paths": markov(2, True),
}


def main(name: str, folder: str, times: str = "1") -> None:
    """Prints {"seconds", "peak_mb", …}; libraries are loaded before the clock starts, as with the packages.

    Asked for several times: the median of them, after one that isn't counted.
    """
    import duckdb  # noqa: F401  # loaded before the clock starts
    import pyarrow.compute
    import pyarrow.csv
    import pyarrow.parquet  # noqa: F401  # as above
    import scipy.linalg.lapack  # noqa: F401  # as above

    runs = [TASKS[name](Path(folder)) for _ in range(int(times) + (times != "1"))]
    found = sorted(runs[-int(times) :], key=lambda run: run["seconds"])[int(times) // 2]
    found["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
