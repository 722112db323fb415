"""CSV files: encoding and separator are found, not asked for."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from io import TextIOWrapper
from itertools import islice
from pathlib import Path

from bot.contracts.sources import Form
from storage.imports.encodings import find_encoding
from storage.imports.report import ImportRefused
from storage.imports.sheet import AS_FOUND, HEADER_WITHIN, Line

_SEPARATORS = (",", ";", "\t", "|")
_LONGEST = 1 << 20  # characters of one line: more is no table


def text_lines(path: Path, known: Callable[[str], bool], form: Form = AS_FOUND) -> Iterator[Line]:
    """The rows of a CSV file; a row that can't be split is marked as broken."""
    # A file that was cut off may end in half a character: it becomes U+FFFD, and that row is refused later.
    try:
        with path.open(encoding=form.encoding or find_encoding(path), errors="replace", newline="") as file:
            filled = (line for line in _physical(file, path) if line.strip())
            separator = form.separator or find_separator(list(islice(filled, HEADER_WITHIN)), known)
            file.seek(0)
            yield from _records(_physical(file, path), separator)
    except OSError as error:  # a share that goes away
        raise ImportRefused("unreadable", file=path.name, reason=error.strerror) from error


def find_separator(lines: Sequence[str], known: Callable[[str], bool]) -> str:
    """The separator that splits one of the lines, which must be the header, into the most names we know."""

    def names(separator: str) -> int:
        return max((_known_cells(line, separator, known) for line in lines), default=0)

    return max(_SEPARATORS, key=names)


def _known_cells(line: str, separator: str, known: Callable[[str], bool]) -> int:
    try:
        return sum(known(cell) for cell in next(csv.reader([line], delimiter=separator), []))
    except csv.Error:
        return 0


def _physical(file: TextIOWrapper, path: Path) -> Iterator[str]:
    while line := file.readline(_LONGEST):
        if len(line) == _LONGEST:
            raise ImportRefused("encoding", file=path.name)
        yield line


def _records(lines: Iterator[str], separator: str) -> Iterator[Line]:
    reader = csv.reader(lines, delimiter=separator, strict=True)
    while True:
        first = reader.line_num + 1
        try:
            cells = next(reader)
            yield Line(first, cells, last=reader.line_num)
        except StopIteration:
            return
        except csv.Error:
            yield Line(first, (), last=reader.line_num, broken=True)
