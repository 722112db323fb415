"""A file's rows as fields: headers are matched, rows are checked for what is wrong in any kind of list."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from storage.imports.layout import Field, Layout
from storage.imports.report import CellFault, ImportRefused, Problem, RejectedRow
from storage.imports.sheet import HEADER_WITHIN, ROWS, Line, read_lines

LONGEST = 200  # characters of a cell
LONGEST_TEXT = 2000  # of a free text
_FOUND = 30  # headers (and characters of each) that are repeated in an error
_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u200e\u200f\u2060"))  # come along when copying
_EXCEL_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"})
_AS_TEXT = re.compile(r'="([^"]*)"')  # so that Excel keeps the zeros of ="0012"


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: the text of each field that the file has, and what is wrong whatever the kind of list."""

    line: int
    values: Mapping[str, str]
    problems: tuple[Problem, ...] = ()


class Table:
    """A file whose header is understood."""

    def __init__(self, path: Path, layout: Layout, rows: int = ROWS) -> None:
        """Reads the header, which may stand below a title. Raises ImportRefused."""
        self.layout = layout
        lines = read_lines(path, lambda header: layout.field_of(header) is not None, rows)
        above = list(islice(lines, HEADER_WITHIN))
        at = _header_at(above, layout)
        self._header = above[at] if above else Line(1, ())
        self._lines = chain(above[at + 1 :], lines)
        self._columns = _columns(path.name, self._header.cells, layout)

    @property
    def header_line(self) -> int:
        """Where in the file the header is, 1 for the first line."""
        return self._header.number

    def rows(self) -> Iterator[TableRow]:
        """Every row, good or bad."""
        for line in self._lines:
            raw = {field: line.cells[at] for field, at in self._columns.items() if at < len(line.cells)}
            values = {field: _clean(value) for field, value in raw.items()}
            broken = line.broken or any("\n" in raw[name].strip() for name in raw if not self._field(name).free)
            yield TableRow(line.number, values, tuple(self._problems(line, values, broken)))

    def rejected(self, row: TableRow, problems: Sequence[Problem]) -> RejectedRow:
        """Name bad values by their headers in the file, in the order of its columns."""
        ordered = sorted(problems, key=lambda problem: self._columns.get(problem.field, -1))
        return RejectedRow(row.line, tuple(self._fault(row, problem) for problem in ordered))

    def _field(self, name: str) -> Field:
        return self.layout.fields[name]

    def _fault(self, row: TableRow, problem: Problem) -> CellFault:
        if not problem.field:
            return CellFault("", "", problem.key, problem.values)
        header = self._header.cells[self._columns[problem.field]]
        return CellFault(header, row.values.get(problem.field, ""), problem.key, problem.values)

    def _problems(self, line: Line, values: Mapping[str, str], broken: bool) -> Iterator[Problem]:
        """A row whose cells can't be told apart has that one problem: its values may stand in wrong columns."""
        if broken:  # a quote that isn't closed swallows the lines after it
            yield Problem("broken_line", last=max(line.number, line.last))
        elif wrong_width := _width_problem(line.cells, len(self._header.cells)):
            yield wrong_width
        else:
            found = (_cell_problem(name, value, self._field(name)) for name, value in values.items())
            yield from (problem for problem in found if problem)


def _header_at(lines: Sequence[Line], layout: Layout) -> int:
    """The first line with all columns that must be there, else the one that has most of those we know."""
    known = [{layout.field_of(cell) for cell in line.cells} - {None} for line in lines]
    needed = {name for name, field in layout.fields.items() if field.need != "no"}
    complete = (at for at, fields in enumerate(known) if needed <= fields)
    return next(complete, max(range(len(known)), key=lambda at: len(known[at]), default=0))


def _clean(cell: str) -> str:
    text = " ".join(cell.translate(_INVISIBLE).split())
    as_text = _AS_TEXT.fullmatch(text)
    return as_text[1] if as_text else text


def _width_problem(cells: Sequence[str], expected: int) -> Problem | None:
    if len(cells) < expected:
        return Problem("too_few_cells", found=len(cells), expected=expected)
    return Problem("too_many_cells", found=len(cells), expected=expected) if any(cells[expected:]) else None


def _cell_problem(name: str, value: str, field: Field) -> Problem | None:
    longest = LONGEST_TEXT if field.free else LONGEST
    if field.need == "value" and not value:
        return Problem("empty", name)
    if len(value) > longest:
        return Problem("too_long", name, limit=longest)
    if value.startswith("="):
        return Problem("formula", name)
    if value in _EXCEL_ERRORS:
        return Problem("excel_error", name)
    if not value.isprintable() or "\ufffd" in value:
        return Problem("unreadable", name)
    return None


def _columns(file: str, header: Sequence[str], layout: Layout) -> dict[str, int]:
    columns: dict[str, int] = {}
    for index, name in enumerate(header):
        field = layout.field_of(name)
        if field in columns:
            raise ImportRefused("column_twice", file=file, first=header[columns[field]], second=name)
        if field:
            columns[field] = index
    needed = {name: field.headers[0] for name, field in layout.fields.items() if field.need != "no"}
    missing = [title for name, title in needed.items() if name not in columns]
    if missing:
        found = "、".join(name[:_FOUND] for name in header[:_FOUND])
        expected = "、".join(needed.values())
        raise ImportRefused("columns", file=file, missing="、".join(missing), found=found, expected=expected)
    return columns
