"""A watched folder: files that are new or changed, each when it is finished."""

from __future__ import annotations

import fnmatch
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from adapters.sources.faults import unavailable
from adapters.sources.file import batches
from adapters.sources.file_rows import TEXTS, file_rows, form_of, stamp
from adapters.sources.places import Places
from bot.contracts.errors import SourceRefused
from bot.contracts.sources import Batch, Origin, RawRow, TableFiles

UNFINISHED = (".tmp", ".part", ".partial", ".crdownload", ".download", ".filepart", ".swp", ".lock")
PATIENCE_SECONDS = 600  # a file whose end looks cut off is taken as it is when it hasn't grown for so long
_TAIL = 64  # bytes


class FolderReader:
    """Fulfils `Reader` for `kind: folder`. A position is {"files": {name: stamp}, "now": the file under way}."""

    def __init__(
        self,
        places: Places,
        files: TableFiles,
        batch_rows: int,
        settle_seconds: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._places, self._files, self._batch_rows = places, files, batch_rows
        self._settle_seconds, self._clock = settle_seconds, clock

    def read(self, origin: Origin, position: Any) -> Iterator[Batch]:
        """Every file that isn't as it was, by name; one that is still being written waits for the next look."""
        folder = self._folder(origin)
        done: dict[str, Sequence[int]] = dict((position or {}).get("files", {}))
        under_way: Mapping[str, Any] = (position or {}).get("now") or {}
        for path in self._listed(folder, origin.options):
            name, now = path.relative_to(folder).as_posix(), stamp(path)
            if done.get(name) == now:
                continue
            if not self._is_finished(path, origin.options):
                yield Batch((), {"files": done, "now": under_way}, (("half_written", {"file": name}),))
                continue
            at = under_way.get("at", 0) if under_way.get("name") == name and under_way.get("stamp") == now else 0
            try:
                for batch in batches(self._files, path, origin.options, at, self._batch_rows, name):
                    at += len(batch)
                    yield Batch(batch, {"files": done, "now": {"name": name, "stamp": now, "at": at}})
            except SourceRefused as error:  # one file that can't be read doesn't keep the others away
                yield Batch((), {"files": {**done, name: now}}, (("file_refused", {"file": name, "why": str(error)}),))
            if stamp(path) == now:
                done = {**done, name: now}
            under_way = {}
            yield Batch((), {"files": done, "now": under_way})

    def look(self, origin: Origin, rows: int) -> Sequence[RawRow]:
        """The first rows of the newest file."""
        paths = self._listed(self._folder(origin), origin.options)
        if not paths:
            return []
        newest = max(paths, key=lambda path: path.stat().st_mtime_ns)
        return list(islice(file_rows(self._files, newest, origin.options), rows))

    def _folder(self, origin: Origin) -> Path:
        folder = self._places.find(str(origin.options.get("path") or ""))
        if not folder.is_dir():
            raise unavailable("no_folder", path=origin.options.get("path"))
        return folder

    def _listed(self, folder: Path, options: Mapping[str, Any]) -> list[Path]:
        """Files whose names fit, without hidden ones, links that lead out, and what programs leave while they write."""
        pattern = str(options.get("files") or "*")
        names = [path for path in sorted(folder.iterdir()) if fnmatch.fnmatch(path.name, pattern)]
        root = folder.resolve()
        return [path for path in names if _is_wanted(path) and path.resolve().is_relative_to(root)]

    def _is_finished(self, path: Path, options: Mapping[str, Any]) -> bool:
        rested = self._clock() - path.stat().st_mtime
        if rested < self._settle_seconds:
            return False
        return rested > PATIENCE_SECONDS or _ends_well(path, form_of(path, options))


def _is_wanted(path: Path) -> bool:
    hidden = path.name.startswith((".", "~$"))
    return not hidden and not path.name.lower().endswith(UNFINISHED) and path.is_file()


def _ends_well(path: Path, form: str) -> bool:
    """Whether the end of a file is one: a line's end, a closing bracket, the mark that its kind ends with."""
    with path.open("rb") as file:
        head = file.read(4)
        file.seek(max(0, path.stat().st_size - _TAIL))
        tail = file.read()
    if head == b"PK\x03\x04":
        return zipfile.is_zipfile(path)
    if form == "parquet":
        return tail.endswith(b"PAR1")
    if form in TEXTS:
        return any(mark in tail[-2:] for mark in (b"\n", b"\r"))
    return tail.rstrip(b"\0 \r\n\t").endswith((b"]", b"}"))
