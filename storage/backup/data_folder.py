"""Which files of the data folder belong to a backup, and how they come back."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

STAGING = ".restore-"  # beginning of the folder in which a backup is unpacked, below the data folder
LAST = "files"  # a file moves from uploads/ to here when its message is answered: looked at last, it isn't missed
PEOPLES = ("files", "uploads")  # folders with what people sent
# each process has an index of its own; weights are joined from their packages; the sample's links sign people in;
# the warehouse is a copy of our rows, and exports are made of them
_MADE_AGAIN = re.compile(
    r"vectors(-\d+)?(\.lock)?|sample_links\.json|models/whisper-base-[0-9a-f]{12}(\.\d+)?|warehouse|exports"
)
_LOGS = (".log",)


def files_of(data: Path, database: Path | None) -> Iterator[tuple[str, Path]]:
    """Relative name and path of each file to keep. Not: vectors and joined weights, which are made again; the sample's
    sign-in links; logs; the SQLite `database`.
    """
    for top in sorted(_entries(data), key=lambda path: (path.name == LAST, path.name)):
        if _MADE_AGAIN.fullmatch(top.name) or top.name.startswith(STAGING):
            continue
        for path in _below(top):
            name = path.relative_to(data)
            made_again = _MADE_AGAIN.fullmatch("/".join(name.parts[:2]))
            if not made_again and not _is_database(path, database) and path.suffix not in _LOGS:
                yield name.as_posix(), path


def sent_by_people(data: Path) -> bool:
    """Whether there are files that somebody sent."""
    return any(True for folder in PEOPLES for _ in _below(data / folder))


def place_new(unpacked: Path, data: Path) -> None:
    """Bring in files that aren't there. What is there stays, so that until the rows change nothing has changed."""
    for path in list(_below(unpacked)):
        target = data / path.relative_to(unpacked)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(path, target)  # the folder may be a link to another disk


def place_changed(unpacked: Path, data: Path) -> None:
    """Bring in the rest, one after the other."""
    for path in list(_below(unpacked)):
        shutil.move(path, data / path.relative_to(unpacked))


def remove_strangers(data: Path, names: frozenset[str]) -> None:
    """Delete what people sent after the backup: no row knows it any more."""
    for folder in PEOPLES:
        for path in list(_below(data / folder)):
            if path.relative_to(data).as_posix() not in names:
                path.unlink(missing_ok=True)


def remove_leftovers(data: Path) -> None:
    """Delete what a restore that was cut had unpacked."""
    for path in _entries(data):
        if path.name.startswith(STAGING):
            shutil.rmtree(path)


def sync_folder(folder: Path) -> None:
    """Names in the folder are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _entries(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []


def _below(path: Path, above: frozenset[Path] = frozenset()) -> Iterator[Path]:
    """Plain files; sockets and pipes hold nothing. Links are followed: a folder may have been put on a larger disk."""
    if path.is_file():
        yield path
    elif path.is_dir() and (real := path.resolve()) not in above:
        for inner in sorted(_entries(path)):
            yield from _below(inner, above | {real})


def _is_database(path: Path, database: Path | None) -> bool:
    return (
        database is not None
        and path.name in {database.name + ending for ending in ("", "-wal", "-shm", "-journal")}
        and path.parent.resolve() == database.parent.resolve()
    )
