"""Excel workbooks: the first sheet, as text. What the file is called doesn't matter."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import date, datetime, time
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

from storage.imports.report import ImportRefused
from storage.imports.sheet import MEGABYTES, Line

if TYPE_CHECKING:
    from openpyxl import Workbook

_SHEETS = "xl/worksheets/"
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_CHUNK = 1 << 20  # bytes
_Row = Sequence[Any]


def workbook_lines(path: Path, sheet: str = "") -> Iterator[Line]:
    """The rows of the first sheet, or of the one of this name. Raises ImportRefused for a damaged or too large file.

    A formula whose result isn't in the file stands there as itself: "=A2*B2".
    """
    try:
        yield from _rows(path, sheet, has_formulas=_looked_into(path))
    except ImportRefused:
        raise
    except Exception as error:  # openpyxl lets out whatever a damaged file leads to: from KeyError to zlib.error
        raise ImportRefused("workbook", file=path.name) from error


def _looked_into(path: Path) -> bool:
    """Whether there is a formula on any sheet. Raises ImportRefused for too much content."""
    with ZipFile(path) as archive:
        if sum(part.file_size for part in archive.infolist()) > MEGABYTES * 1024 * 1024:
            raise ImportRefused("too_large", file=path.name, limit=MEGABYTES)
        return any(_has_formula(archive, name) for name in archive.namelist() if name.startswith(_SHEETS))


def _has_formula(archive: ZipFile, name: str) -> bool:
    with archive.open(name) as sheet:
        before = b""
        while chunk := sheet.read(_CHUNK):
            if _FORMULA.search(before + chunk):
                return True
            before = chunk[-64:]  # a tag may lie across two chunks
    return False


def _rows(path: Path, sheet: str, *, has_formulas: bool) -> Iterator[Line]:
    with ExitStack() as stack:
        results = _sheet(path, sheet, stack, results=True)
        formulas: Iterator[_Row] = _sheet(path, sheet, stack, results=False) if has_formulas else repeat(())
        width = 0  # empty cells at the end of a row are not in the file; nothing was cut off
        for number, (row, said) in enumerate(zip(results, formulas, strict=False), 1):
            cells = [_text(cell) for cell in _with_formulas(row, said)]
            width = max(width, len(cells))
            yield Line(number, cells + [""] * (width - len(cells)))


def _sheet(path: Path, name: str, stack: ExitStack, *, results: bool) -> Iterator[_Row]:
    """Rows of one sheet: formulas as their results, or as they were written."""
    book = _book(stack.enter_context(path.open("rb")), results=results)
    stack.callback(book.close)
    sheet = _named(book, name, path)
    sheet.reset_dimensions()  # what the file says of its size is often wrong
    rows: Iterator[_Row] = sheet.iter_rows(values_only=True)
    return rows


def _named(book: Workbook, name: str, path: Path) -> Any:
    sheets = {sheet.title.strip(): sheet for sheet in book.worksheets}
    if not name:
        return book.worksheets[0]
    if name not in sheets:
        raise ImportRefused("no_sheet", file=path.name, sheet=name, found="、".join(sheets))
    return sheets[name]


def _book(file: Any, *, results: bool) -> Workbook:
    """An open file, since of a path openpyxl looks at the ending, and CRMs export workbooks as .xls."""
    from openpyxl import load_workbook  # 0.2 s

    with warnings.catch_warnings():  # of styles, which nobody reads here
        warnings.simplefilter("ignore")
        return load_workbook(file, read_only=True, data_only=results)


def _with_formulas(row: _Row, said: _Row) -> Iterator[Any]:
    """The results; where there is none, the formula."""
    for at, cell in enumerate(row):
        written = said[at] if cell is None and at < len(said) else None
        yield written if cell is None and isinstance(written, str) and written.startswith("=") else cell


def _text(cell: Any) -> str:
    """As a person reads it: whole numbers without a point, dates as ISO."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str(cell).split())  # a line break inside a cell is a space
