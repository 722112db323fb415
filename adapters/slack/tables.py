"""Markdown tables: narrow ones are drawn in columns, wide ones become lists. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

WIDTH = 56  # columns that a phone shows in a fence without breaking the line
_RULE_CELL = re.compile(r":?-+:?")


@dataclass(frozen=True, slots=True)
class Table:
    """Cells as they were written; the first row is the heads."""

    rows: tuple[tuple[str, ...], ...]
    lines: int  # of the text, that the table takes

    @property
    def has_links(self) -> bool:
        """Whether drawing it in a fence would lose an address."""
        return any("](" in cell or "://" in cell for row in self.rows for cell in row)

    def drawn(self, rows: Sequence[Sequence[str]]) -> list[str]:
        """`rows`, which are these without marks, in aligned columns; [] when that is too wide for a phone."""
        count = len(self.rows[0])
        even = [[*row, *[""] * count][:count] for row in rows]
        widths = [max(columns(row[number]) for row in even) for number in range(count)]
        if sum(widths) + 3 * (count - 1) > WIDTH or any(len(row) > count for row in rows):
            return []
        return [_padded(row, widths) for row in even]

    def as_list(self, plain: Callable[[str], str]) -> list[str]:
        """One Markdown line a row: the first cell in bold, then "head value" for every other that says something."""
        heads, *rest = self.rows
        if not rest:
            return ["；".join(head for head in heads if head)]
        return [_item(heads, row, plain) for row in rest]


def read_table(lines: Sequence[str], position: int) -> Table | None:
    """The table that begins at this line; None when none does."""
    if not _starts_table(lines, position):
        return None
    end = position + 2
    while end < len(lines) and "|" in lines[end]:
        end += 1
    rows = (lines[position], *lines[position + 2 : end])
    return Table(tuple(_cells(row) for row in rows), end - position)


def columns(text: str) -> int:
    """How wide a text is in a fence: Chinese characters take two columns."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def _starts_table(lines: Sequence[str], position: int) -> bool:
    if "|" not in lines[position] or position + 1 >= len(lines) or "-" not in lines[position + 1]:
        return False
    return all(_RULE_CELL.fullmatch(cell) for cell in _cells(lines[position + 1]))


def _cells(line: str) -> tuple[str, ...]:
    inner = line.strip().removeprefix("|")
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return tuple(cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", inner))


def _padded(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell + " " * (width - columns(cell)) for cell, width in zip(cells, widths, strict=True))
    return " │ ".join(padded).rstrip()


def _item(heads: Sequence[str], row: Sequence[str], plain: Callable[[str], str]) -> str:
    names = [*heads, *[""] * (len(row) - len(heads))]
    rest = "；".join(f"{plain(name)} {cell}".strip() for name, cell in zip(names[1:], row[1:], strict=False) if cell)
    label = plain(row[0])
    return "：".join(part for part in (f"**{label}**" if label else "", rest) if part)
