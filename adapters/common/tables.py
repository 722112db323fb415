"""Tables of Markdown: found, read, and said as lists where a platform shows none. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from adapters.common.language import language

_RULE_CELL = re.compile(r":?-+:?")


@dataclass(frozen=True, slots=True)
class Table:
    """Cells as they were written; the first row is the heads."""

    rows: tuple[tuple[str, ...], ...]
    lines: int  # of the text, that the table takes

    def as_list(self, plain: Callable[[str], str]) -> list[str]:
        """One line of Markdown a row: the first cell in bold, then "head value" for every other that says something.

        `plain` takes the marks from a label.
        """
        heads, *rest = self.rows
        words = " ".join(cell for row in self.rows for cell in row)
        colon, semicolon = ("：", "；") if language(words) == "zh" else (": ", "; ")
        if not rest:
            return [semicolon.join(head for head in heads if head)]
        return [_item(heads, row, plain, colon, semicolon) for row in rest]


def read_table(lines: Sequence[str], position: int) -> Table | None:
    """The table that begins at this line; None when none does."""
    if not _starts_table(lines, position):
        return None
    end = position + 2
    while end < len(lines) and "|" in lines[end]:
        end += 1
    rows = (lines[position], *lines[position + 2 : end])
    return Table(tuple(_cells(row) for row in rows), end - position)


def _starts_table(lines: Sequence[str], position: int) -> bool:
    if "|" not in lines[position] or position + 1 >= len(lines) or "-" not in lines[position + 1]:
        return False
    return all(_RULE_CELL.fullmatch(cell) for cell in _cells(lines[position + 1]))


def _cells(line: str) -> tuple[str, ...]:
    inner = line.strip().removeprefix("|")
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return tuple(cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", inner))


def _item(heads: Sequence[str], row: Sequence[str], plain: Callable[[str], str], colon: str, semicolon: str) -> str:
    names = [*heads, *[""] * (len(row) - len(heads))]
    pairs = zip(names[1:], row[1:], strict=False)
    rest = semicolon.join(f"{plain(name)} {cell}".strip() for name, cell in pairs if cell)
    label = plain(row[0])
    return colon.join(part for part in (f"**{label}**" if label else "", rest) if part)
