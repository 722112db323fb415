"""The quick way into a CSV file of paths: UTF-8, a usual delimiter, good numbers. Anything else is a ValueError."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any

from knowledge.journeys.reading.table import find

BLOCK_BYTES = 1 << 22
DELIMITERS = ",;\t|"


def batches(
    path: Path, text: str, numbers: tuple[str, ...], needed: tuple[str, ...]
) -> Generator[tuple[Any, ...], None, None]:
    """Blocks of the file: the text column as Arrow strings, then each number (P,), 0 where blank or not in the file.

    Raises ValueError (pyarrow's errors are such) when the file isn't plain; a thorough reader says what is wrong.
    """
    import pyarrow as pa
    from pyarrow import csv

    delimiter, quoted, headings = _heading(path)
    columns = {name: find(name, headings) for name in (text, *numbers)}
    if any(columns[name] is None for name in needed):
        raise ValueError("a column is missing")
    types = {columns[name]: pa.string() if name == text else pa.float64() for name in columns if columns[name]}
    reader = csv.open_csv(
        path,
        read_options=csv.ReadOptions(block_size=BLOCK_BYTES),
        parse_options=csv.ParseOptions(delimiter=delimiter, newlines_in_values=quoted),
        convert_options=csv.ConvertOptions(column_types=types, include_columns=list(types), null_values=[""]),
    )
    for batch in reader:
        here = {name: batch.column(columns[name]) for name in columns if columns[name]}
        size = batch.num_rows
        yield here[text], *(_numbers(here.get(name), size) for name in numbers)


def _heading(path: Path) -> tuple[str, bool, list[str]]:
    """Delimiter, whether anything is quoted in the file's first megabyte, and the headings of the first line."""
    if not path.is_file():
        raise ValueError("no such file")
    with path.open("rb") as file:
        begin = file.read(1 << 20)
    line = begin.split(b"\n", 1)[0].decode("utf-8-sig").rstrip("\r")
    delimiter = max(DELIMITERS, key=line.count)
    return delimiter, b'"' in begin, [heading.strip().strip('"') for heading in line.split(delimiter)]


def _numbers(column: Any, size: int) -> Any:
    import numpy as np

    if column is None:
        return np.zeros(size)
    if column.null_count:
        column = column.fill_null(0.0)
    values = column.to_numpy(zero_copy_only=False)
    if not np.isfinite(values).all() or (values < 0).any():
        raise ValueError("a number that isn't one")
    return values
