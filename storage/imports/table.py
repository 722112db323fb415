"""A file's rows as fields: headers are matched, rows are checked for what is wrong in any kind of list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from storage.imports.layout import Layout
from storage.imports.report import ImportRefused, Problem, RejectedRow
from storage.imports.sheet import ROWS, Line, read_lines

LONGEST = 200  # characters of a cell
_FOUND = 30  # headers (and characters of each) that are repeated in an error
_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u200e\u200f\u2060"))  # come along when copying
_EXCEL_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"})


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: the text of each field that the file has, and why it can't be taken, if so."""

    line: int
    values: Mapping[str, str]
    problem: Problem | None = None


class Table:
    """A file whose header is understood."""

    def __init__(self, path: Path, layout: Layout, rows: int = ROWS) -> None:
        """Reads the header. Raises ImportRefused."""
        self.layout = layout
        self._lines = read_lines(path, lambda header: layout.field_of(header) is not None, rows)
        self._header = next(self._lines, None) or Line(1, ())
        self._columns = _columns(path.name, self._header.cells, layout)

    def rows(self) -> Iterator[TableRow]:
        """Every row, good or bad."""
        for line in self._lines:
            raw = {field: line.cells[at] for field, at in self._columns.items() if at < len(line.cells)}
            values = {field: _clean(value) for field, value in raw.items()}
            broken = line.broken or any("\n" in value.strip() for value in raw.values())
            yield TableRow(line.number, values, self._problem(line, values, broken))

    def rejected(self, row: TableRow, problem: Problem) -> RejectedRow:
        """Name a bad value by its header in the file."""
        if not problem.field:
            return RejectedRow(row.line, "", "", problem.key, problem.values)
        header = self._header.cells[self._columns[problem.field]]
        return RejectedRow(row.line, header, row.values.get(problem.field, ""), problem.key, problem.values)

    def _problem(self, line: Line, values: Mapping[str, str], broken: bool) -> Problem | None:
        """What is wrong whatever the kind of list. A quote that isn't closed swallows the lines after it."""
        try:
            if broken:
                raise Problem("broken_line", last=max(line.number, line.last))
            self._check_width(line.cells)
            for field, value in values.items():
                _check_cell(field, value, self.layout.fields[field].need == "value")
        except Problem as problem:
            return problem
        return None

    def _check_width(self, cells: Sequence[str]) -> None:
        expected = len(self._header.cells)
        if len(cells) < expected:
            raise Problem("too_few_cells", found=len(cells), expected=expected)
        if any(cells[expected:]):
            raise Problem("too_many_cells", found=len(cells), expected=expected)


def _clean(cell: str) -> str:
    return " ".join(cell.translate(_INVISIBLE).split())


def _check_cell(field: str, value: str, needed: bool) -> None:
    if needed and not value:
        raise Problem("empty", field)
    if len(value) > LONGEST:
        raise Problem("too_long", field, limit=LONGEST)
    if value in _EXCEL_ERRORS:
        raise Problem("excel_error", field)
    if not value.isprintable() or "\ufffd" in value:
        raise Problem("unreadable", field)


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
