"""A reader never sees half an index."""

import asyncio

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.retrieval.collection import Collection
from knowledge.retrieval.library import Library
from knowledge.retrieval.passage import Passage

from .conftest import BigramEmbedder, OpenLibrary

Sets = list[frozenset[int]]


def _passages(numbers: frozenset[int], generation: int) -> list[Passage]:
    # One group for each passage, so that a search for the common words shows the whole generation.
    return [Passage(str(i), f"共同的话 第{i}条", f"{i}@{generation}") for i in numbers]


async def _watch(collection: Collection, seen: set[frozenset[str]], stop: asyncio.Event) -> None:
    while not stop.is_set():
        ranking = await collection.search("共同的话", limit=1000)
        seen.add(frozenset(hit.group for hit in ranking.hits))
        await asyncio.sleep(0)


async def _sync_all(library: Library, sets: Sets) -> tuple[set[frozenset[str]], set[frozenset[str]]]:
    collection = library.collection("playbook")
    stop, seen = asyncio.Event(), set[frozenset[str]]()
    readers = [asyncio.create_task(_watch(collection, seen, stop)) for _ in range(3)]
    for generation, numbers in enumerate(sets):
        await collection.sync(_passages(numbers, generation))
    stop.set()
    await asyncio.gather(*readers)
    whole = {frozenset(p.group for p in _passages(numbers, n)) for n, numbers in enumerate(sets)}
    return seen, whole | {frozenset()}


async def test_searches_during_syncs_see_whole_generations(open_library: OpenLibrary) -> None:
    library = open_library(BigramEmbedder())
    sets = [frozenset(range(200)), frozenset(range(100, 400)), frozenset(range(50)), frozenset(range(300))]
    seen, whole = await _sync_all(library, sets)
    assert seen <= whole
    assert len(seen) > 2


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sets=st.lists(st.frozensets(st.integers(0, 60), max_size=60), min_size=2, max_size=4))
def test_any_sequence_of_syncs(sets: Sets, tmp_path_factory) -> None:  # type: ignore[no-untyped-def]  # a fixture
    async def run() -> None:
        library = Library(tmp_path_factory.mktemp("atomic"), BigramEmbedder())
        seen, whole = await _sync_all(library, sets)
        ranking = await library.collection("playbook").search("共同的话", limit=1000)
        await library.close()
        assert seen <= whole
        assert {hit.group for hit in ranking.hits} == {p.group for p in _passages(sets[-1], len(sets) - 1)}

    asyncio.run(run())


async def test_two_syncs_at_once_are_done_one_after_the_other(open_library: OpenLibrary) -> None:
    collection = open_library(BigramEmbedder()).collection("playbook")
    sets = [_passages(frozenset(range(100)), 0), _passages(frozenset(range(50, 150)), 1)]
    reports = await asyncio.gather(*(collection.sync(passages) for passages in sets))
    assert [report.added for report in reports] == [100, 100]
    assert await collection.size() == 100
