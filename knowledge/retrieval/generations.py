"""How one generation of an index follows another, on disk and in memory.

A generation is a manifest (which passages) and vectors (in the store, by content). To advance: store the
missing vectors, build the new index aside, replace the manifest, hand the index over, and only then forget
vectors that nothing uses any more. A kill at any point leaves the old generation whole.

Last comes the warm copy. While it is there and nobody has touched the files, neither a start nor a sync that
changes nothing opens the store.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import numpy as np
import structlog

from knowledge.retrieval.embedder import Matrix
from knowledge.retrieval.errors import StoreAwayError, StoreDamagedError
from knowledge.retrieval.indexing import (
    build_index,
    build_snapshot,
    keys_of,
    pieces_by_key,
    sample_texts,
    vectors_by_key,
)
from knowledge.retrieval.manifest import Manifest, read_manifest, write_manifest
from knowledge.retrieval.off_topic import OffTopicBank, off_topic_by_key
from knowledge.retrieval.passage import Passage
from knowledge.retrieval.place import Place
from knowledge.retrieval.ranking import Index
from knowledge.retrieval.server_store import ServerStore
from knowledge.retrieval.snapshot import Snapshot, in_order
from knowledge.retrieval.unit_vectors import UnitVectors
from knowledge.retrieval.vector_store import Store, VectorStore
from knowledge.retrieval.warm_copy import WarmCopy, appearance, generation_of, read_copy, write_copy

EMBED_BATCH = 32
"""Texts that a killed sync loses at most."""
T = TypeVar("T")
Progress = Callable[[int, int], None]
log = structlog.get_logger(__name__)


class Generations:
    """The files of one collection. Not safe for two syncs at once; the collection holds a lock."""

    def __init__(self, place: Place, name: str, vectors: UnitVectors, server: str = "") -> None:
        """`server`: address of the Chroma server that keeps the vectors; "": they are in files of this process."""
        self._place, self._name, self._server = place, name, server
        self._vectors = vectors
        self._settled = ""
        self.behind = False  # the server was away: it lacks something, or has something too much
        self._warned = False

    @cached_property
    def _folder(self) -> Path:
        return self._place.folder / self._name  # which one is known at the first use

    @property
    def _manifest(self) -> Path:
        return self._folder / "manifest.json"

    @property
    def _copy(self) -> Path:
        return self._folder / "warm.npz"

    @cached_property
    def _store(self) -> Store:
        if self._server:
            return ServerStore(self._server, self._name, self._vectors.name)
        return VectorStore(self._folder / "vectors", self._vectors.name)

    async def settled(self) -> bool:
        """Whether all files are as the last sync left them."""
        return self._settled != "" and self._settled == await asyncio.to_thread(appearance, self._folder)

    async def load(self) -> Index:
        """The last complete generation; without vectors when they are damaged or of another model."""
        manifest = await asyncio.to_thread(read_manifest, self._manifest)
        if manifest is None:
            return build_index(build_snapshot([]))
        vectors = await self._stored_vectors(manifest)
        snapshot = await asyncio.to_thread(build_snapshot, manifest.passages, vectors, _bank(vectors))
        # What was learnt with another model's vectors doesn't hold for this one.
        full = manifest.full if vectors else manifest.keywords_only
        return Index(snapshot, full, manifest.keywords_only)

    async def advance(
        self, before: Index, passages: Sequence[Passage], on_progress: Progress | None
    ) -> AsyncIterator[tuple[Index, int]]:
        """Yields the index that readers should use from now on, with the number of texts embedded so far.

        That is once, or twice where there were no vectors at all: then keywords answer until they are made.
        """
        unchanged = before.snapshot.vectors is not None and before.snapshot.passages == in_order(passages)
        if unchanged and await self.settled():
            yield before, 0
            return
        self.behind = False
        pieces = await asyncio.to_thread(pieces_by_key, passages)
        vectors = await self._in_reach(before.snapshot, pieces)
        missing = [key for key in pieces if key not in vectors]
        if missing and before.snapshot.vectors is None:
            yield await asyncio.to_thread(lambda: build_index(build_snapshot(passages))), 0
        vectors |= await self._embed(missing, pieces, on_progress)
        bank = await self._made_bank(before.snapshot)
        index = before if unchanged else await self._learnt(passages, vectors, bank)
        await self._record(index)
        yield index, len(missing)
        if not unchanged:  # else there may be vectors that a killed sync has paid for and will want again
            needed = {*pieces, *off_topic_by_key()}
            former = await asyncio.to_thread(vectors_by_key, before.snapshot)
            await self._mended(lambda: self._store.tidy(needed, set(former)), None)
        await asyncio.to_thread(self._settle, index.snapshot)
        if self._warned and not self.behind:
            self._warned = False
            log.info("vector_server_back", collection=self._name)

    def close(self) -> None:
        """Let go of the files."""
        if self._place.is_held:
            self._store.close()

    def _settle(self, snapshot: Snapshot) -> None:
        """Close the store, which is seldom needed, and note how everything looks now."""
        self._store.close()
        if snapshot.vectors is not None:
            vectors = vectors_by_key(snapshot)
            keys = keys_of(snapshot.passages)
            rows = np.stack([vectors[key] for key in keys])
            looks = "" if self.behind else self._store.appearance()
            write_copy(self._copy, WarmCopy(generation_of(self._vectors.name, keys), looks, rows))
            self._settled = "" if self.behind else appearance(self._folder)

    async def _record(self, index: Index) -> None:
        manifest = Manifest(self._vectors.name, index.snapshot.passages, index.full, index.keywords_only)
        await asyncio.to_thread(write_manifest, self._manifest, manifest)

    async def _learnt(self, passages: Sequence[Passage], vectors: Mapping[str, Matrix], bank: OffTopicBank) -> Index:
        snapshot = await asyncio.to_thread(build_snapshot, passages, vectors, bank)
        sample: Matrix | None = None
        if snapshot.vectors is not None:
            texts = await asyncio.to_thread(sample_texts, snapshot)
            sample = await self._vectors.of_queries(texts) if texts else snapshot.vectors.bank.rows[:0]
        return await asyncio.to_thread(build_index, snapshot, sample)

    async def _made_bank(self, before: Snapshot) -> OffTopicBank:
        """The off-topic sentences' vectors: from the store, else from memory or the model, and stored."""
        sentences = off_topic_by_key()
        bank = _bank(await self._read(list(sentences)))
        if bank is None:
            bank = before.vectors.bank if before.vectors is not None else await self._new_bank()
            await self._write(list(sentences), list(bank.rows))
        return bank

    async def _new_bank(self) -> OffTopicBank:
        return OffTopicBank(await self._vectors.of_queries(list(off_topic_by_key().values())))

    async def _stored_vectors(self, manifest: Manifest) -> Mapping[str, Matrix] | None:
        """All vectors of a generation and of the bank, or None if even one is missing."""
        if manifest.embedder != self._vectors.name:
            return None
        keys = await asyncio.to_thread(keys_of, manifest.passages)
        if copied := await asyncio.to_thread(self._copied_vectors, keys):
            return copied
        try:
            found = await self._read(keys)
        except StoreDamagedError:
            # Not even an empty store can be made here; readers get keywords all the same.
            return None
        return found if len(found) == len(keys) else None

    def _copied_vectors(self, keys: Sequence[str]) -> Mapping[str, Matrix] | None:
        copy = read_copy(self._copy, generation_of(self._vectors.name, keys))
        if copy is None or len(copy.rows) != len(keys):
            return None
        if copy.store == self._store.appearance():
            self._settled = appearance(self._folder)
        return dict(zip(keys, copy.rows, strict=True))

    async def _in_reach(self, before: Snapshot, pieces: Mapping[str, str]) -> dict[str, Matrix]:
        """The vectors that need no model: from the generation in memory and from the store.

        What memory has and the store lost (somebody touched its files) is written back.
        """
        memory = await asyncio.to_thread(vectors_by_key, before)
        trusted = memory.keys() if await self.settled() else set()
        unread = [key for key in pieces if key not in trusted]
        stored = await self._read(unread) if unread else {}
        lost = [key for key in unread if key in memory and key not in stored]
        await self._write(lost, [memory[key] for key in lost])
        return {key: memory[key] for key in pieces if key in memory} | stored

    async def _embed(
        self, keys: Sequence[str], pieces: Mapping[str, str], on_progress: Progress | None
    ) -> dict[str, Matrix]:
        made: dict[str, Matrix] = {}
        for start in range(0, len(keys), EMBED_BATCH):
            batch = keys[start : start + EMBED_BATCH]
            rows = await self._vectors.of_passages([pieces[key] for key in batch])
            # Stored at once: what was paid for isn't lost with the process.
            await self._write(batch, list(rows))
            made.update(zip(batch, rows, strict=True))
            if on_progress is not None:
                on_progress(len(made), len(keys))
        return made

    async def _read(self, keys: Sequence[str]) -> dict[str, Matrix]:
        nothing: dict[str, Matrix] = {}
        return await self._mended(lambda: self._store.read(keys), nothing)

    async def _write(self, keys: Sequence[str], rows: Sequence[Matrix]) -> None:
        if keys:
            matrix = np.stack(rows)
            await self._mended(lambda: self._store.write(keys, matrix), None)

    async def _mended(self, action: Callable[[], T], without: T) -> T:
        """Run a store action; if the store is damaged, run it again on an empty one; if it is away, go on `without`."""
        if self.behind:
            return without  # away a moment ago: asking again for every step would take minutes
        try:
            return await asyncio.to_thread(action)
        except StoreAwayError as error:
            self.behind = True
            if not self._warned:  # once for each time that it goes away
                log.warning("vector_server_away", error=str(error))
            self._warned = True
            return without
        except StoreDamagedError as error:
            log.warning("vector_store_damaged", error=str(error))
            await asyncio.to_thread(self._store.wipe)
            return await asyncio.to_thread(action)


def _bank(vectors: Mapping[str, Matrix] | None) -> OffTopicBank | None:
    keys = off_topic_by_key()
    if vectors is None or any(key not in vectors for key in keys):
        return None
    return OffTopicBank(np.stack([vectors[key] for key in keys]))
