"""Killed, deleted, corrupted, out of reach: the index comes back by itself and readers get no exception."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from knowledge.retrieval.bundled_models import use as use_model
from knowledge.retrieval.collection import Collection
from knowledge.retrieval.errors import EmbeddingFailedError
from knowledge.retrieval.library import Library
from knowledge.retrieval.passage import Passage

from .conftest import CARDS, BigramEmbedder, OpenLibrary, passages_of

ROOT = Path(__file__).parents[4]
MANY = 600
SYNC = f"""
import asyncio, sys
from pathlib import Path
from knowledge.retrieval.bundled_models import use as use_model
from knowledge.retrieval.library import Library
from knowledge.retrieval.passage import Passage

async def main():
    collection = Library(Path(sys.argv[1]), use_model()).collection("playbook")
    await collection.sync([Passage("old", "原来的一句话", "old")])
    print("ready", flush=True)
    passages = [Passage(str(i), f"第{{i}}句话讲的是客户的第{{i * 7}}个问题", str(i)) for i in range({MANY})]
    await collection.sync(passages, lambda done, total: print(done, flush=True))

asyncio.run(main())
"""


def _sync_and_kill(folder: Path) -> int:
    """Kills a syncing process at its first 100 texts; returns how many it had reported."""
    with subprocess.Popen([sys.executable, "-c", SYNC, str(folder)], cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        done = 0
        while done < 100:
            done = int(process.stdout.readline())
        os.kill(process.pid, signal.SIGKILL)
    return done


async def test_kill_in_the_middle_of_a_sync(tmp_path: Path) -> None:
    """The old generation is whole, and the next sync embeds only what the killed one had not."""
    done = await asyncio.to_thread(_sync_and_kill, tmp_path)
    library = Library(tmp_path, use_model())
    collection = library.collection("playbook")
    assert {hit.group for hit in (await collection.search("一句话")).hits} == {"old"}
    passages = [Passage(str(i), f"第{i}句话讲的是客户的第{i * 7}个问题", str(i)) for i in range(MANY)]
    report = await collection.sync(passages)
    assert report.added == MANY
    assert 0 < report.embedded <= MANY - done
    assert (await collection.search(passages[77].text)).hits[0].group == "77"
    await library.close()


def _vectors(tmp_path: Path) -> Path:
    return tmp_path / "library/playbook/vectors"


async def _rebuilt(collection: Collection) -> None:
    """Wait for the rebuild that opening started."""
    for _ in range(200):
        await asyncio.sleep(0.05)
        if (await collection.search("客户说太贵了")).hits[0].dense > 0:
            return
    raise AssertionError("the index was not rebuilt")


def _flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[:200] = b"\xff" * min(200, len(content))
    content[len(content) // 2 :] = os.urandom(len(content) - len(content) // 2)
    file.write_bytes(content)


async def _synced(open_library: OpenLibrary, embedder: BigramEmbedder, passages: list[Passage]) -> None:
    library = open_library(embedder)
    await library.collection("playbook").sync(passages)
    await library.close()
    embedder.embedded.clear()


@pytest.mark.parametrize("what", ["deleted", "database", "index", "everything", "truncated", "a file"])
async def test_damaged_vectors_are_made_again(
    what: str, tmp_path: Path, bigrams: BigramEmbedder, open_library: OpenLibrary, passages: list[Passage]
) -> None:
    await _synced(open_library, bigrams, passages)
    folder = _vectors(tmp_path)
    files = [file for file in folder.rglob("*") if file.is_file()]
    if what in {"deleted", "a file"}:
        shutil.rmtree(folder)
        if what == "a file":
            folder.write_text("in the way")
    for file in files if what not in {"deleted", "a file"} else []:
        database = file.name == "chroma.sqlite3"
        if what == "everything" or (what == "database") == database:
            _flip(file) if what != "truncated" else file.write_bytes(b"")
    collection = open_library(bigrams).collection("playbook")
    ranking = await collection.search("客户说太贵了怎么回")
    assert ranking.hits[0].group == "price"
    await _rebuilt(collection)
    assert await collection.size() == len(passages)


async def test_folder_deleted_while_open(
    tmp_path: Path, bigrams: BigramEmbedder, open_library: OpenLibrary, passages: list[Passage]
) -> None:
    """Readers go on from memory; the next sync puts everything back without embedding anything again."""
    library = open_library(bigrams)
    collection = library.collection("playbook")
    await collection.sync(passages)
    bigrams.embedded.clear()
    shutil.rmtree(tmp_path / "library")
    assert (await collection.search("客户说太贵了")).fits
    assert (await collection.sync(passages)).unchanged == len(passages)
    await library.close()
    again = open_library(bigrams).collection("playbook")
    assert (await again.search("客户说太贵了")).hits[0].dense > 0
    assert bigrams.embedded == []


@pytest.mark.parametrize("content", ["", "nonsense", "0" * 64 + "\n{}", '{"format": 1}'])
async def test_damaged_manifest_costs_no_embedding(
    content: str, tmp_path: Path, bigrams: BigramEmbedder, open_library: OpenLibrary, passages: list[Passage]
) -> None:
    await _synced(open_library, bigrams, passages)
    (tmp_path / "library/playbook/manifest.json").write_text(content)
    collection = open_library(bigrams).collection("playbook")
    assert (await collection.search("客户说太贵了")).reason == "empty_collection"
    assert (await collection.sync(passages)).embedded == 0
    assert (await collection.search("客户说太贵了")).hits[0].group == "price"


async def test_another_model_means_a_rebuild(
    bigrams: BigramEmbedder, open_library: OpenLibrary, passages: list[Passage]
) -> None:
    await _synced(open_library, bigrams, passages)
    other = BigramEmbedder("bigrams/2")
    collection = open_library(other).collection("playbook")
    first = await collection.search("客户说太贵了怎么回")
    assert first.hits[0].group == "price"
    await _rebuilt(collection)
    assert len(other.embedded) == len(passages)


async def test_a_sync_wins_over_a_rebuild(
    tmp_path: Path, bigrams: BigramEmbedder, open_library: OpenLibrary, passages: list[Passage]
) -> None:
    """What the caller says last is what is there, however the rebuild that opening began is timed."""
    await _synced(open_library, bigrams, passages)
    shutil.rmtree(_vectors(tmp_path))
    collection = open_library(bigrams).collection("playbook")
    await collection.search("客户说太贵了")
    await collection.sync(passages_of({"rival": CARDS["rival"]}))
    await asyncio.sleep(0.5)
    assert {hit.group for hit in (await collection.search("客户说太贵了")).hits} == {"rival"}


class Flaky(BigramEmbedder):
    """A model behind a network that can go down."""

    down = False

    async def embed_queries(self, texts: list[str]):  # type: ignore[no-untyped-def]  # as its parent
        if self.down:
            raise EmbeddingFailedError("no route")
        return await super().embed_queries(texts)

    async def embed_passages(self, texts: list[str]):  # type: ignore[no-untyped-def]  # as its parent
        if self.down:
            raise EmbeddingFailedError("no route")
        return await super().embed_passages(texts)


async def test_model_out_of_reach(open_library: OpenLibrary, passages: list[Passage]) -> None:
    """Searches go on by keywords; a sync says so and leaves readers what they had."""
    model = Flaky()
    collection = open_library(model).collection("playbook")
    await collection.sync(passages)
    model.down = True
    ranking = await collection.search("恒力达便宜")
    assert ranking.hits[0].group == "rival"
    assert ranking.hits[0].dense == 0
    with pytest.raises(EmbeddingFailedError):
        await collection.sync([*passages, Passage("new", "新的一句", "new")])
    assert await collection.size() == len(passages)


async def test_first_sync_with_the_model_out_of_reach(open_library: OpenLibrary, passages: list[Passage]) -> None:
    model = Flaky()
    model.down = True
    collection = open_library(model).collection("playbook")
    with pytest.raises(EmbeddingFailedError):
        await collection.sync(passages)
    assert (await collection.search("恒力达便宜")).hits[0].group == "rival"
    model.down = False
    assert (await collection.sync(passages)).embedded == len(passages)
    assert (await collection.search("恒力达便宜")).hits[0].dense > 0
