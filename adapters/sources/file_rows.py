"""One file's rows, whatever its form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from adapters.sources.documents import json_lines, json_rows, parquet_rows
from adapters.sources.faults import refused, unavailable
from adapters.sources.tables import table_rows
from bot.contracts.sources import Form, RawRow, TableFiles

FORMATS: Mapping[str, str] = {".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet"}
TEXTS = ("table", "jsonl")  # forms that end with a line's end
EXPECTS = "expects"  # option that the flow adds: names of fields that the mapping needs
OPTIONS = ("format", "encoding", "delimiter", "sheet", "header", "records", EXPECTS)
_SAME = {"csv": "table", "tsv": "table", "excel": "table", "xlsx": "table", "ndjson": "jsonl"}


def form_of(path: Path, options: Mapping[str, Any]) -> str:
    """table, json, jsonl or parquet: as the definition says, else by the file's ending. Raises SourceRefused."""
    said = str(options.get("format") or "").lower()
    form = _SAME.get(said, said) or FORMATS.get(path.suffix.lower(), "table")
    if form not in {"table", *FORMATS.values()}:
        raise refused("format", format=said)
    return form


def file_rows(files: TableFiles, path: Path, options: Mapping[str, Any]) -> Iterator[RawRow]:
    """Every row. Raises SourceRefused, or SourceUnavailable when the disk doesn't give it."""
    form = form_of(path, options)
    try:
        if path.stat().st_size == 0:
            raise refused("empty", file=path.name)
        if form == "json":
            yield from json_rows(files, path, str(options.get("records") or ""))
        elif form == "jsonl":
            yield from json_lines(files, path)
        elif form == "parquet":
            yield from parquet_rows(path)
        else:
            expected = tuple(options.get(EXPECTS) or ())
            yield from table_rows(files, path, _form(options), expected, _header(options))
    except OSError as error:
        raise unavailable("disk", path=path.name, reason=error.strerror or error) from error


def stamp(path: Path) -> list[int]:
    """What changes when a file does: size and time."""
    found = path.stat()
    return [found.st_size, found.st_mtime_ns]


def _form(options: Mapping[str, Any]) -> Form:
    encoding = str(options.get("encoding") or "")
    try:
        "".encode(encoding or "utf-8")
    except LookupError:
        raise refused("encoding", encoding=encoding) from None
    separator = {"tab": "\t", "\\t": "\t"}.get(str(options.get("delimiter") or ""), str(options.get("delimiter") or ""))
    if len(separator) > 1:
        raise refused("delimiter", delimiter=separator)
    return Form(encoding, separator, str(options.get("sheet") or ""))


def _header(options: Mapping[str, Any]) -> int | None:
    said = options.get("header")
    if said is not None and (not isinstance(said, int) or said < 1):
        raise refused("header", header=said)
    return said
