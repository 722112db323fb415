"""Rows from elsewhere: what a reader of files, databases or services hands over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

KINDS = ("file", "folder", "database", "rest")  # of origins


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a source's rows are: the `from` of its definition. Secrets are references, never values."""

    kind: str  # one of KINDS
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row as it came. Values are what JSON can say; money and dates are still text or numbers of the source."""

    line: int  # in the file; elsewhere its number within the load
    data: Mapping[str, Any]
    problem: str = ""  # locale key: why it couldn't be split into fields; `data` then holds what was readable
    details: Mapping[str, object] = field(default_factory=dict)
    place: str = ""  # the file, where a source has several


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows, and where to go on after them."""

    rows: Sequence[RawRow]
    position: Any = None  # JSON; only the reader knows what it means
    notes: Sequence[tuple[str, Mapping[str, object]]] = ()  # what people should know: locale key, values
    goes_on: bool = True  # whether the next load would go on after it; else it would begin at an earlier place again
    anew: bool = False  # what this load has read before is there no more: the file is another one


@dataclass(frozen=True, slots=True)
class Form:
    """How a file of rows is written, where its owner says so. "" is found out."""

    encoding: str = ""  # a codec of Python
    separator: str = ""
    sheet: str = ""  # of a workbook; "" is its first


class Line(Protocol):
    """One row of a table before its header is known."""

    @property
    def number(self) -> int:
        """Its first line in the file."""
        ...

    @property
    def last(self) -> int:
        """Its last line."""
        ...

    @property
    def cells(self) -> Sequence[str]:
        """As text."""
        ...

    @property
    def broken(self) -> bool:
        """Whether it can't be split into cells."""
        ...


class TableFiles(Protocol):
    """Reads CSV files and workbooks row by row, and finds out how texts are encoded. Raises BadInput."""

    def lines(self, path: Path, known: Callable[[str], bool], form: Form) -> Iterator[Line]:
        """All rows that aren't empty. `known` tells headers from other text, to find the separator."""
        ...

    def encoding(self, path: Path) -> str:
        """Of a text: a codec of Python."""
        ...


class Reader(Protocol):
    """Reads one kind of origin. Blocking: callers give it a thread of its own."""

    def read(self, origin: Origin, position: Any) -> Iterator[Batch]:
        """What came since `position` (None: everything), in pieces; after each that `goes_on` one may stop until later.

        The last batch's position is where the next load begins. Raises SourceUnavailable (try again later) or
        SourceRefused (a person must act); both say what to do.
        """
        ...

    def look(self, origin: Origin, rows: int) -> Sequence[RawRow]:
        """The first rows, for suggestions and previews. Raises the same."""
        ...
