"""Libraries on real Chroma, with the real sentence encoder or with a tiny one that is quick to load."""

import itertools
import zlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import numpy as np
import pytest

from knowledge.retrieval.bundled_models import use as use_model
from knowledge.retrieval.embedder import Embedder, Matrix
from knowledge.retrieval.library import Library
from knowledge.retrieval.passage import Passage

CARDS = {
    "price": ["客户说太贵了怎么回", "你们价格比别人高", "超出预算了怎么办", "报价能不能再低一点"],
    "delivery": ["交期太长客户等不了", "什么时候能发货", "能不能加急交货", "多久能装好机器"],
    "rival": ["客户拿恒力达来比", "恒力达比你们便宜二十万", "对手的功率更大", "为什么不买恒力达"],
    "service": ["坏了多久能上门", "售后服务怎么样", "保修期是几年", "配件贵不贵"],
    "trial": ["Can we try the machine before we pay?", "The customer wants a free trial", "客户要求先试用"],
}


class BigramEmbedder:
    """An honest if simple embedding: hashed character pairs. It counts what passes through it."""

    def __init__(self, name: str = "bigrams/1") -> None:
        self.name = name
        self.dimensions = 64
        self.embedded: list[str] = []

    async def embed_queries(self, texts: list[str]) -> Matrix:
        """Same as passages."""
        return self._rows(texts)

    async def embed_passages(self, texts: list[str]) -> Matrix:
        """One row a text."""
        self.embedded += texts
        return self._rows(texts)

    def _rows(self, texts: list[str]) -> Matrix:
        rows = np.full((len(texts), self.dimensions), 0.01, dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for first, second in itertools.pairwise(text):
                row[zlib.crc32((first + second).encode()) % self.dimensions] += 1
        return rows


def passages_of(cards: dict[str, list[str]]) -> list[Passage]:
    """Cards as passages, with a facet to filter by."""
    return [
        Passage(f"{card}.{number}", sentence, card, {"card": card})
        for card, sentences in cards.items()
        for number, sentence in enumerate(sentences)
    ]


@pytest.fixture
def passages() -> list[Passage]:
    """Five small cards."""
    return passages_of(CARDS)


@pytest.fixture
def bigrams() -> BigramEmbedder:
    """A quick embedder that counts."""
    return BigramEmbedder()


@pytest.fixture(scope="session")
def use() -> Embedder:
    """The real sentence encoder, loaded once."""
    return use_model()


OpenLibrary = Callable[[Embedder], Library]


@pytest.fixture
async def open_library(tmp_path: Path) -> AsyncIterator[OpenLibrary]:
    """Opens libraries on one folder, as restarts of a process would; closes them all."""
    opened: list[Library] = []

    def open_one(embedder: Embedder) -> Library:
        opened.append(Library(tmp_path / "library", embedder))
        return opened[-1]

    yield open_one
    for library in opened:
        await library.close()
