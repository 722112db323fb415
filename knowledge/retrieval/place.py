"""A folder for the index of this process alone.

The embedded vector store takes one process for each folder: another one's deletions would not be seen. So the first
process takes the folder itself, the next one folder-2 and so on, and one that is free again is used again.
"""

import fcntl
import itertools
from pathlib import Path
from typing import IO


class Place:
    """Found at the first use, and held until `release` or the end of the process, whatever ends it."""

    def __init__(self, wanted: Path) -> None:
        self._wanted = wanted
        self._held: tuple[Path, IO[bytes]] | None = None

    @property
    def folder(self) -> Path:
        """The folder: the wanted one, or the first of its successors that nobody holds."""
        if self._held is None:
            self._held = _claim(self._wanted)
        return self._held[0]

    @property
    def is_held(self) -> bool:
        """Whether a folder is held, so that something in it may be open."""
        return self._held is not None

    def release(self) -> None:
        """Leave the folder to others. Nothing in it may be open any more."""
        held, self._held = self._held, None
        if held is not None:
            held[1].close()


def _claim(wanted: Path) -> tuple[Path, IO[bytes]]:
    wanted.parent.mkdir(parents=True, exist_ok=True)
    for number in itertools.count(1):
        folder = wanted if number == 1 else wanted.with_name(f"{wanted.name}-{number}")
        # Beside the folder, because the folder is a cache that anybody may delete.
        lock = folder.with_name(f"{folder.name}.lock").open("ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
        else:
            return folder, lock
    raise AssertionError("count never ends")
