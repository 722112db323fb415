"""Ready-made paths: one row for each path, with how many journeys took it and how they ended."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from knowledge.journeys.paths import Paths
from knowledge.journeys.reading.again import ReadAgain, ahead
from knowledge.journeys.reading.channels import ChannelNames
from knowledge.journeys.reading.found import Found
from knowledge.journeys.reading.plain_csv import BLOCK_BYTES, batches
from knowledge.journeys.reading.table import Table, open_table

if TYPE_CHECKING:
    from knowledge.journeys.paths import Floats

T = TypeVar("T")
NEEDED, OPTIONAL = ("path", "total_conversions"), ("total_conversion_value", "total_null")
WEIGHTS = ("total_conversions", *OPTIONAL)


@dataclass
class PathFile:
    """A file of paths; iterating reads it from the beginning, a plain CSV the quick way.

    Iterating raises BadInput that names the line of a bad number, and ReadAgain once when the quick way failed.
    """

    path: Path
    memory_mb: int = 0
    thorough: bool = False
    found: Found = field(default_factory=Found)

    def __iter__(self) -> Iterator[Paths]:
        """Chunks, channels numbered as they appear."""
        self.found = Found()
        return self._ahead(self._thoroughly() if self.thorough else self._quickly())

    def _ahead(self, chunks: Generator[T, None, None]) -> Generator[T, None, None]:
        """In a thread of its own, unless the file is a single chunk: there is nothing to be ahead of."""
        small = self.path.is_file() and self.path.stat().st_size < BLOCK_BYTES
        return chunks if small else ahead(chunks)

    def _quickly(self) -> Generator[Paths, None, None]:
        names = ChannelNames()
        try:
            with closing(self._ahead(batches(self.path, "path", WEIGHTS, NEEDED))) as read:
                for columns in read:
                    yield self._chunk(columns, names)
        except ValueError as error:  # pyarrow's errors are ValueErrors, too
            self.thorough = True
            raise ReadAgain(str(error)) from error

    def _thoroughly(self) -> Generator[Paths, None, None]:
        names = ChannelNames()
        with open_table(self.path, NEEDED, OPTIONAL, self.memory_mb) as table:
            for name in WEIGHTS:
                _check(table, name)
            weights = [f"coalesce({table.number(name)}, 0)" if table.has(name) else "0::DOUBLE" for name in WEIGHTS]
            for batch in table.batches(f"SELECT {table.sql('path')}, {', '.join(weights)} FROM {table.source}"):  # noqa: S608  # names are quoted
                numbers = [batch.column(place).to_numpy(zero_copy_only=False) for place in (1, 2, 3)]
                yield self._chunk((batch.column(0), *numbers), names)

    def _chunk(self, columns: tuple[Any, ...], names: ChannelNames) -> Paths:
        import numpy as np

        tokens, lengths = names.split(columns[0])
        won, value, lost = columns[1:]
        kept = lengths > 0
        self._note(won, value, kept)
        value = np.where(won > 0, value, 0.0)
        if not kept.all():
            lengths, won, value, lost = (column[kept] for column in (lengths, won, value, lost))
        starts = np.concatenate(([0], np.cumsum(lengths)))
        return Paths(names.names, tokens, starts, won, value, lost)

    def _note(self, won: Floats, value: Floats, kept: Any) -> None:
        self.found.rows += len(won)
        self.found.empty += int((~kept).sum())
        self.found.lost_conversions += float(won[~kept].sum())
        self.found.unconverted_value += float(value[won == 0].sum())


def _check(table: Table, name: str) -> None:
    """A blank number is 0; text, negative and endless ones are refused."""
    if table.has(name):
        number = table.number(name)
        table.refuse(name, f"{table.given(name)} AND ({number} IS NULL OR NOT isfinite({number}) OR {number} < 0)")
