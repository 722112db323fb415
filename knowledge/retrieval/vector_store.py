"""Vectors on disk, in Chroma, each under the key of the text it was made from.

Keys depend on the text alone, so a vector never changes: a sync only ever adds the missing ones, a killed
sync leaves vectors that the next one finds, and no reader can meet a half-written one. Which of them are
an index is said by the manifest, and nowhere else. Texts are not stored here.
"""

import hashlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np

from knowledge.retrieval.embedder import Matrix
from knowledge.retrieval.errors import StoreDamagedError
from knowledge.retrieval.warm_copy import appearance

T = TypeVar("T")
BATCH = 1000
"""Keys or vectors in one call; below SQLite's limit of variables and Chroma's of rows."""


class Store(Protocol):
    """Keeps vectors by key: in files of this process alone, or in a server (`ServerStore`)."""

    def read(self, keys: Sequence[str]) -> dict[str, Matrix]:
        """The vectors that are there, of those asked for."""

    def write(self, keys: Sequence[str], vectors: Matrix) -> None:
        """Store vectors durably; writing one twice does no harm."""

    def tidy(self, needed: set[str], former: set[str]) -> None:
        """Forget what is not needed any more; `former` are the keys of this process's last generation."""

    def appearance(self) -> str:
        """Changes when somebody touches the store behind our back, as far as that can be seen cheaply."""

    def wipe(self) -> None:
        """Make a damaged store usable again, at the price of what is in it."""

    def close(self) -> None:
        """Let go of files or connections."""


def open_client(folder: Path) -> Any:
    """The one place that makes an embedded Chroma client: in this folder, and silent towards its makers."""
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))


class VectorStore:
    """The vectors of one collection and one embedder. Blocking: call it from a worker thread.

    Every method raises `StoreDamagedError` when the folder can't be read; `wipe` makes it usable again.
    """

    def __init__(self, folder: Path, embedder: str) -> None:
        self.folder = folder
        # Another model's vectors live in another Chroma collection, so they can't be mixed up.
        self._name = "vectors-" + hashlib.sha256(embedder.encode()).hexdigest()[:16]
        self._client: Any = None
        self._identity: tuple[int, int] | None = None

    def read(self, keys: Sequence[str]) -> dict[str, Matrix]:
        """The vectors that are here, of those asked for."""
        return self._guarded(lambda: read_vectors(self._collection(), keys))

    def write(self, keys: Sequence[str], vectors: Matrix) -> None:
        """Store vectors durably; writing one twice does no harm."""
        self._guarded(lambda: write_vectors(self._collection(), keys, vectors))

    def tidy(self, needed: set[str], former: set[str]) -> None:
        """Forget every vector that isn't needed, whoever made it, and all vectors of other embedders."""
        self._guarded(lambda: self._keep_only(needed))

    def appearance(self) -> str:
        """How the files look."""
        return appearance(self.folder)

    def wipe(self) -> None:
        """Delete the folder, or what stands in its place. The vectors can be made again."""
        self.close()
        if self.folder.is_dir():
            shutil.rmtree(self.folder, ignore_errors=True)
        else:
            self.folder.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the files."""
        client, self._client = self._client, None
        if client is not None:
            attempt(client.close)

    def _keep_only(self, keys: set[str]) -> None:
        collection = self._collection()
        for batch in batches([key for key in collection.get(include=[])["ids"] if key not in keys]):
            collection.delete(ids=batch)
        for other in self._opened().list_collections():
            if other.name != self._name:
                self._opened().delete_collection(other.name)

    def _collection(self) -> Any:
        return open_collection(self._opened(), self._name)

    def _opened(self) -> Any:
        if self._client is not None and self._identity != self._identity_on_disk():
            # Deleted under our feet: the open handles would write into files that nobody can see.
            self.close()
        if self._client is None:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._client = open_client(self.folder)
            self._identity = self._identity_on_disk()
        return self._client

    def _identity_on_disk(self) -> tuple[int, int] | None:
        try:
            status = (self.folder / "chroma.sqlite3").stat()
        except OSError:
            return None
        return status.st_dev, status.st_ino

    def _guarded(self, action: Callable[[], T]) -> T:
        try:
            return action()
        except (KeyboardInterrupt, SystemExit, MemoryError):
            raise
        except BaseException as error:  # a panic of Chroma's engine is no Exception
            raise StoreDamagedError(f"The vectors in {self.folder.name} can't be used: {error}") from error


def open_collection(client: Any, name: str) -> Any:
    """Chroma's collection of this name; it gets vectors from us and makes none."""
    return client.get_or_create_collection(name, embedding_function=None, configuration={"hnsw": {"space": "cosine"}})


def read_vectors(collection: Any, keys: Sequence[str]) -> dict[str, Matrix]:
    """The sound vectors among those asked for."""
    found: dict[str, Matrix] = {}
    for batch in batches(keys):
        answer = collection.get(ids=batch, include=["embeddings"])
        rows = np.asarray(answer["embeddings"], dtype=np.float32)
        found.update((key, row) for key, row in zip(answer["ids"], rows, strict=True) if _is_unit(row))
    return found


def write_vectors(collection: Any, keys: Sequence[str], vectors: Matrix) -> None:
    """Add vectors or put them in place of others."""
    for start in range(0, len(keys), BATCH):
        part = slice(start, start + BATCH)
        collection.upsert(ids=list(keys[part]), embeddings=vectors[part])


def batches(keys: Sequence[str]) -> Iterator[list[str]]:
    """In portions that fit into one call."""
    for start in range(0, len(keys), BATCH):
        yield list(keys[start : start + BATCH])


def _is_unit(row: Matrix) -> bool:
    return bool(np.isfinite(row).all()) and abs(float(np.linalg.norm(row)) - 1.0) < 0.01


def attempt(action: Callable[[], None]) -> None:
    """Do something that may fail without harm."""
    try:
        action()
    except Exception:  # closing what is broken may fail; it is thrown away in any case
        return
