"""A table in a file, whatever wrote it: CSV of any encoding and separator, Excel, Parquet. Read once, as text."""

from __future__ import annotations

import csv
import difflib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import IO

from knowledge.funnel.faults import FunnelRefused
from storage.imports.encodings import find_encoding
from storage.imports.report import ImportRefused
from storage.imports.sheet import HEADER_WITHIN, read_lines

_SEPARATORS = (",", ";", "\t", "|")
_PARQUET = b"PAR1"
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_HEAD = 1 << 16  # bytes
_LONGEST_CELL = 1 << 20  # characters; more is a quote that nobody closed
_BATCH = 10_000

Row = tuple[int, int, Sequence[str] | None]
"""Its first and last line in the file, and its cells; None when it can't be split."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file whose header was found. `rows` can be read once, while the stack that it was opened with is open."""

    name: str
    header: tuple[str, ...]
    header_line: int
    rows: Iterator[Row]

    def column(self, wanted: str) -> int | None:
        """Where a column is; case, width and spaces don't count. Raises FunnelRefused when two are called so."""
        exact = [at for at, name in enumerate(self.header) if name == wanted]
        places = exact or [at for at, name in enumerate(self.header) if folded(name) == folded(wanted)]
        if len(places) > 1:
            raise FunnelRefused("column_twice", file=self.name, column=wanted)
        return places[0] if places else None

    def near(self, wanted: str) -> str:
        """Names like it, the likeliest first; all names when none is like it."""
        names = {folded(name): name for name in self.header if name}
        close = difflib.get_close_matches(folded(wanted), names, n=3, cutoff=0.5)
        inside = [key for key in names if folded(wanted) and (folded(wanted) in key or key in folded(wanted))]
        found = dict.fromkeys([*close, *inside])
        return "、".join(names[key] for key in found) or "、".join(islice(names.values(), 30))


def open_sheet(path: Path, wanted: Sequence[str], stack: ExitStack) -> Sheet:
    """The file's header is the first line with all columns that are wanted, else the one with most of them.

    Titles above it are skipped. Raises FunnelRefused for what is no table, ImportRefused for a damaged workbook.
    """
    if not path.is_file():
        raise FunnelRefused("no_file", file=path)
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0"):
        raise FunnelRefused("empty", file=path.name)
    rows = _rows(path, head, wanted, stack)
    above = list(islice(rows, HEADER_WITHIN))
    at = _header_at([cells or () for _, _, cells in above], wanted)
    line, _, cells = above[at]
    header = tuple(" ".join(name.replace("\ufeff", "").split()) for name in cells or ())
    return Sheet(path.name, header, line, chain(above[at + 1 :], rows))


def folded(name: str) -> str:
    """A column's name without what people vary."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().replace("_", "").replace("-", "").split())


def _rows(path: Path, head: bytes, wanted: Sequence[str], stack: ExitStack) -> Iterator[Row]:
    if head.startswith(_PARQUET):
        return _parquet_rows(path)
    if head.startswith(_WORKBOOKS):
        lines = read_lines(path, lambda _: False, most=1 << 20)
        return ((line.number, line.number, None if line.broken else line.cells) for line in lines)
    encoding = _encoding(path, head)
    file = stack.enter_context(path.open(encoding=encoding, errors="replace", newline=""))
    first = [line for line in islice(file, 10 * HEADER_WITHIN) if line.strip()][:HEADER_WITHIN]
    file.seek(0)
    return _text_rows(file, _separator(first, wanted))


def _encoding(path: Path, head: bytes) -> str:
    """As imports find it; UTF-16 also without its mark, by where the zeros of its ASCII stand."""
    if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        odd, even = head[1::2].count(0), head[0::2].count(0)
        if min(odd, even) * 10 < max(odd, even):
            return "utf-16-le" if odd > even else "utf-16-be"
    try:
        return find_encoding(path)
    except ImportRefused:
        raise FunnelRefused("encoding", file=path.name) from None


def _separator(lines: Sequence[str], wanted: Sequence[str]) -> str:
    """The one that splits a line into most of the wanted names; else the one that splits lines alike."""
    names = {folded(name) for name in wanted}

    def score(separator: str) -> tuple[int, int]:
        rows = [next(csv.reader([line], delimiter=separator), []) for line in lines]
        known = max((len(names & {folded(cell) for cell in row}) for row in rows), default=0)
        return known, min((len(row) for row in rows), default=0)

    return max(_SEPARATORS, key=score)


def _text_rows(file: IO[str], separator: str) -> Iterator[Row]:
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(file, delimiter=separator, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            for cells in reader:
                if cells and (len(cells) > 1 or cells[0].strip()):
                    yield line, reader.line_num, cells
                line = reader.line_num + 1
            return
        except csv.Error:
            yield line, reader.line_num, None


def _parquet_rows(path: Path) -> Iterator[Row]:
    """Parquet has no lines: the header counts as the first, so that rows are numbered as in a sheet."""
    import duckdb

    try:
        with duckdb.connect() as connection:
            relation = connection.read_parquet(str(path))
            names = list(relation.columns)
            yield 1, 1, names
            quoted = ", ".join(f'''coalesce(CAST("{name.replace('"', '""')}" AS VARCHAR), '')''' for name in names)
            found = relation.project(quoted)
            yield from ((line, line, cells) for line, cells in enumerate(_fetched(found), 2))
    except duckdb.Error as error:
        raise FunnelRefused("parquet", file=path.name) from error


def _fetched(relation: object) -> Iterator[Sequence[str]]:
    while some := relation.fetchmany(_BATCH):  # type: ignore[attr-defined]  # duckdb's relation, imported above only
        yield from some


def _header_at(lines: Sequence[Iterable[str]], wanted: Sequence[str]) -> int:
    names = {folded(name) for name in wanted}
    known = [len(names & {folded(cell) for cell in cells}) for cells in lines]
    return next((at for at, count in enumerate(known) if count == len(names)), known.index(max(known)))
