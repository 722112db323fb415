"""Rows of text out of a file, whatever wrote it; read as a stream, so memory stays small."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.contracts.sources import Form
from storage.imports.report import ImportRefused

MEGABYTES = 200  # of a file, and of a workbook's content when unpacked
ROWS = 200_000  # one transaction holds the database while it loads them; SQLite's writers wait 30 s
AS_FOUND = Form()
HEADER_WITHIN = 10  # rows that have something in them: CRMs write titles and dates above the header

_WORKBOOK = b"PK\x03\x04"
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_LOCK_WITHIN = 16 * 1024 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its first line in the file, and its cells as text."""

    number: int
    cells: Sequence[str]
    last: int = 0  # its last line, when a quoted cell goes over several
    broken: bool = False  # can't be split into cells


def read_lines(path: Path, known: Callable[[str], bool], most: int = ROWS, form: Form = AS_FOUND) -> Iterator[Line]:
    """All rows that aren't empty. `known` tells headers from other text, to find the separator of a CSV file.

    Raises ImportRefused for a file that is no table, too large, half a workbook, or has over `most` rows.
    """
    from storage.imports.text_file import text_lines
    from storage.imports.workbook import workbook_lines

    head = _head(path)
    if head.startswith(_OLD_WORKBOOK):
        raise ImportRefused("locked" if _is_locked(path) else "old_excel", file=path.name)
    workbook = head.startswith(_WORKBOOK)
    lines = workbook_lines(path, form.sheet) if workbook else text_lines(path, known, form)
    yield from _at_most(most, lines, path)


def _at_most(most: int, lines: Iterator[Line], path: Path) -> Iterator[Line]:
    """Those that aren't empty, and no more than these."""
    rows = 0
    for line in lines:
        if line.broken or any(cell.strip() for cell in line.cells):
            rows += 1
            if rows > most + 1:  # and a header
                raise ImportRefused("too_many_rows", file=path.name, limit=most)
            yield line


def _is_locked(path: Path) -> bool:
    """A workbook with a password is stored inside a file of the old kind."""
    with path.open("rb") as file:
        return _LOCKED in file.read(_LOCK_WITHIN)


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            head = file.read(4)
        size = path.stat().st_size
    except OSError as error:
        raise ImportRefused("unreadable", file=path.name, reason=error.strerror) from error
    if not head:
        raise ImportRefused("empty", file=path.name)
    if size > MEGABYTES * 1024 * 1024:
        raise ImportRefused("too_large", file=path.name, limit=MEGABYTES)
    return head
