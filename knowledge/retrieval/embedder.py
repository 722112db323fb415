"""What an embedding model is to us, and how a setting's value becomes one."""

import importlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.retrieval.errors import EmbeddingFailedError, UnknownEmbedderError

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings

Matrix = NDArray[np.float32]


class Embedder(Protocol):
    """Turns texts into vectors. Anything with these four members can be used."""

    name: str
    """Model and version. A different name means different vectors, so the index is rebuilt."""
    dimensions: int
    """Length of a vector; 0 when it is known only after the first call."""

    async def embed_queries(self, texts: list[str]) -> Matrix:
        """One row for each question."""

    async def embed_passages(self, texts: list[str]) -> Matrix:
        """One row for each text to be found."""


def make_embedder(name: str) -> Embedder:
    """The embedder of a setting: "use", "e5", "langchain:<provider>:<model>" or "langchain:<module>.<Class>".

    The first two are loaded once in a process, whoever asks: each takes 100 MB and half a second.

    A provider goes through LangChain's `init_embeddings` ("langchain:openai:bge-m3"), which takes endpoint
    and key from the provider's own environment; a class of LangChain's `Embeddings` is made without
    arguments. Raises `UnknownEmbedderError`.
    """
    # Imported here: the models must not load for those who don't use them.
    if name == "use":
        from knowledge.retrieval.bundled_models import use

        return use()
    if name == "e5":
        from knowledge.retrieval.bundled_models import e5

        return e5()
    if name.startswith("langchain:"):
        return _from_langchain(name.removeprefix("langchain:"))
    raise UnknownEmbedderError(f'No embedder is called "{name}". Use "use", "e5" or "langchain:<provider>:<model>".')


class LangChainEmbedder:
    """Wraps any LangChain `Embeddings`, so that a hub's or a server's model can replace the bundled ones."""

    def __init__(self, embeddings: "Embeddings", name: str) -> None:
        self.name = name
        self.dimensions = 0
        self._embeddings = embeddings

    async def embed_queries(self, texts: list[str]) -> Matrix:
        """One row for each question; raises `EmbeddingFailedError`."""
        return self._matrix([await self._one(text) for text in texts])

    async def embed_passages(self, texts: list[str]) -> Matrix:
        """One row for each text; raises `EmbeddingFailedError`."""
        try:
            return self._matrix(await self._embeddings.aembed_documents(texts))
        except Exception as error:  # vendors raise what they like; it becomes ours here
            raise EmbeddingFailedError(f"{self.name}: {error}") from error

    async def _one(self, text: str) -> list[float]:
        try:
            return await self._embeddings.aembed_query(text)
        except Exception as error:  # as above
            raise EmbeddingFailedError(f"{self.name}: {error}") from error

    def _matrix(self, rows: Sequence[Sequence[float]]) -> Matrix:
        matrix = np.asarray(rows, dtype=np.float32).reshape(len(rows), -1)
        self.dimensions = matrix.shape[1] or self.dimensions
        return matrix


def _from_langchain(model: str) -> LangChainEmbedder:
    try:
        embeddings = _provided(model) if ":" in model else _imported(model)
    except Exception as error:  # providers check their keys and settings here, each with errors of its own
        raise UnknownEmbedderError(f'LangChain has no embedding model "{model}" here: {error}') from error
    return LangChainEmbedder(embeddings, name=f"langchain:{model}")


def _provided(model: str) -> "Embeddings":
    from langchain.embeddings import init_embeddings

    return init_embeddings(model)


def _imported(path: str) -> "Embeddings":
    from langchain_core.embeddings import Embeddings

    module, _, name = path.rpartition(".")
    made = getattr(importlib.import_module(module), name)()
    if not isinstance(made, Embeddings):
        raise TypeError(f"{path} is not a LangChain Embeddings")
    return made
