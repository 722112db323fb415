"""Synthetic journeys of four touches on average, written as the three files that contestants read."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

FEW = 1 << 20
PART = 5_000_000
"""Journeys that are made at once, in some two gigabytes. More of them are written part by part, and no paths."""


def write(folder: Path, journeys: int, channels: int) -> None:
    """touches.parquet (clustered), journeys.parquet and, up to PART, paths.csv (a row for each journey), seeded by the
    sizes.
    """
    with ExitStack() as files:
        writers: dict[str, pq.ParquetWriter] = {}
        for begin in range(0, journeys, PART):
            seed = (journeys, channels, begin) if begin else (journeys, channels)
            made = _made(np.random.default_rng(seed), begin, min(PART, journeys - begin), channels)
            for name, rows in zip(("touches", "journeys"), made, strict=True):
                if name not in writers:
                    writer = pq.ParquetWriter(folder / f"{name}.parquet", rows.schema)
                    writers[name] = files.enter_context(writer)
                writers[name].write_table(rows, row_group_size=FEW)
    if journeys <= PART:
        _write_paths(folder)


def _made(random: np.random.Generator, begin: int, journeys: int, channels: int) -> tuple[pa.Table, pa.Table]:
    """Touches and journeys, numbered from `begin`."""
    lengths = np.minimum(random.geometric(0.25, journeys), 200)
    starts = np.cumsum(lengths) - lengths
    popularity = 1 / np.arange(1, channels + 1) ** 0.8
    token = random.choice(channels, lengths.sum(), p=popularity / popularity.sum()).astype(np.int32)
    gone = np.cumsum(random.exponential(48, len(token)))
    hours = np.repeat(gone[starts + lengths - 1], lengths) - gone
    helped = np.add.reduceat((token % 5 == 0).astype(np.float64), starts)
    won = (random.random(journeys) < 0.05 + 0.1 * np.minimum(helped, 3)).astype(np.int64)
    value = won * np.round(random.lognormal(4, 1, journeys), 2)
    names = pa.array([f"channel_{number:03d}" for number in range(channels)])
    touches = {
        "journey_id": np.repeat(np.arange(begin, begin + journeys), lengths),
        "position": (np.arange(len(token)) - np.repeat(starts, lengths) + 1).astype(np.int32),
        "channel": pa.DictionaryArray.from_arrays(pa.array(token), names),
        "hours_before": hours,
    }
    ends = {"journey_id": np.arange(begin, begin + journeys), "converted": won, "value": value}
    return pa.table(touches), pa.table(ends)


def _write_paths(folder: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"SET temp_directory = '{folder}'")
        connection.execute(
            f"""COPY (
                SELECT path, converted AS total_conversions, value AS total_conversion_value,
                       1 - converted AS total_null
                FROM (SELECT journey_id, string_agg(channel, ' > ' ORDER BY position) AS path
                      FROM '{folder}/touches.parquet' GROUP BY journey_id)
                JOIN '{folder}/journeys.parquet' USING (journey_id) ORDER BY journey_id
            ) TO '{folder}/paths.csv' (HEADER)"""  # noqa: S608  # a folder of our own making
        )


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
