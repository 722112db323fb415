"""JSON documents, JSON Lines, Parquet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from adapters.sources.faults import refused
from adapters.sources.values import plain
from bot.contracts.errors import BadInput
from bot.contracts.sources import RawRow, TableFiles

DOCUMENT_MB = 64  # of a JSON document, which has to be in memory whole; JSON Lines needn't
MEGABYTES = 200  # of a file that is read line by line
_PAGE = 2000  # rows
_LONGEST = 1 << 20  # characters of one line


def json_rows(files: TableFiles, path: Path, records: str) -> Iterator[RawRow]:
    """The objects of a document's list: at the path `records` ("data.items"), or the document itself."""
    _small_enough(path, DOCUMENT_MB, "large_json")
    try:
        tree = json.loads(path.read_text(encoding=_encoding(files, path)), parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        raise refused("bad_json", file=path.name, reason=str(error)) from error
    yield from (_object(number, one) for number, one in enumerate(_at(tree, records, path.name), 1))


def json_lines(files: TableFiles, path: Path) -> Iterator[RawRow]:
    """One object a line. A line that is none is handed over with the reason, the last one perhaps cut off."""
    _small_enough(path, MEGABYTES, "large_file")
    with path.open(encoding=_encoding(files, path), errors="replace") as file:
        number = 0
        while line := file.readline(_LONGEST):
            number += 1
            if line.strip():
                yield _line(number, line)


def parquet_rows(path: Path) -> Iterator[RawRow]:
    """By DuckDB, a page at a time."""
    import duckdb

    try:
        with duckdb.connect() as connection:
            found = connection.execute("SELECT * FROM read_parquet(?)", [str(path)])
            names = [column[0] for column in found.description or ()]
            number = 0
            while rows := found.fetchmany(_PAGE):
                for row in rows:
                    number += 1
                    yield RawRow(number, {name: plain(value) for name, value in zip(names, row, strict=True)})
    except duckdb.Error as error:
        raise refused("bad_parquet", file=path.name, reason=str(error).splitlines()[0]) from error


def _line(number: int, line: str) -> RawRow:
    try:
        return _object(number, json.loads(line, parse_constant=lambda _: None))
    except (ValueError, RecursionError):
        problem = "bad_json_line" if line.endswith("\n") else "cut_off"
        return RawRow(number, {"": line.strip()[:2000]}, problem)


def _object(number: int, one: Any) -> RawRow:
    if isinstance(one, dict):
        return RawRow(number, plain(one))
    return RawRow(number, {"": plain(one)}, "not_an_object")


def _at(tree: Any, records: str, file: str) -> list[Any]:
    """The list at a path. One object alone is a list of one."""
    for part in filter(None, records.split(".")):
        if not isinstance(tree, dict) or part not in tree:
            there = "、".join(tree) if isinstance(tree, dict) else ""
            raise refused("no_records", file=file, records=records, found=there)
        tree = tree[part]
    return tree if isinstance(tree, list) else [tree]


def _encoding(files: TableFiles, path: Path) -> str:
    try:
        return files.encoding(path)
    except BadInput as error:
        raise refused("file", sentence=str(error)) from error


def _small_enough(path: Path, megabytes: int, fault: str) -> None:
    if path.stat().st_size > megabytes * 1024 * 1024:
        raise refused(fault, file=path.name, limit=megabytes)
