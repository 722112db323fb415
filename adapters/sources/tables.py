"""CSV files and workbooks: the header is found among the first lines, rows that can't be split say why."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

from adapters.sources.faults import refused
from bot.contracts.errors import BadInput
from bot.contracts.sources import Form, Line, RawRow, TableFiles

HEADER_WITHIN = 10  # rows that have something in them: systems write titles and dates above the header
_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u200e\u200f\u2060"))  # come along when copying
_UNREADABLE = "\ufffd"


def table_rows(
    files: TableFiles, path: Path, form: Form, expected: Sequence[str], header_row: int | None = None
) -> Iterator[RawRow]:
    """Its rows as fields. `expected`: names that the mapping needs, to find the header; `header_row`: 1 for the first.

    Raises SourceRefused for a file that is no table.
    """
    try:
        yield from _rows(files, path, form, {fold(name) for name in expected}, header_row)
    except BadInput as error:  # the sentence names the file and what to do
        raise refused("file", sentence=str(error)) from error


def fold(name: str) -> str:
    """A header without what people don't see: case, width, spaces."""
    return "".join(unicodedata.normalize("NFKC", name.translate(_INVISIBLE)).casefold().split())


def header_names(cells: Sequence[str]) -> tuple[str, ...]:
    """Every column by a name of its own: an empty header is 列3, the second of two equal ones is 金额_2."""
    names: dict[str, None] = {}
    for number, cell in enumerate(cells, 1):
        name = " ".join(cell.translate(_INVISIBLE).split()) or f"列{number}"
        twin, base = 2, name
        while name in names:
            name, twin = f"{base}_{twin}", twin + 1
        names[name] = None
    return tuple(names)


def _rows(files: TableFiles, path: Path, form: Form, expected: set[str], header_row: int | None) -> Iterator[RawRow]:
    def known(cell: str) -> bool:
        return fold(cell) in expected if expected else bool(cell.strip())

    lines = files.lines(path, known, form)
    above = list(islice(lines, HEADER_WITHIN))
    at = _header_at(above, expected, header_row)
    if not above:
        return
    header = _trimmed(above[at].cells)
    names = header_names(header)
    whole = _ends_whole(path)
    for line, is_last in _marking_last(chain(above[at + 1 :], lines)):
        yield _row(line, names, cut_off=is_last and not whole)


def _header_at(lines: Sequence[Line], expected: set[str], header_row: int | None) -> int:
    """The line with most of the names we need; without those, the first of the widest lines."""
    if header_row is not None:
        return next((at for at, line in enumerate(lines) if line.number >= header_row), 0)
    hits = [sum(fold(cell) in expected for cell in line.cells) for line in lines]
    widths = [sum(bool(cell.strip()) for cell in line.cells) for line in lines]
    best = hits if any(hits) else widths
    return best.index(max(best)) if best else 0


def _trimmed(cells: Sequence[str]) -> Sequence[str]:
    """Without empty headers at the end: rows often end in a separator."""
    width = max((at for at, cell in enumerate(cells, 1) if cell.strip()), default=0)
    return cells[:width]


def _row(line: Line, names: Sequence[str], *, cut_off: bool) -> RawRow:
    cells, width = line.cells, len(names)
    data = {name: cell.strip() for name, cell in zip(names, cells, strict=False)}
    problem, details = _problem(line, width)
    if problem and cut_off:
        problem = "cut_off"
    elif not problem and any(_UNREADABLE in cell for cell in cells):
        problem = "cut_off" if cut_off else "unreadable_row"
    if problem == "too_many_cells":
        data |= {f"列{number}": cell for number, cell in enumerate(cells[width:], width + 1) if cell.strip()}
    return RawRow(line.number, data, problem, details)


def _problem(line: Line, width: int) -> tuple[str, dict[str, object]]:
    if line.broken:  # a quote that isn't closed swallows the lines after it
        return "broken_line", {"last": max(line.number, line.last)}
    if len(line.cells) < width:
        return "too_few_cells", {"found": len(line.cells), "expected": width}
    if any(cell.strip() for cell in line.cells[width:]):
        return "too_many_cells", {"found": len(line.cells), "expected": width}
    return "", {}


def _marking_last(lines: Iterator[Line]) -> Iterator[tuple[Line, bool]]:
    held = next(lines, None)
    for line in lines:
        assert held is not None  # noqa: S101 - a line came after it; for the type checker
        yield held, False
        held = line
    if held is not None:
        yield held, True


def _ends_whole(path: Path) -> bool:
    """Whether a text ends with its line: else it may have been cut off. A workbook that opens is whole."""
    with path.open("rb") as file:
        if file.read(4) == b"PK\x03\x04":
            return True
        file.seek(max(0, path.stat().st_size - 2))
        return any(mark in file.read() for mark in (b"\n", b"\r"))
