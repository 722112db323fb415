"""Rows from elsewhere: what a reader of files, databases or services hands over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a source's rows are: the `from` of its definition. Secrets are references, never values."""

    kind: str  # "file", "folder", "database" or "rest"
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row as it came. Values are what JSON can say; money and dates are still text or numbers of the source."""

    line: int  # in the file; elsewhere its number within the load
    data: Mapping[str, Any]
    problem: str = ""  # locale key: why it couldn't be split into fields; `data` then holds what was readable
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows, and where to go on after them."""

    rows: Sequence[RawRow]
    position: Any = None  # JSON; only the reader knows what it means


class Reader(Protocol):
    """Reads one kind of origin. Blocking: callers give it a thread of its own."""

    def read(self, origin: Origin, position: Any) -> Iterator[Batch]:
        """What came since `position` (None: everything), in pieces; after each piece one may stop and go on later.

        The last batch's position is where the next load begins. Raises SourceUnavailable (try again later) or
        SourceRefused (a person must act); both say what to do.
        """
        ...

    def look(self, origin: Origin, rows: int) -> Sequence[RawRow]:
        """The first rows, for suggestions and previews. Raises the same."""
        ...
