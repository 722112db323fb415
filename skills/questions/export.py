"""The table as a file: CSV (UTF-8 with the mark that Excel wants) or a workbook. No cell is ever run as a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from typing import Any, Literal

from knowledge.spreadsheet import guarded
from skills.questions.answer import Answer
from skills.questions.remarks import remarks
from skills.questions.sentences import headline
from skills.questions.table import Table, table

Kind = Literal["csv", "xlsx"]
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # workbooks can't hold them
MEDIA = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def exported(answer: Answer, kind: Kind) -> bytes:
    """The whole table, then what was answered and what belongs beside it. Blocking."""
    found, text = table(answer), answer.names.text
    left = [text("file.more", count=found.more)] if found.more and not answer.plan.limit else []
    notes = [headline(answer), *remarks(answer), *left, text("how.sensitive")]
    return _csv(found, notes) if kind == "csv" else _workbook(found, notes, answer.names.text("sheet"))


def _csv(found: Table, notes: Sequence[str]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([guarded(head.text) for head in found.heads])
    writer.writerows([_cell(one.value, one.text) for one in line.cells] for line in found.lines)
    writer.writerow([])
    writer.writerows([guarded(note)] for note in notes)
    return out.getvalue().encode("utf-8-sig")


def _cell(value: Any, text: str) -> str:
    """Numbers as they are, so that a spreadsheet can compute with them; everything else as it is read."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return guarded(text if value not in (None, "") else "")
    return f"{value:.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def _workbook(found: Table, notes: Sequence[str], title: str) -> bytes:
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active or book.create_sheet()
    sheet.title = title
    sheet.append([head.text for head in found.heads])
    for line in found.lines:
        sheet.append([_typed(one.value, one.text) for one in line.cells])
    sheet.append([])
    for note in notes:
        sheet.append([_CONTROL.sub("", note)])
    for row in sheet.iter_rows():
        for one in row:
            if isinstance(one.value, str):
                one.data_type = "s"  # text, whatever it begins with
    for one in sheet[1]:
        one.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    for number in range(1, len(found.heads) + 1):
        sheet.column_dimensions[get_column_letter(number)].width = 18
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _typed(value: Any, text: str) -> Any:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    return _CONTROL.sub("", text) if value not in (None, "") else None
