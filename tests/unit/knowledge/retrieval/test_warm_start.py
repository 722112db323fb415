"""A start with everything in place: quick, because it opens no vector store, and no less right."""

import asyncio
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from knowledge.retrieval.warm_copy import appearance

from .conftest import CARDS, BigramEmbedder, OpenLibrary, passages_of

ROOT = Path(__file__).parents[4]
QUESTION = "客户说太贵了怎么回"
ASK = f"""
import asyncio, sys
from pathlib import Path
from knowledge.retrieval.library import Library
from tests.unit.knowledge.retrieval.conftest import CARDS, BigramEmbedder, passages_of

async def main():
    collection = Library(Path(sys.argv[1]), BigramEmbedder()).collection("playbook")
    report = await collection.sync(passages_of(CARDS))
    ranking = await collection.search("{QUESTION}")
    print(report.unchanged, ranking.hits[0].group, ranking.hits[0].dense > 0, "chromadb" in sys.modules)

asyncio.run(main())
"""


def _folder(tmp_path: Path) -> Path:
    return tmp_path / "library/playbook"


async def _synced(open_library: OpenLibrary, embedder: BigramEmbedder, cards: dict[str, list[str]]) -> None:
    library = open_library(embedder)
    await library.collection("playbook").sync(passages_of(cards))
    await library.close()
    embedder.embedded.clear()


async def test_a_warm_start_never_loads_chroma(
    tmp_path: Path, bigrams: BigramEmbedder, open_library: OpenLibrary
) -> None:
    """Its import alone takes longer than a warm start may."""
    await _synced(open_library, bigrams, CARDS)
    command = [sys.executable, "-c", ASK, str(tmp_path / "library")]
    said = await asyncio.to_thread(subprocess.run, command, cwd=ROOT, check=True, capture_output=True, text=True)
    assert said.stdout.split() == [str(len(passages_of(CARDS))), "price", "True", "False"]


async def test_a_sync_that_changes_nothing_touches_nothing(
    tmp_path: Path, bigrams: BigramEmbedder, open_library: OpenLibrary
) -> None:
    await _synced(open_library, bigrams, CARDS)
    before = appearance(_folder(tmp_path))
    await _synced(open_library, bigrams, CARDS)
    assert appearance(_folder(tmp_path)) == before


@pytest.mark.parametrize("damage", ["missing", "truncated", "flipped", "of another generation"])
async def test_a_bad_copy_is_not_used_and_made_again(
    damage: str, tmp_path: Path, bigrams: BigramEmbedder, open_library: OpenLibrary
) -> None:
    await _synced(open_library, bigrams, {"rival": CARDS["rival"]})
    copy = _folder(tmp_path) / "warm.npz"
    stale = copy.read_bytes()
    await _synced(open_library, bigrams, CARDS)
    good = copy.read_bytes()
    middle = len(good) // 2
    copy.write_bytes(
        {
            "missing": b"",
            "truncated": good[:middle],
            "flipped": good[:middle] + bytes([good[middle] ^ 255]) + good[middle + 1 :],
            "of another generation": stale,
        }[damage]
    )
    if damage == "missing":
        copy.unlink()
    collection = open_library(bigrams).collection("playbook")
    ranking = await collection.search(QUESTION)
    assert (ranking.hits[0].group, ranking.hits[0].dense > 0) == ("price", True)
    await collection.sync(passages_of(CARDS))
    assert bigrams.embedded == []
    assert len(copy.read_bytes()) == len(good)


@pytest.mark.parametrize("damage", ["deleted", "emptied", "a file"])
async def test_a_lost_store_is_filled_again_from_the_copy(
    damage: str, tmp_path: Path, bigrams: BigramEmbedder, open_library: OpenLibrary
) -> None:
    """Answers don't wait for it, nothing is embedded again, and afterwards the store is whole by itself."""
    await _synced(open_library, bigrams, CARDS)
    store = _folder(tmp_path) / "vectors"
    if damage == "emptied":
        for file in filter(Path.is_file, store.rglob("*")):
            file.write_bytes(b"")
    else:
        shutil.rmtree(store)
    if damage == "a file":
        store.write_text("in the way")
    library = open_library(bigrams)
    assert (await library.collection("playbook").search(QUESTION)).hits[0].dense > 0
    await library.collection("playbook").sync(passages_of(CARDS))
    await library.close()

    (_folder(tmp_path) / "warm.npz").unlink()
    again = open_library(bigrams).collection("playbook")
    assert (await again.search(QUESTION)).hits[0].dense > 0
    assert bigrams.embedded == []
