"""Excel workbooks: the first sheet, as text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from storage.imports.report import ImportRefused
from storage.imports.sheet import MEGABYTES, Line


def workbook_lines(path: Path) -> Iterator[Line]:
    """The rows of the first sheet. Raises ImportRefused when the file is damaged or unpacks to too much."""
    try:
        _refuse_bombs(path)
        yield from _rows(path)
    except (BadZipFile, KeyError, ValueError, EOFError, ParseError) as error:
        raise ImportRefused("workbook", file=path.name) from error


def _refuse_bombs(path: Path) -> None:
    with ZipFile(path) as archive:
        if sum(part.file_size for part in archive.infolist()) > MEGABYTES * 1024 * 1024:
            raise ImportRefused("too_large", file=path.name, limit=MEGABYTES)


def _rows(path: Path) -> Iterator[Line]:
    from openpyxl import load_workbook  # 0.2 s

    book = load_workbook(path, read_only=True, data_only=True)
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its size is often wrong
        width = 0  # empty cells at the end of a row are not in the file; nothing was cut off
        for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
            cells = [_text(cell) for cell in row]
            width = width or (len(cells) if any(cells) else 0)
            yield Line(number, cells + [""] * (width - len(cells)))
    finally:
        book.close()


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
