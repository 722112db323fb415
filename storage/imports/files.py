"""The readers of CSV files and workbooks, for sources: adapters get them handed in, and needn't know storage."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from bot.contracts.sources import Form
from storage.imports.encodings import find_encoding
from storage.imports.sheet import Line, read_lines


class ImportedTables:
    """Fulfils `TableFiles`: what people import by hand and what sources load is read by the same code."""

    def __init__(self, most: int) -> None:
        """`most`: rows of one file."""
        self._most = most

    def lines(self, path: Path, known: Callable[[str], bool], form: Form) -> Iterator[Line]:
        """All rows that aren't empty. Raises ImportRefused."""
        return read_lines(path, known, self._most, form)

    def encoding(self, path: Path) -> str:
        """Raises ImportRefused when it is none that we know."""
        return find_encoding(path)
