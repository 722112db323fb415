"""A generation's vectors in one plain file, so that a start needs no vector store.

The store remains the record. The copy says of which texts and model its vectors are, and how the store's files
looked when the two agreed; a copy that is missing, damaged or of another generation is simply not used.
"""

import hashlib
import os
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import structlog

from knowledge.retrieval.embedder import Matrix

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class WarmCopy:
    """All vectors of one generation."""

    generation: str
    """See `generation_of`."""
    store: str
    """`appearance` of the store's folder when it held these vectors."""
    rows: Matrix
    """One for each of the generation's keys."""


def generation_of(embedder: str, keys: Sequence[str]) -> str:
    """Names the vectors of these keys in this order."""
    return hashlib.sha256("\n".join([embedder, *keys]).encode()).hexdigest()


def write_copy(file: Path, copy: WarmCopy) -> None:
    """Replace the file in one step. A copy that can't be written is no loss but of time at the next start."""
    beside = file.with_suffix(".new")
    try:
        with beside.open("wb") as stream:
            np.savez(stream, generation=np.array(copy.generation), store=np.array(copy.store), rows=copy.rows)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(file)
    except OSError as error:
        log.warning("warm_copy_not_written", file=file.name, error=str(error))


def read_copy(file: Path, generation: str) -> WarmCopy | None:
    """The copy, or None when there is none of this generation. The file's own checksums are verified."""
    try:
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as content:
            copy = WarmCopy(str(content["generation"]), str(content["store"]), content["rows"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    return copy if copy.generation == generation else None


def appearance(folder: Path) -> str:
    """Names, sizes and times of all files below a folder: what changes when somebody deletes or spoils one."""
    try:
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        looks = [(path.relative_to(folder).as_posix(), path.stat()) for path in files]
    except OSError:
        return ""
    return "\n".join(f"{name} {status.st_size} {status.st_mtime_ns}" for name, status in looks)
