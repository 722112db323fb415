"""Collects what is wrong with a row, so that whoever mends it mends it once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from storage.imports.report import Problem
from storage.imports.table import TableRow

T = TypeVar("T")


class Faults:
    """The problems of one row; those that any kind of list knows are there from the start."""

    def __init__(self, row: TableRow) -> None:
        self.problems: list[Problem] = list(row.problems)
        # Cells that are bad already, or all of them when the row can't be split, aren't read again.
        self._bad = {problem.field for problem in row.problems}

    def read(self, readers: Mapping[str, Callable[[], T]]) -> dict[str, T]:
        """The value of each field that can be read; the others become problems."""
        found: dict[str, T] = {}
        for field, reader in readers.items():
            try:
                if self.may_read(field):
                    found[field] = reader()
            except Problem as problem:
                self.problems.append(problem)
        return found

    def check(self, wrong: bool, key: str, field: str, **values: object) -> None:
        """Note a problem if something is wrong with a field that could be read."""
        if wrong and self.may_read(field):
            self.problems.append(Problem(key, field, **values))

    def may_read(self, field: str) -> bool:
        """Whether the cell is there and nothing is known against it."""
        return "" not in self._bad and field not in self._bad
