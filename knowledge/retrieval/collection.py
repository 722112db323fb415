"""One named set of passages that can be searched while it is being synced.

collection = library.collection("playbook")
await collection.sync(passages)
ranking = await collection.search("客户说太贵了")
"""

import asyncio
from collections.abc import Callable, Sequence

import structlog

from knowledge.retrieval.embedder import Matrix
from knowledge.retrieval.errors import DuplicatePassageError, RetrievalError
from knowledge.retrieval.generations import Generations
from knowledge.retrieval.passage import Passage, Ranking, SyncReport
from knowledge.retrieval.place import Place
from knowledge.retrieval.ranking import LONGEST_QUERY, Index, compare, no_hits, rank
from knowledge.retrieval.snapshot import Allow
from knowledge.retrieval.unit_vectors import UnitVectors
from knowledge.retrieval.words import tokens_of

Progress = Callable[[int, int], None]
AGAIN_SECONDS = 10.0
"""Until a vector server that was away is tried again."""
log = structlog.get_logger(__name__)


class Collection:
    """Searches run on the generation that was current when they began; a sync puts the next in its place."""

    def __init__(self, name: str, place: Place, vectors: UnitVectors, server: str = "") -> None:
        self.name = name
        self._vectors = vectors
        self._generations = Generations(place, name, vectors, server)
        self._index: Index | None = None
        self._opening = asyncio.Lock()
        self._syncing = asyncio.Lock()
        self._repair: asyncio.Task[None] | None = None
        self._catching_up: asyncio.Task[None] | None = None

    async def sync(self, passages: Sequence[Passage], on_progress: Progress | None = None) -> SyncReport:
        """Make the collection hold exactly these passages; only texts it has never seen are embedded.

        Killed in the middle, the next call goes on where this one was. `on_progress` gets (done, total) in
        texts to embed. Raises `DuplicatePassageError`, and `EmbeddingFailedError` when the model fails;
        readers then keep what they had.
        """
        _refuse_duplicates(passages)
        async with self._syncing:
            return await self._replace(passages, on_progress)

    async def search(self, query: str, *, limit: int = 10, allow: Allow | None = None) -> Ranking:
        """The groups that answer a sentence, best first. Never raises for what somebody typed.

        `allow` decides, before the ranking, what may be found at all; it runs in a worker thread. Without
        vectors (being made, or the model is out of reach) keywords alone answer.
        """
        query = query[:LONGEST_QUERY]
        if not any(map(str.isalnum, query)):
            return no_hits("empty_query")
        index = await self._current()
        return await asyncio.to_thread(_search, index, query, await self._query_vector(index, query), limit, allow)

    async def compare(self, query: str, limit: int) -> dict[str, tuple[str, ...]]:
        """The groups found by `keyword`, `dense` and `fused` ranking: for measuring, not for answering."""
        index = await self._current()
        return await asyncio.to_thread(compare, index, query, await self._query_vector(index, query), limit)

    async def size(self) -> int:
        """How many passages readers see now."""
        return len((await self._current()).snapshot.passages)

    async def close(self) -> None:
        """Stop a rebuild that may be under way and let go of the files."""
        background = [task for task in (self._repair, self._catching_up) if task is not None]
        for task in background:
            task.cancel()
        await asyncio.gather(*background, return_exceptions=True)
        async with self._syncing:
            await asyncio.to_thread(self._generations.close)

    async def _current(self) -> Index:
        if self._index is None:
            async with self._opening:
                if self._index is None:
                    await self._open()
        assert self._index is not None  # noqa: S101  # for the type checker: `_open` sets it
        return self._index

    async def _open(self) -> None:
        self._index = await self._generations.load()
        snapshot = self._index.snapshot
        if not snapshot.passages or (snapshot.vectors is not None and await self._generations.settled()):
            return
        if snapshot.vectors is None:
            log.warning("index_rebuild_started", collection=self.name, passages=len(snapshot.passages))
        self._repair = asyncio.create_task(self._rebuild())

    async def _rebuild(self) -> None:
        """Put back or make again what is missing for whatever readers see by then; a sync may have come between."""
        async with self._syncing:
            try:
                await self._replace((await self._current()).snapshot.passages, None)
            except RetrievalError as error:
                log.error("index_rebuild_failed", collection=self.name, error=str(error))

    async def _catch_up(self) -> None:
        """Give the vector server, once it is back, what it missed."""
        while self._generations.behind:
            await asyncio.sleep(AGAIN_SECONDS)
            await self._rebuild()

    async def _replace(self, passages: Sequence[Passage], on_progress: Progress | None) -> SyncReport:
        before = await self._current()
        texts = 0
        async for index, embedded in self._generations.advance(before, passages, on_progress):
            # One assignment: a reader has the old index or the new one.
            self._index, texts = index, embedded
        if self._generations.behind and (self._catching_up is None or self._catching_up.done()):
            self._catching_up = asyncio.create_task(self._catch_up())
        return _report(before.snapshot.passages, passages, texts)

    async def _query_vector(self, index: Index, query: str) -> Matrix | None:
        if index.snapshot.vectors is None:
            return None
        try:
            return await self._vectors.of_query(query)
        except RetrievalError as error:
            log.warning("search_without_vectors", collection=self.name, error=str(error))
            return None


def _search(index: Index, query: str, vector: Matrix | None, limit: int, allow: Allow | None) -> Ranking:
    return rank(index, query, vector, limit, allow) if tokens_of(query) else no_hits("empty_query")


def _refuse_duplicates(passages: Sequence[Passage]) -> None:
    seen: set[str] = set()
    for passage in passages:
        if passage.id in seen:
            raise DuplicatePassageError(f'The id "{passage.id}" is used by two passages.')
        seen.add(passage.id)


def _report(before: Sequence[Passage], after: Sequence[Passage], embedded: int) -> SyncReport:
    old = {passage.id: passage for passage in before}
    unchanged = sum(old.get(passage.id) == passage for passage in after)
    gone = old.keys() - {passage.id for passage in after}
    return SyncReport(added=len(after) - unchanged, removed=len(gone), unchanged=unchanged, embedded=embedded)
