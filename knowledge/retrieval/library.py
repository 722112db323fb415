"""All collections of one place, with one embedding model."""

import asyncio
import re
from pathlib import Path

from knowledge.retrieval.blas import use_one_thread
from knowledge.retrieval.collection import Collection
from knowledge.retrieval.embedder import Embedder
from knowledge.retrieval.place import Place
from knowledge.retrieval.unit_vectors import UnitVectors

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,40}")


class Library:
    """Opens collections below a folder. The folder is a cache: it may be deleted at any time.

    It is for one process alone: if another process has it, this one gets the folder of the next number.
    """

    def __init__(self, folder: Path, embedder: Embedder, server: str = "") -> None:
        """`server`: address of a Chroma server that keeps the vectors for all processes."""
        use_one_thread()
        self._place = Place(folder)
        self._server = server
        self._vectors = UnitVectors(embedder)
        self._collections: dict[str, Collection] = {}

    def collection(self, name: str) -> Collection:
        """The collection of this name, always the same object; `name` is of a-z, 0-9, - and _."""
        if _NAME.fullmatch(name) is None:
            raise ValueError(f'"{name}" can\'t name a collection: use a-z, 0-9, - and _.')
        if name not in self._collections:
            self._collections[name] = Collection(name, self._place, self._vectors, self._server)
        return self._collections[name]

    async def warm_up(self) -> None:
        """Load the model now (1–2 s), so that the first question needn't wait for it."""
        await self._vectors.of_query("你好")

    async def close(self) -> None:
        """Close every collection, and leave the folder to others."""
        await asyncio.gather(*(collection.close() for collection in self._collections.values()))
        self._place.release()
