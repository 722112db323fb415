"""One file: read again whole when it has changed. Rows that came before cost a comparison, no more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from adapters.sources.faults import unavailable
from adapters.sources.file_rows import file_rows, stamp
from adapters.sources.places import Places
from bot.contracts.sources import Batch, Origin, RawRow, TableFiles


class FileReader:
    """Fulfils `Reader` for `kind: file`. A position is {"stamp", "at": rows that were read, "done"}."""

    def __init__(self, places: Places, files: TableFiles, batch_rows: int) -> None:
        self._places, self._files, self._batch_rows = places, files, batch_rows

    def read(self, origin: Origin, position: Any) -> Iterator[Batch]:
        """Nothing when the file is as it was; else all of it."""
        path = self._path(origin)
        now, before = stamp(path), position or {}
        if before.get("done") and before.get("stamp") == now:
            return
        at = before.get("at", 0) if before.get("stamp") == now else 0
        if before and not before.get("done") and before.get("stamp") != now:
            yield Batch((), {"stamp": now, "at": 0, "done": False}, anew=True)
        notes = _notes(path, now, before)
        for batch in batches(self._files, path, origin.options, at, self._batch_rows):
            at += len(batch)
            yield Batch(batch, {"stamp": now, "at": at, "done": False}, notes)
            notes = ()
        if stamp(path) != now:
            raise unavailable("changing", path=path.name)
        yield Batch((), {"stamp": now, "at": at, "done": True})

    def look(self, origin: Origin, rows: int) -> Sequence[RawRow]:
        """The first rows."""
        return list(islice(file_rows(self._files, self._path(origin), origin.options), rows))

    def _path(self, origin: Origin) -> Path:
        path = self._places.find(str(origin.options.get("path") or ""))
        if not path.is_file():
            raise unavailable("no_file", path=origin.options.get("path"), looked=path)
        return path


def batches(
    files: TableFiles, path: Path, options: Mapping[str, Any], skip: int, size: int, place: str = ""
) -> Iterator[list[RawRow]]:
    """Rows after the first `skip`, some at a time."""
    rest = islice(file_rows(files, path, options), skip, None)
    while batch := list(islice(rest, size)):
        yield [replace(row, place=place) for row in batch] if place else batch


def _notes(path: Path, now: Sequence[int], before: Mapping[str, Any]) -> tuple[tuple[str, Mapping[str, object]], ...]:
    """A file that shrank lost rows, or is being written: nothing is deleted for that, but somebody should know."""
    size = (before.get("stamp") or [0])[0]
    return (("shrunk", {"file": path.name, "before": size, "now": now[0]}),) if now[0] < size else ()
