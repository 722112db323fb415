"""Tables whose cells are one line each. Lengths are in points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from skills.briefing.deck_content import Grid
from skills.briefing.deck_letters import INK, describe
from skills.briefing.deck_measure import LEADING, Box, Fitted, one_line, width
from skills.briefing.deck_shapes import LINE, Pen, place

BESIDE, ABOVE = 9.0, 5.0  # margins within a cell
_NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # "no style, no grid", known to every programme


def draw_table(pen: Pen, grid: Grid, box: Box, *, size: float = 13, name: str = "") -> float:
    """Returns its height. Rows that the box has no room for are left out."""
    row = size * LEADING + 2 * ABOVE
    rows = (grid.head, *grid.rows[: max(1, int(box.height // row) - 1)])
    room = Box(box.left, box.top, box.width, row * len(rows))
    shape: Any = pen.slide.shapes.add_table(len(rows), len(grid.head), *place(room))
    describe(shape, name)
    _plain(shape)
    _sized(shape.table, widths := columns(grid, box.width, size), row)
    for at, cells in enumerate(rows):
        for cell, text, points, right in zip(shape.table.rows[at].cells, cells, widths, grid.right, strict=True):
            _filled(pen, cell, text, points - 2 * BESIDE, size, head=at == 0, right=right)
    return room.height


def columns(grid: Grid, room: float, size: float) -> list[float]:
    """Widths of a table's columns: what their longest cell wants, the longest giving way where room is short."""
    wanted = [
        max(width(text, size, bold=at == 0) for at, text in enumerate(column)) + 2 * BESIDE + 1
        for column in zip(grid.head, *grid.rows, strict=True)
    ]
    spare = room - sum(wanted)
    if spare >= 0:
        return [one + spare / len(wanted) for one in wanted]
    most = _level(wanted, room)
    return [min(one, most) for one in wanted]


def _level(wanted: Sequence[float], room: float) -> float:
    """The width above which columns are cut, so that all together take the room."""
    left, room_left = sorted(wanted), room
    while left and left[0] <= room_left / len(left):
        room_left -= left.pop(0)
    return room_left / len(left) if left else room


def _sized(table: Any, widths: Sequence[float], row: float) -> None:
    from pptx.util import Pt

    for column, points in zip(table.columns, widths, strict=True):
        column.width = Pt(points)
    for one in table.rows:
        one.height = Pt(row)


def _filled(pen: Pen, cell: Any, text: str, room: float, size: float, *, head: bool, right: bool) -> None:
    from pptx.enum.text import MSO_ANCHOR
    from pptx.util import Pt

    short = one_line(text, size, room, bold=head)
    if short != " ".join(text.split()):
        pen.shortened.append(text)
    cell.margin_left = cell.margin_right = Pt(BESIDE)
    cell.margin_top = cell.margin_bottom = Pt(ABOVE)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    cell.fill.background()
    colour, align = pen.soft if head else INK, "RIGHT" if right else "LEFT"
    pen.write(cell.text_frame, Fitted(short, size, 1), colour=colour, bold=head, align=align)
    _ruled(cell)


def _plain(shape: Any) -> None:
    """No style of a table: every cell says for itself how it looks, in all programmes alike."""
    from pptx.oxml.ns import qn

    shape.table.horz_banding = False
    for style in shape.element.iter(qn("a:tableStyleId")):
        style.text = _NO_STYLE


def _ruled(cell: Any) -> None:
    """A line below."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    properties = cell._tc.get_or_add_tcPr()
    line = (
        f'<a:lnB {nsdecls("a")} w="{round(LINE * 12700)}"><a:solidFill><a:schemeClr val="tx2"><a:lumMod val="40000"/>'
        '<a:lumOff val="60000"/></a:schemeClr></a:solidFill></a:lnB>'
    )
    properties.insert(0, parse_xml(line))
