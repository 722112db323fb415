"""Tables drawn in columns, for a fence: mrkdwn has none. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.common.tables import Table
from adapters.common.text import columns

WIDTH = 56  # columns that a phone shows in a fence without breaking the line


def drawn(table: Table, rows: Sequence[Sequence[str]]) -> list[str]:
    """`rows`, which are the table's without marks, in aligned columns; [] when a fence can't show them.

    It would lose a link's address, and a phone would break lines that are too wide.
    """
    count = len(table.rows[0])
    even = [[*row, *[""] * count][:count] for row in rows]
    widths = [max(columns(row[number]) for row in even) for number in range(count)]
    too_wide = sum(widths) + 3 * (count - 1) > WIDTH or any(len(row) > count for row in rows)
    return [] if too_wide or _has_links(table) else [_padded(row, widths) for row in even]


def _has_links(table: Table) -> bool:
    return any("](" in cell or "://" in cell for row in table.rows for cell in row)


def _padded(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell + " " * (width - columns(cell)) for cell, width in zip(cells, widths, strict=True))
    return " │ ".join(padded).rstrip()
