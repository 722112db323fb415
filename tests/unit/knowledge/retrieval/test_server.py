"""Vectors in a Chroma server: what one process paid for, others have; without the server nobody misses anything."""

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from knowledge.retrieval import collection as collection_module
from knowledge.retrieval.library import Library

from .conftest import CARDS, BigramEmbedder, passages_of

QUESTION = "客户说太贵了怎么回"
PATIENCE = 30.0


class ChromaServer:
    """`chroma run` on a free port, which it keeps over restarts."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """As the setting has it."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Until it listens."""
        command = [Path(sys.executable).parent / "chroma", "run", "--path", self._folder, "--port", str(self.port)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError("the Chroma server did not start")

    def kill(self) -> None:
        """At once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ChromaServer]:
    """Running, and empty."""
    server = ChromaServer(tmp_path / "chroma")
    server.start()
    yield server
    server.kill()


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try the server again soon."""
    monkeypatch.setattr(collection_module, "AGAIN_SECONDS", 0.2)


async def _until(condition: Any) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.05)


async def _embedded_by_a_newcomer(server: ChromaServer, folder: Path, cards: dict[str, list[str]]) -> int:
    """How many texts a process without any files of its own has to embed."""
    embedder = BigramEmbedder()
    library = Library(folder, embedder, server.url)
    await library.collection("playbook").sync(passages_of(cards))
    assert (await library.collection("playbook").search(QUESTION)).hits[0].dense > 0
    await library.close()
    return len(embedder.embedded)


async def test_what_one_process_has_embedded_another_needs_not(server: ChromaServer, tmp_path: Path) -> None:
    assert await _embedded_by_a_newcomer(server, tmp_path / "one", CARDS) == len(passages_of(CARDS))
    assert await _embedded_by_a_newcomer(server, tmp_path / "two", CARDS) == 0


async def test_a_slow_process_deletes_nothing_that_a_quick_one_added(server: ChromaServer, tmp_path: Path) -> None:
    """Each forgets only what its own last generation had."""
    quick = Library(tmp_path / "quick", BigramEmbedder(), server.url)
    slow = Library(tmp_path / "slow", BigramEmbedder(), server.url)
    more = {**CARDS, "new": ["刚刚写好的一张新卡片"]}
    for library in (quick, slow):
        await library.collection("playbook").sync(passages_of(CARDS))
    await quick.collection("playbook").sync(passages_of(more))
    less = {name: texts for name, texts in CARDS.items() if name != "service"}
    await slow.collection("playbook").sync(passages_of(less))
    assert await _embedded_by_a_newcomer(server, tmp_path / "third", more) == len(CARDS["service"])
    await quick.close()
    await slow.close()


async def test_a_server_that_is_away_is_not_missed_and_gets_everything_later(
    server: ChromaServer, tmp_path: Path
) -> None:
    """Answers, edits and restarts go on; one warning; when it is back it is given what it missed."""
    library = Library(tmp_path / "one", BigramEmbedder(), server.url)
    await library.collection("playbook").sync(passages_of(CARDS))
    server.kill()
    more = {**CARDS, "new": ["刚刚写好的一张新卡片"]}
    with structlog.testing.capture_logs() as told:
        await library.collection("playbook").sync(passages_of(more))
        found = (await library.collection("playbook").search("刚刚写好的新卡片")).hits[0]
        assert (found.group, found.dense > 0) == ("new", True)
        await asyncio.sleep(1)
        assert [line["event"] for line in told if line["log_level"] == "warning"] == ["vector_server_away"]
        await asyncio.to_thread(server.start)
        await _until(lambda: any(line["event"] == "vector_server_back" for line in told))
    await library.close()
    assert await _embedded_by_a_newcomer(server, tmp_path / "two", more) == 0


async def test_a_start_without_the_server(server: ChromaServer, tmp_path: Path) -> None:
    """With a warm copy everything is as before; without one the texts are embedded here."""
    await _embedded_by_a_newcomer(server, tmp_path / "one", CARDS)
    server.kill()
    assert await _embedded_by_a_newcomer(server, tmp_path / "one", CARDS) == 0
    assert await _embedded_by_a_newcomer(server, tmp_path / "two", CARDS) == len(passages_of(CARDS))
